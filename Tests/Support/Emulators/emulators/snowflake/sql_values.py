"""Values between DuckDB and SQL API v2, where every value is a text (jsonv2)."""

import datetime
import decimal
import json

from .snowflake_errors import SQLError

EPOCH_DATE = datetime.date(1970, 1, 1)
EPOCH = datetime.datetime(1970, 1, 1)
UTC_OFFSET = 1440


def seconds_text(days, seconds, microseconds):
    """Seconds with nine digits behind the point; below zero as well."""
    total = (days * 86_400 + seconds) * 1_000_000 + microseconds
    sign, total = ("-" if total < 0 else ""), abs(total)
    return f"{sign}{total // 1_000_000}.{total % 1_000_000:06d}000"


def cell(value, kind):
    """A value as the API writes it, by the lower-case type of its column."""
    if value is None:
        return None
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "date":
        return str((value - EPOCH_DATE).days)
    if kind.startswith("timestamp"):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        since = value - EPOCH
        text = seconds_text(since.days, since.seconds, since.microseconds)
        return f"{text} {UTC_OFFSET}" if kind == "timestamp_tz" else text
    if kind == "time":
        return seconds_text(0, value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
    if kind == "binary":
        return bytes(value).hex().upper()
    if kind in ("variant", "object", "array"):
        return variant_text(value)
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    return str(value)


def variant_text(value):
    """JSON as Snowflake prints it: with line breaks."""
    try:
        return json.dumps(json.loads(value) if isinstance(value, str) else value, indent=2, ensure_ascii=False)
    except ValueError:
        return str(value)


BINDINGS = {
    "FIXED": int, "REAL": float, "TEXT": str, "DECFLOAT": decimal.Decimal, "BINARY": bytes.fromhex,
    "BOOLEAN": lambda text: {"true": True, "false": False}[text.lower()],
    "DATE": lambda text: EPOCH_DATE + datetime.timedelta(milliseconds=int(text)),
    "TIME": lambda text: (EPOCH + datetime.timedelta(microseconds=int(text) // 1000)).time(),
    "TIMESTAMP_NTZ": lambda text: EPOCH + datetime.timedelta(microseconds=int(text) // 1000),
    "TIMESTAMP_LTZ": lambda text: EPOCH + datetime.timedelta(microseconds=int(text) // 1000),
}


def bound(bindings):
    """Positional parameters from a request's `bindings`."""
    values = []
    for key in sorted(bindings, key=int):
        kind, value = bindings[key]["type"].upper(), bindings[key]["value"]
        try:
            if value is not None and not isinstance(value, str):
                raise ValueError("values are texts")
            values.append(None if value is None else BINDINGS[kind](value))
        except (ValueError, KeyError, ArithmeticError) as error:
            raise SQLError(100037, "22018", f"Bind variable {key} of type {kind} is not valid: {error}") from None
    return values
