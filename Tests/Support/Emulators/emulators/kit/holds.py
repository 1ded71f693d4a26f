"""Requests that a fault holds in the middle, until a test lets them go."""

import threading


class Holds:
    def __init__(self):
        self._generation = 0
        self._waiting = 0
        self._changed = threading.Condition()

    def enter(self):
        """Counts as waiting from now on: who hears of it afterwards may release at once. What `wait` wants."""
        with self._changed:
            self._waiting += 1
            return self._generation

    def wait(self, entered, seconds):
        """Waits for the first release since then, or for that many seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._generation != entered, timeout=seconds)
            self._waiting -= 1

    def release(self):
        """Lets all go that wait now; how many they were."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()
            return self._waiting
