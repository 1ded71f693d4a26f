"""Access tokens of Microsoft Entra that were given out: for which identity, for which resource, until when."""

import secrets
import threading
from dataclasses import dataclass

STORAGE = "https://storage.azure.com"


@dataclass(frozen=True)
class EntraToken:
    identity: object
    resource: str
    expires: float


class EntraTokens:
    def __init__(self, clock):
        self._clock = clock
        self._tokens = {}
        self._lock = threading.Lock()

    def issue(self, identity, resource, seconds):
        text = "eyJ0eXAiOiJKV1QifQ." + secrets.token_urlsafe(48)
        with self._lock:
            self._tokens[text] = EntraToken(identity, resource.rstrip("/"), self._clock.now() + seconds)
        return text

    def find(self, header):
        """The valid token of an Authorization header, or None."""
        kind, _, text = header.partition(" ")
        with self._lock:
            token = self._tokens.get(text.strip())
        return token if kind.lower() == "bearer" and token and token.expires > self._clock.now() else None

    def expire(self, header):
        with self._lock:
            self._tokens.pop(header.partition(" ")[2].strip(), None)

    def expire_all(self):
        with self._lock:
            count = len(self._tokens)
            self._tokens.clear()
            return count
