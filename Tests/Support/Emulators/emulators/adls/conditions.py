"""If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, also with `x-ms-source-` for the source of a rename."""

from email.utils import parsedate_to_datetime

from .adls_errors import ADLSError, NotModified

SOURCE = "x-ms-source-"


def check(request, node, prefix="", reading=False, exists_code=None):
    """Raises when the conditions do not hold for a node, or for None where there is nothing.

    `exists_code`: what a creation that asks for `If-None-Match: *` hears when there is something.
    """
    failed = ADLSError("SourceConditionNotMet" if prefix else "ConditionNotMet")
    none_match = request.header(f"{prefix}if-none-match").strip()
    match = request.header(f"{prefix}if-match").strip()
    if match and (node is None or not names(match, node)):
        raise failed
    if node is None:
        if request.header(f"{prefix}if-unmodified-since"):
            raise failed
        return
    if none_match and names(none_match, node):
        if none_match == "*" and exists_code:
            raise ADLSError(exists_code)
        if reading:
            raise NotModified(node.quoted_etag)
        raise failed
    since, until = moment(request, f"{prefix}if-modified-since"), moment(request, f"{prefix}if-unmodified-since")
    changed = int(node.modified)
    if since is not None and not none_match and changed <= since:
        if reading:
            raise NotModified(node.quoted_etag)
        raise failed
    if until is not None and not match and changed > until:
        raise failed


def names(header, node):
    """Whether a list of ETags names the node's; the service takes them with and without quotes."""
    return header == "*" or node.etag in (each.strip().removeprefix("W/").strip('"') for each in header.split(","))


def moment(request, name):
    text = request.header(name)
    if not text:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        raise ADLSError("InvalidHeaderValue") from None
