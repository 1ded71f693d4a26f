"""Shared access signatures: of the account, of a container, directory or blob, and those signed with a user delegation key."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timezone

from .adls_errors import ADLSError
from .shared_key import signature

# The layout without an encryption scope is older than any client here.
OLDEST_VERSION = "2020-12-06"
# From here on a user delegation signature covers the id of another user, then headers and parameters that must be there.
OTHER_USER_VERSION, SIGNED_HEADERS_VERSION = "2025-07-05", "2026-04-06"
ACCOUNT_FIELDS = ("sp", "ss", "srt", "st", "se", "sip", "spr", "sv", "ses")
KEY_FIELDS = ("skoid", "sktid", "skt", "ske", "sks", "skv")
OVERRIDDEN_HEADERS = ("rscc", "rscd", "rsce", "rscl", "rsct")
LONGEST_KEY_SECONDS = 7 * 86_400
CLIENT_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class Grant:
    """What a signature allows. `resource` is a (kind, filesystem, path), kind one of account, c, d, b."""

    permissions: frozenset
    resource: tuple
    types: str = "sco"
    principal: str = ""

    def covers(self, filesystem, path):
        kind, own_filesystem, own_path = self.resource
        if kind == "account":
            return True
        if filesystem != own_filesystem:
            return False
        if kind == "d":
            return path == own_path or path.startswith(f"{own_path}/") or not own_path
        return kind == "c" or path == own_path


class SharedAccess:
    def __init__(self, account, key, delegation_key):
        """`delegation_key(fields)` gives the key that belongs to skoid .. skv."""
        self._account = account
        self._key = key
        self._delegation_key = delegation_key

    def check(self, parameters, filesystem, path, now):
        """The Grant of a query with a `sig`. `path` is what the request is about: for a listing, its directory or prefix."""
        value = {name: values[0] for name, values in parameters.items()}
        def get(name):
            return value.get(name, "")

        self._check_times(get, now)
        if get("sv") < OLDEST_VERSION:
            raise failed(f"signed version {get('sv')} is not emulated, {OLDEST_VERSION} or newer is")
        if get("spr") not in ("", "https,http"):
            raise ADLSError("AuthorizationProtocolMismatch")
        if not address_allowed(get("sip")):
            raise ADLSError("AuthorizationSourceIPMismatch")
        if "ss" in value:
            return self._account_grant(get)
        return self._service_grant(get, filesystem, path.strip("/"), now)

    def _check_times(self, get, now):
        if not get("se") or moment(get("se")) <= now:
            raise failed(f"Signed expiry time [{get('se')}] must be after signed start time and the present")
        if get("st") and moment(get("st")) > now:
            raise failed(f"Signed start time [{get('st')}] is in the future")

    def _account_grant(self, get):
        text = "\n".join([self._account, *map(get, ACCOUNT_FIELDS)]) + "\n"
        if not hmac.compare_digest(signature(self._key, text), get("sig")):
            raise failed("Signature did not match. String to sign used was " + text)
        if "b" not in get("ss"):
            raise ADLSError("AuthorizationServiceMismatch")
        return Grant(frozenset(get("sp")), ("account", "", ""), get("srt"), "sas:account")

    def _service_grant(self, get, filesystem, path, now):
        kind = get("sr")
        if kind == "c":
            path = ""
        elif kind == "d":
            path = first_segments(path, get("sdd"))
        elif kind != "b":
            raise failed(f"Signed resource {kind} is not valid here")
        resource = f"/blob/{self._account}/{filesystem}" + (f"/{path}" if path else "")
        delegated = bool(get("skoid"))
        if delegated and (moment(get("ske")) <= now or moment(get("skt")) > now):
            raise failed("The user delegation key is not valid at this time")
        key = self._delegation_key([get(name) for name in KEY_FIELDS]) if delegated else self._key
        text = string_to_sign(get, resource, delegated)
        if not hmac.compare_digest(signature(key, text), get("sig")):
            raise failed("Signature did not match. String to sign used was " + text)
        return Grant(frozenset(get("sp")), (kind, filesystem, path), "co", get("skoid") or f"sas:{kind}")


def string_to_sign(get, resource, delegated):
    """What is signed depends on the version: two fields for another user's id came later, then headers and parameters."""
    head = [get("sp"), get("st"), get("se"), resource]
    tail = [get("sip"), get("spr"), get("sv"), get("sr"), "", get("ses")]
    overridden = [get(name) for name in OVERRIDDEN_HEADERS]
    if not delegated:
        return "\n".join([*head, get("si"), *tail, *overridden])
    head += [get(name) for name in (*KEY_FIELDS, "saoid", "suoid", "scid")]
    if get("sv") >= OTHER_USER_VERSION:
        head += [get("skdutid"), get("sduoid")]
    if get("sv") >= SIGNED_HEADERS_VERSION:
        tail += ["", ""]
    return "\n".join([*head, *tail, *overridden])


def first_segments(path, depth):
    if not depth.isdecimal():
        raise failed("Signed directory depth is missing")
    segments = path.split("/") if path else []
    if len(segments) < int(depth):
        raise ADLSError("AuthorizationFailure")
    return "/".join(segments[:int(depth)])


def moment(text):
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d"):
        try:
            return datetime.strptime(text, form).replace(tzinfo=timezone.utc).timestamp()
        except ValueError:
            continue
    raise failed(f"{text} is not a time")


def address_allowed(text):
    """`sip`: one address or FIRST-LAST. Everybody here comes from the loopback address."""
    if not text:
        return True
    first, _, last = text.partition("-")
    try:
        numbers = [tuple(map(int, each.split("."))) for each in (first, CLIENT_ADDRESS, last or first)]
    except ValueError:
        return False
    return numbers[0] <= numbers[1] <= numbers[2]


def failed(detail):
    return ADLSError("AuthenticationFailed", detail=detail)
