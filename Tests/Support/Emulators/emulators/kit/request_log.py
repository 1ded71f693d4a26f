"""Every request that came in, for assertions such as "nothing was downloaded twice". No secret is kept: no header, no body."""

import fnmatch
import threading
import time
from collections import deque

MOST_ENTRIES = 200_000
FILTERS = ("operation", "subject", "principal", "method")


class RequestLog:
    def __init__(self):
        self._entries = deque(maxlen=MOST_ENTRIES)
        self._changed = threading.Condition()
        self._number = 0
        self._start = time.monotonic()

    def open(self, request):
        """Notes a request that is about to be answered."""
        with self._changed:
            self._number += 1
            entry = {
                "number": self._number, "connection": request.connection, "at": self._now(), "method": request.method,
                "path": request.path, "query": dict(reversed(request.query.pairs)), "operation": request.operation,
                "subject": request.subject, "principal": request.principal, "range": request.header("range") or None,
                "authorization": bool(request.header("authorization")), "user_agent": request.header("user-agent"),
                "faults": [], "open": True, "status": None, "bytes": 0, "complete": False, "seconds": None,
            }
            self._entries.append(entry)
            self._changed.notify_all()
            return entry

    def progress(self, entry, **values):
        with self._changed:
            entry.update(values)
            self._changed.notify_all()

    def close(self, entry, request, **values):
        """Notes how the request ended."""
        with self._changed:
            entry.update(values, open=False, principal=request.principal, operation=request.operation,
                         subject=request.subject, seconds=round(self._now() - entry["at"], 4), **request.notes)
            self._changed.notify_all()

    def select(self, query):
        """Entries by ?operation=GLOB&subject=&principal=&method=&status=&since=NUMBER&open=true|false."""
        with self._changed:
            return [dict(entry) for entry in self._entries if wanted(entry, query)]

    def wait(self, query, count, seconds):
        """Waits until `count` entries are as asked; the entries, whether or not they came in time."""
        with self._changed:
            self._changed.wait_for(lambda: sum(wanted(entry, query) for entry in self._entries) >= count, timeout=seconds)
            return [dict(entry) for entry in self._entries if wanted(entry, query)]

    def clear(self):
        """Forgets what is finished."""
        with self._changed:
            open_entries = [entry for entry in self._entries if entry["open"]]
            self._entries.clear()
            self._entries.extend(open_entries)

    def _now(self):
        return round(time.monotonic() - self._start, 4)


def wanted(entry, query):
    for name in FILTERS:
        pattern = query.get(name)
        if pattern is not None and not fnmatch.fnmatchcase(entry[name] or "", pattern):
            return False
    if query.get("status") is not None and str(entry["status"]) != query.get("status"):
        return False
    if query.get("open") is not None and entry["open"] != (query.get("open") == "true"):
        return False
    return entry["number"] > int(query.get("since") or 0)
