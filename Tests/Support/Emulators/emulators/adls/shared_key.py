"""SharedKey, the same for dfs and blob: HMAC-SHA256 with the account key over

  VERB, Content-Encoding, Content-Language, Content-Length (empty when 0), Content-MD5, Content-Type, Date (empty when there is an
  x-ms-date), If-Modified-Since, If-Match, If-None-Match, If-Unmodified-Since, Range: a line each,
  the x-ms- headers, sorted, `name:value` a line each,
  `/ACCOUNT` and the path as it was sent, then the query parameters, sorted, `name:value` a line each, decoded.
"""

import base64
import hashlib
import hmac
from email.utils import parsedate_to_datetime

from .adls_errors import ADLSError
from .adls_routes import parameters_of

SIGNED_HEADERS = ("content-encoding", "content-language", "content-length", "content-md5", "content-type", "date", "if-modified-since",
                  "if-match", "if-none-match", "if-unmodified-since", "range")
LONGEST_SKEW_SECONDS = 15 * 60
# All letters of header names, as a culture sorts them.
LETTERS = "!#$%&*.^_`|~+0123456789abcdefghijklmnopqrstuvwxyz"
IGNORED_LETTERS = "-'"


def culture_key(name):
    """The order that the service sorts in: `-` counts only between names that are otherwise equal; the later, the smaller."""
    ranks = [LETTERS.find(letter) for letter in name if letter not in IGNORED_LETTERS]
    return ranks, [-place for place, letter in enumerate(name) if letter in IGNORED_LETTERS]


def string_to_sign(method, target, headers, account, sort_key=culture_key):
    """What the client has signed. `headers` by lower-cased name."""
    lines = [method.upper()]
    for name in SIGNED_HEADERS:
        value = headers.get(name, "").strip()
        if (name == "content-length" and value == "0") or (name == "date" and "x-ms-date" in headers):
            value = ""
        lines.append(value)
    own = sorted((name for name in headers if name.startswith("x-ms-")), key=sort_key)
    lines += [f"{name}:{headers[name].strip()}" for name in own]
    path, _, query = target.partition("?")
    lines.append(f"/{account}{path}")
    lines += [f"{name}:{','.join(sorted(values))}" for name, values in sorted(parameters_of(query).items())]
    return "\n".join(lines)


def signature(key, text):
    return base64.b64encode(hmac.new(key, text.encode("utf-8"), hashlib.sha256).digest()).decode()


def check(request, account, key, now):
    """Raises unless the Authorization header carries the signature of this request."""
    name, _, given = request.header("authorization")[len("SharedKey "):].strip().partition(":")
    check_date(request, now)
    if name != account:
        raise ADLSError("AuthenticationFailed", detail=f"The account {name} is not {account}")
    # Older clients sort by code points, which differs for metadata with dashes or underscores only.
    texts = [string_to_sign(request.method, request.target, request.headers, account, sort_key) for sort_key in (culture_key, None)]
    if not any(hmac.compare_digest(signature(key, text), given) for text in texts):
        shown = texts[0].replace("\n", "\\n")
        raise ADLSError("AuthenticationFailed", detail="The MAC signature found in the HTTP request is not the same as any computed "
                                                       f"signature. Server used following string to sign: '{shown}'.")


def check_date(request, now):
    text = request.header("x-ms-date") or request.header("date")
    if not text:
        raise ADLSError("MissingRequiredHeader", "x-ms-date or Date is needed.")
    try:
        told = parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        raise ADLSError("InvalidHeaderValue") from None
    if abs(told - now) > LONGEST_SKEW_SECONDS:
        raise ADLSError("AuthenticationFailed", detail=f"Request date header too old: '{text}'")
