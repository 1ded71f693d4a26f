"""The service's own clock, which tests may move ahead so that tokens expire without waiting."""

import datetime
import re
import threading
import time

RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?)?")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class MovingClock:
    """Seconds since 1970 in UTC; it never goes back."""

    def __init__(self):
        self._ahead = 0.0
        self._lock = threading.Lock()

    def now(self):
        with self._lock:
            return time.time() + self._ahead

    def advance(self, seconds):
        if seconds < 0:
            raise ValueError("the clock never goes back")
        with self._lock:
            self._ahead += seconds


def rfc3339(seconds):
    """`2026-01-02T03:04:05.678Z`, as the APIs write times."""
    moment = EPOCH + datetime.timedelta(milliseconds=round(seconds * 1000))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def parse_rfc3339(text):
    """The seconds of an RFC 3339 time or date; UTC when it names no zone. ValueError when it is none."""
    match = RFC3339.fullmatch(text)
    if not match:
        raise ValueError(f"not a time of RFC 3339: {text!r}")
    date, time_of_day, fraction, zone = match.groups()
    moment = datetime.datetime.fromisoformat(f"{date}T{time_of_day or '00:00:00'}{'+00:00' if zone in (None, 'Z') else zone}")
    return (moment - EPOCH).total_seconds() + float(fraction or 0)
