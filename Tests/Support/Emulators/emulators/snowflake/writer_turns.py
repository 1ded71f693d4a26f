"""Who may change something: one transaction at a time, the others wait, as they would for Snowflake's table locks.

DuckDB would let two transactions go on and fail the second. Here the second waits until the first has ended, and then
begins: what it reads is what the first has left.
"""

import threading
import time

from .snowflake_errors import SQLError

CANCEL_CHECK_SECONDS = 0.05


class WriterTurns:
    def __init__(self, settings):
        self._settings = settings
        self._owner = None
        self._changed = threading.Condition()

    def take(self, owner, cancelled=lambda: False):
        """Waits for the turn; an owner may take it again."""
        deadline = time.monotonic() + self._settings.lock_seconds
        with self._changed:
            while self._owner not in (None, owner):
                if cancelled():
                    raise SQLError(604, "57014", "SQL execution canceled")
                if time.monotonic() > deadline:
                    raise SQLError(625, "57014", "Statement has waited for a lock of another transaction for too long and is aborted.")
                self._changed.wait(CANCEL_CHECK_SECONDS)
            self._owner = owner

    def give(self, owner):
        with self._changed:
            if self._owner is owner:
                self._owner = None
                self._changed.notify_all()
