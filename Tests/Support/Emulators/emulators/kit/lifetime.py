"""An emulator ends by itself: when its parent ends, when its standard input closes (if asked), or after a limit."""

import os
import threading
import time

STDIN = 0
PARENT_CHECK_SECONDS = 0.5


class Lifetime:
    """Waits for the first reason to end and tells it."""

    def __init__(self, limit_seconds, watch_stdin):
        self._over = threading.Event()
        self._reason = "asked to"
        self._deadline = time.monotonic() + limit_seconds
        self._parent = os.getppid()
        if watch_stdin:
            threading.Thread(target=self._read_stdin, daemon=True).start()

    def end(self, reason="asked to"):
        self._reason = reason
        self._over.set()

    def wait(self):
        """Returns why it is over."""
        while not self._over.wait(PARENT_CHECK_SECONDS):
            if os.getppid() != self._parent:
                self.end("the parent ended")
            elif time.monotonic() > self._deadline:
                self.end("the time limit is reached")
        return self._reason

    def _read_stdin(self):
        # Not through sys.stdin: a thread inside its lock would trip the interpreter's shutdown.
        while os.read(STDIN, 1 << 16):
            pass
        self.end("standard input closed")
