"""Who may ask Microsoft Entra for tokens, and what they may do with the lake."""

import base64
import binascii
import hashlib
import threading
from dataclasses import dataclass, field

from ..kit.json_web_token import RSAPublicKey

TENANT = "11111111-aaaa-4bbb-8ccc-000000000001"
# Roles as Azure calls them: Storage Blob Data Contributor, Storage Blob Data Reader, and nobody.
ROLES = {"contributor": frozenset("racwdlmeop"), "reader": frozenset("rl"), "none": frozenset()}


@dataclass
class Identity:
    """An application or a managed identity. `managed` ones ask the machine, the others prove who they are."""

    client_id: str
    object_id: str
    role: str = "contributor"
    tenant: str = TENANT
    secret: str = None
    # Thumbprint of a certificate (base64url, SHA-1 or SHA-256 of its DER form) -> public key.
    certificates: dict = field(default_factory=dict)
    # Tokens of another issuer that stand for it, as workload identity federation has them.
    federated_tokens: set = field(default_factory=set)
    managed: bool = False

    @property
    def permissions(self):
        return ROLES[self.role]


class EntraIdentities:
    def __init__(self):
        self._by_client_id = {}
        self._lock = threading.Lock()
        # The header value that App Service wants to see.
        self.app_service_secret = None

    def find(self, client_id):
        with self._lock:
            return self._by_client_id.get(client_id)

    def managed(self, client_id=None, object_id=None):
        """The managed identity of these ids; of none, the first one: the machine's own."""
        with self._lock:
            for each in self._by_client_id.values():
                if each.managed and client_id in (None, each.client_id) and object_id in (None, each.object_id):
                    return each
        return None

    def update(self, script):
        """{"applications": [{client_id, object_id, role, secret, certificates: [{pem, public_key}], federated_tokens}],
        "managed_identities": [{client_id, object_id, role}], "app_service_secret"}; ids that are there are replaced."""
        made = [made_identity(each, managed) for name, managed in (("applications", False), ("managed_identities", True))
                for each in script.get(name, [])]
        with self._lock:
            self._by_client_id.update((each.client_id, each) for each in made)
        self.app_service_secret = script.get("app_service_secret", self.app_service_secret)


def made_identity(script, managed):
    role = script.get("role", "contributor")
    if role not in ROLES:
        raise ValueError(f"role is one of {', '.join(ROLES)}")
    certificates = {}
    for each in script.get("certificates", []):
        key = RSAPublicKey.from_pem(each["public_key"])
        certificates.update((thumbprint, key) for thumbprint in thumbprints(each["pem"]))
    return Identity(script["client_id"], script.get("object_id", script["client_id"]), role, script.get("tenant", TENANT),
                    script.get("secret"), certificates, set(script.get("federated_tokens", [])), managed)


def thumbprints(pem):
    """`x5t` and `x5t#S256` of a PEM certificate."""
    body = pem.partition("-----BEGIN CERTIFICATE-----")[2].partition("-----END")[0]
    try:
        der = base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error:
        der = b""
    if not der:
        raise ValueError("not a PEM certificate")
    digests = (hashlib.sha1(der, usedforsecurity=False).digest(), hashlib.sha256(der).digest())
    return [base64.urlsafe_b64encode(digest).rstrip(b"=").decode() for digest in digests]
