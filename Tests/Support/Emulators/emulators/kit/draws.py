"""Draws that depend on names only: the same request at the same attempt meets the same luck, whichever thread serves it."""

import hashlib

FRACTION_BITS = 53


def fraction(*names):
    """A number from 0 up to 1, decided by the names."""
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - FRACTION_BITS)) / (1 << FRACTION_BITS)


def below(limit, *names):
    """A whole number from 0 up to the limit, decided by the names."""
    return int(fraction(*names) * limit)


def identifier(length, *names):
    """Letters and digits, as services make their ids, decided by the names."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = ""
    while len(text) < length:
        digest = hashlib.sha256("\x1f".join(map(str, (*names, len(text)))).encode()).digest()
        text += "".join(letters[byte & 63] for byte in digest)
    return text[:length]
