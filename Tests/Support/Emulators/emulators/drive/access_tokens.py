"""Access tokens that were given out: whose, for which scopes, until when."""

import secrets
import threading
from dataclasses import dataclass

SCOPE_PREFIX = "https://www.googleapis.com/auth/"
CLOUD_PLATFORM = SCOPE_PREFIX + "cloud-platform"
IAM_SCOPES = {CLOUD_PLATFORM, SCOPE_PREFIX + "iam"}
CONTENT_SCOPES = {SCOPE_PREFIX + "drive", SCOPE_PREFIX + "drive.readonly"}
METADATA_SCOPES = CONTENT_SCOPES | {SCOPE_PREFIX + "drive.metadata", SCOPE_PREFIX + "drive.metadata.readonly"}


@dataclass(frozen=True)
class AccessToken:
    principal: str
    scopes: frozenset
    expires: float


class AccessTokens:
    def __init__(self, clock):
        self._clock = clock
        self._tokens = {}
        self._lock = threading.Lock()

    def issue(self, principal, scopes, seconds):
        text = "ya29." + secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[text] = AccessToken(principal, frozenset(scopes), self._clock.now() + seconds)
        return text

    def bearer(self, request):
        """The token of the Authorization header, None when there is no such header, False when it is no good."""
        header = request.header("authorization")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        with self._lock:
            token = self._tokens.get(text.strip())
        if kind.lower() != "bearer" or token is None or token.expires <= self._clock.now():
            return False
        return token

    def expire(self, request):
        """Ends the token that a request carries."""
        with self._lock:
            self._tokens.pop(request.header("authorization").partition(" ")[2].strip(), None)

    def expire_all(self):
        with self._lock:
            count = len(self._tokens)
            self._tokens.clear()
            return count
