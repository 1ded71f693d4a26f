"""Who exists, and what proves who somebody is: service account keys, refresh tokens, subject tokens of other providers."""

from dataclasses import dataclass, field

from ..kit.json_web_token import RSAPublicKey

OWNER = "owner@example.com"
PULLER = "puller@emulated-project.iam.gserviceaccount.com"
PROJECT = "emulated-project"
METADATA_SCOPES = ("https://www.googleapis.com/auth/cloud-platform", "https://www.googleapis.com/auth/drive.readonly")


@dataclass
class ServiceAccount:
    """`subjects` are the users that it may act for (domain-wide delegation), `delegated_scopes` for what."""

    address: str
    keys: dict = field(default_factory=dict)
    subjects: set = field(default_factory=set)
    delegated_scopes: set = field(default_factory=set)


@dataclass
class RefreshToken:
    """`scopes` None: whatever is asked for. `rotates`: each use gives a new one and ends this one."""

    address: str
    client_id: str
    client_secret: str
    scopes: set = None
    rotates: bool = False


class Identities:
    """Everything that `identities` in a script or POST /_admin/identities may say; what is said again replaces what was."""

    KEYS = {"users", "service_accounts", "refresh_tokens", "revoked_refresh_tokens", "subject_tokens", "identity_token", "impersonators",
            "metadata_account", "metadata_scopes"}

    def __init__(self):
        self.users = {OWNER}
        self.accounts = {PULLER: ServiceAccount(PULLER)}
        self.refresh_tokens = {}
        # Text of a subject token -> the principal that it stands for; `identity_token` is what the identity address hands out.
        self.subject_tokens = {}
        self.identity_token = None
        # Service account -> those who may impersonate it; an account that is not named here may be impersonated by all.
        self.impersonators = {}
        self.metadata_account = PULLER
        self.metadata_scopes = set(METADATA_SCOPES)

    def update(self, script):
        unknown = set(script) - self.KEYS
        if unknown:
            raise ValueError(f"identities have no {', '.join(sorted(unknown))}")
        self.users.update(script.get("users", ()))
        for each in script.get("service_accounts", ()):
            self._add_account(each)
        for each in script.get("refresh_tokens", ()):
            scopes = set(each["scopes"]) if each.get("scopes") is not None else None
            self.users.add(each["address"])
            self.refresh_tokens[each["token"]] = RefreshToken(each["address"], each["client_id"], each["client_secret"], scopes,
                                                              bool(each.get("rotates")))
        for token in script.get("revoked_refresh_tokens", ()):
            self.refresh_tokens.pop(token, None)
        if "subject_tokens" in script:
            self.subject_tokens = dict(script["subject_tokens"])
        self.identity_token = script.get("identity_token", self.identity_token)
        for address, names in script.get("impersonators", {}).items():
            # null: everybody again.
            self.impersonators.pop(address, None)
            if names is not None:
                self.impersonators[address] = set(names)
        self.metadata_account = script.get("metadata_account", self.metadata_account)
        self.metadata_scopes = set(script.get("metadata_scopes", self.metadata_scopes))

    def exists(self, address):
        return address in self.users or address in self.accounts

    def may_impersonate(self, source, address):
        return address in self.accounts and source in self.impersonators.get(address, {source})

    def _add_account(self, script):
        account = self.accounts.setdefault(script["address"], ServiceAccount(script["address"]))
        if "public_key" in script:
            account.keys[script["key_id"]] = RSAPublicKey.from_pem(script["public_key"])
        for key_id in script.get("revoked_keys", ()):
            account.keys.pop(key_id, None)
        account.subjects.update(script.get("subjects", ()))
        account.delegated_scopes.update(script.get("delegated_scopes", ()))
