"""Durations as xlsx2ndjson writes them."""


def seconds(text):
    """The seconds of PT26H30M1S; None for what is no duration."""
    if not text.lstrip("-").startswith("PT"):
        return None
    total, digits = 0.0, ""
    for character in text.partition("T")[2]:
        if character in "HMS":
            total, digits = total + float(digits) * {"H": 3600, "M": 60, "S": 1}[character], ""
        else:
            digits += character
    return -total if text.startswith("-") else total
