"""Requests that a fault holds in the middle, until a test lets them go."""

import threading


class Holds:
    def __init__(self):
        self._generation = 0
        self._waiting = 0
        self._changed = threading.Condition()

    def wait(self, seconds):
        """Waits for the next release, or for that many seconds."""
        with self._changed:
            generation = self._generation
            self._waiting += 1
            self._changed.wait_for(lambda: self._generation != generation, timeout=seconds)
            self._waiting -= 1

    def release(self):
        """Lets all go that wait now; how many they were."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()
            return self._waiting
