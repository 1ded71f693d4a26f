"""The metadata server of a virtual machine (GCE_METADATA_HOST), and an identity address as other clouds have one."""

from ..kit.http_messages import bytes_reply, json_reply
from .identities import PROJECT

FLAVOR = {"Metadata-Flavor": "Google", "Server": "Metadata Server for VM"}
IDENTITY_LIFETIME_SECONDS = "3599"


class MetadataServer:
    def __init__(self, identities, tokens, settings):
        self._identities = identities
        self._tokens = tokens
        self._settings = settings

    def answer(self, request):
        if request.operation == "identity":
            return self._identity(request)
        # Whoever comes through a proxy or without the header may be a tricked browser.
        if request.header("metadata-flavor") != "Google" or request.header("x-forwarded-for"):
            return bytes_reply(403, b"Missing Metadata-Flavor:Google header.\n", "text/html; charset=UTF-8", Metadata_Flavor="Google")
        path = "/".join(request.parts[2:]).strip("/") if request.parts[0] else ""
        account = self._identities.metadata_account
        if request.operation == "metadata.ping":
            return self._text("computeMetadata/\n")
        if path == "project/project-id":
            return self._text(PROJECT)
        if path == "universe/universe-domain":
            return self._text("googleapis.com")
        prefix, _, name = path.rpartition("/")
        if account and prefix == "instance/service-accounts" and name in ("default", account):
            return self._account(request, account)
        if account and name == "token" and prefix in (f"instance/service-accounts/{who}" for who in ("default", account)):
            return self._token(request, account)
        if account and name == "email" and prefix in (f"instance/service-accounts/{who}" for who in ("default", account)):
            return self._text(account)
        return bytes_reply(404, b"Not found\n", "text/html; charset=UTF-8", Metadata_Flavor="Google")

    def _account(self, request, account):
        if request.query.get("recursive") != "true":
            return self._text("aliases\nemail\nidentity\nscopes\ntoken\n")
        scopes = sorted(self._identities.metadata_scopes)
        return json_reply(200, {"aliases": ["default"], "email": account, "scopes": scopes}, FLAVOR)

    def _token(self, request, account):
        """?scopes=a,b narrows the scopes of the machine, and never widens them."""
        asked = set(filter(None, (request.query.get("scopes") or "").split(",")))
        scopes = asked & self._identities.metadata_scopes if asked else self._identities.metadata_scopes
        request.principal = account
        seconds = self._settings.token_seconds
        body = {"access_token": self._tokens.issue(account, scopes, seconds), "expires_in": seconds, "token_type": "Bearer"}
        return json_reply(200, body, FLAVOR, indent=0)

    def _identity(self, request):
        """A subject token by URL, in the shape of Azure's: header `Metadata: True`, field access_token."""
        if request.header("metadata").lower() != "true" or self._identities.identity_token is None:
            return json_reply(400, {"error": "invalid_request", "error_description": "Required metadata header not specified"})
        return json_reply(200, {"access_token": self._identities.identity_token, "expires_in": IDENTITY_LIFETIME_SECONDS})

    def _text(self, text):
        return bytes_reply(200, text.encode(), "application/text", **{"Metadata_Flavor": "Google", "Server": "Metadata Server for VM"})
