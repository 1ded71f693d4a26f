"""ETags as the service makes them: the time in 100 nanoseconds since the year 1, in hex, never the same twice."""

import threading

TICKS_A_SECOND = 10_000_000
SECONDS_FROM_YEAR_1 = 62_135_596_800
SECONDS_FROM_1601 = 11_644_473_600


class ETags:
    def __init__(self, clock):
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def new(self):
        with self._lock:
            self._last = max(self._last + 1, int((self._clock.now() + SECONDS_FROM_YEAR_1) * TICKS_A_SECOND))
            return f"0x{self._last:X}"


def file_time(seconds):
    """The ticks since 1601 that creationTime tells."""
    return str(int((seconds + SECONDS_FROM_1601) * TICKS_A_SECOND))
