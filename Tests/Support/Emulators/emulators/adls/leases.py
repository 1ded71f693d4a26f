"""Leases: acquire, renew, change, release, break, and what a write to a leased resource needs."""

import math
import uuid
from dataclasses import dataclass

from .adls_errors import ADLSError

INFINITE = -1
SHORTEST_SECONDS, LONGEST_SECONDS = 15, 60
LONGEST_BREAK_SECONDS = 60


@dataclass
class Lease:
    """`duration` is None when there never was a lease; `breaks` is the moment at which a broken one ends."""

    id: str = None
    duration: int = None
    expires: float = None
    breaks: float = None

    def state(self, now):
        if self.id is None:
            return "available"
        if self.breaks is not None:
            return "breaking" if now < self.breaks else "broken"
        return "leased" if self.expires is None or now < self.expires else "expired"

    def is_held(self, now):
        return self.state(now) in ("leased", "breaking")

    def clear(self):
        self.id = self.duration = self.expires = self.breaks = None

    def headers(self, now):
        """As properties of the resource have them."""
        state = self.state(now)
        told = {"x-ms-lease-status": "locked" if self.is_held(now) else "unlocked", "x-ms-lease-state": state}
        if state == "leased":
            told["x-ms-lease-duration"] = "infinite" if self.duration == INFINITE else "fixed"
        return told


def check_write(lease, given, now):
    """Raises unless a writer that names this lease id (or none) may write."""
    if lease.is_held(now):
        if not given:
            raise ADLSError("LeaseIdMissing")
        if not same(given, lease.id):
            raise ADLSError("LeaseIdMismatch")
    elif given:
        raise ADLSError("LeaseNotPresent" if lease.id is None else "LeaseLost")


def operate(lease, request, now):
    """Does what x-ms-lease-action says; (status, headers) of the reply."""
    action = request.header("x-ms-lease-action").lower()
    actions = {"acquire": acquire, "renew": renew, "change": change, "release": release, "break": break_}
    if action not in actions:
        raise ADLSError("InvalidHeaderValue" if action else "MissingRequiredHeader")
    return actions[action](lease, request, now)


def acquire(lease, request, now):
    proposed = proposed_id(request) or str(uuid.uuid4())
    if not request.header("x-ms-lease-duration"):
        raise ADLSError("MissingRequiredHeader", "x-ms-lease-duration is needed.")
    duration = number(request.header("x-ms-lease-duration"))
    if duration != INFINITE and not SHORTEST_SECONDS <= duration <= LONGEST_SECONDS:
        raise ADLSError("InvalidHeaderValue")
    state = lease.state(now)
    if state == "breaking":
        raise ADLSError("LeaseIsBreakingAndCannotBeAcquired" if same(proposed, lease.id) else "LeaseAlreadyPresent")
    if state == "leased" and not same(proposed, lease.id):
        raise ADLSError("LeaseAlreadyPresent")
    lease.clear()
    lease.id, lease.duration = proposed, duration
    prolong(lease, now)
    return 201, {"x-ms-lease-id": lease.id}


def renew(lease, request, now):
    check_id(lease, request)
    if lease.state(now) in ("breaking", "broken"):
        raise ADLSError("LeaseIsBrokenAndCannotBeRenewed")
    prolong(lease, now)
    return 200, {"x-ms-lease-id": lease.id}


def change(lease, request, now):
    proposed = proposed_id(request)
    if not proposed:
        raise ADLSError("MissingRequiredHeader")
    state = lease.state(now)
    if state not in ("leased", "breaking"):
        raise ADLSError("LeaseNotPresentWithLeaseOperation")
    if state == "breaking":
        raise ADLSError("LeaseIsBreakingAndCannotBeChanged")
    # Who repeats a change whose answer was lost finds the new id in place already.
    if not same(lease.id, proposed):
        check_id(lease, request)
    lease.id = proposed
    return 200, {"x-ms-lease-id": lease.id}


def release(lease, request, now):
    check_id(lease, request)
    lease.clear()
    return 200, {}


def break_(lease, request, now):
    state = lease.state(now)
    if state == "available":
        raise ADLSError("LeaseNotPresentWithLeaseOperation")
    if state in ("leased", "breaking"):
        asked = request.header("x-ms-lease-break-period")
        end = lease.breaks if state == "breaking" else lease.expires
        left = max(0, end - now) if end is not None else 0
        if asked:
            seconds = number(asked)
            if not 0 <= seconds <= LONGEST_BREAK_SECONDS:
                raise ADLSError("InvalidHeaderValue")
            left = min(seconds, left) if end is not None else seconds
        lease.breaks = now + left
    else:
        lease.breaks = now if lease.breaks is None else lease.breaks
        left = 0
    return 202, {"x-ms-lease-time": str(math.ceil(left))}


def check_id(lease, request):
    given = request.header("x-ms-lease-id")
    if not given:
        raise ADLSError("MissingRequiredHeader")
    if lease.id is None:
        raise ADLSError("LeaseNotPresentWithLeaseOperation" if request.header("x-ms-lease-action").lower() != "release"
                        else "LeaseIdMismatchWithLeaseOperation")
    if not same(given, lease.id):
        raise ADLSError("LeaseIdMismatchWithLeaseOperation")


def prolong(lease, now):
    lease.expires = None if lease.duration == INFINITE else now + lease.duration


def proposed_id(request):
    text = request.header("x-ms-proposed-lease-id")
    if not text:
        return None
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise ADLSError("InvalidHeaderValue") from None


def number(text):
    try:
        return int(text)
    except ValueError:
        raise ADLSError("InvalidHeaderValue") from None


def same(one, other):
    return one is not None and other is not None and one.lower() == other.lower()
