"""Who asks: key-pair tokens with really checked signatures, OAuth, programmatic and workload tokens that a test made known."""

import base64
import hashlib
import re
import threading

from ..kit import json_web_token
from .snowflake_errors import JWT_INVALID, OAUTH_INVALID, TOKEN_MISSING, Refusal

CLOCK_SKEW_SECONDS = 60
LONGEST_TOKEN_SECONDS = 3_600
TYPES = {"KEYPAIR_JWT", "OAUTH", "PROGRAMMATIC_ACCESS_TOKEN", "WORKLOAD_IDENTITY_FEDERATION"}


def fingerprint(pem):
    """`SHA256:...` of a PEM public key, as RSA_PUBLIC_KEY_FP shows it."""
    body = "".join(line for line in pem.splitlines() if line and not line.startswith("-----"))
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(body)).digest()).decode()


class SnowflakeAccess:
    def __init__(self, clock):
        self._clock = clock
        self._lock = threading.Lock()
        # "ACCOUNT.USER" -> {fingerprint: key}: a user has two keys while they are rotated.
        self._keys = {}
        # (type, token) -> {"user", "expired"}
        self._tokens = {}
        self.expired = set()

    def add_key(self, account, user, pem):
        with self._lock:
            keys = self._keys.setdefault(f"{account}.{user}".upper(), {})
            keys[fingerprint(pem)] = json_web_token.RSAPublicKey.from_pem(pem)

    def remove_key(self, account, user, which):
        with self._lock:
            self._keys[f"{account}.{user}".upper()].pop(which)

    def add_token(self, kind, token, user):
        if kind not in TYPES:
            raise ValueError(f"type is one of {', '.join(sorted(TYPES))}")
        with self._lock:
            self._tokens[(kind, token)] = user

    def fingerprints(self, user):
        with self._lock:
            return next((list(keys) for name, keys in self._keys.items() if name.endswith("." + user.upper())), [])

    def check(self, request):
        """The user behind a request of the SQL API; Refusal (401)."""
        text = request.header("authorization")
        if not text.startswith("Bearer "):
            raise Refusal(401, TOKEN_MISSING)
        token = text[7:]
        kind = request.header("x-snowflake-authorization-token-type") or ("KEYPAIR_JWT" if token.count(".") == 2 else "OAUTH")
        if kind not in TYPES:
            raise Refusal(401, OAUTH_INVALID, f"Unsupported token type {kind}.")
        if kind == "KEYPAIR_JWT":
            return self.jwt_user(token)
        if kind == "WORKLOAD_IDENTITY_FEDERATION" and not re.match(r"WIF\.(AWS|AZURE|GCP|OIDC)\.", token):
            raise Refusal(401, OAUTH_INVALID, "A workload's token begins with WIF. and its provider.")
        with self._lock:
            user = self._tokens.get((kind, token))
        if user is None:
            raise Refusal(401, OAUTH_INVALID)
        return user

    def jwt_user(self, token):
        """The user of a key-pair token; Refusal when anything about it is wrong."""
        try:
            _, claims = json_web_token.read(token)
            name = claims["sub"]
            with self._lock:
                keys = dict(self._keys.get(name, {}))
            issuer, _, used = claims["iss"].rpartition(".SHA256:")
            key = keys["SHA256:" + used]
            json_web_token.verified(token, key)
            now = self._clock.now()
            good = (issuer == name and claims["iat"] - CLOCK_SKEW_SECONDS <= now
                    and now <= min(claims["exp"], claims["iat"] + LONGEST_TOKEN_SECONDS) + CLOCK_SKEW_SECONDS)
        except (json_web_token.TokenError, KeyError, TypeError):
            good = False
        if not good:
            raise Refusal(401, JWT_INVALID)
        return name.partition(".")[2]
