"""`Range: bytes=...` (RFC 9110, section 14.2): one range; several, or what is not understood, count as none."""

import re

ONE_RANGE = re.compile(r"bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*")
MOST_DIGITS = 18


class RangeNotSatisfiable(Exception):
    """The range starts behind the end of the content."""


def stretch(header, size):
    """(start, length) of the asked range, or None when the whole content is meant."""
    match = ONE_RANGE.fullmatch(header or "")
    if not match or max(map(len, match.groups())) > MOST_DIGITS:
        return None
    first, last = match.groups()
    if not first and not last:
        return None
    if not first:
        if int(last) == 0 or size == 0:
            raise RangeNotSatisfiable
        length = min(int(last), size)
        return size - length, length
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        raise RangeNotSatisfiable
    end = min(int(last), size - 1) if last else size - 1
    return start, end - start + 1
