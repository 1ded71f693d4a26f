"""The ways to an access token: Entra's token endpoint (secret, certificate, federated token) and the two managed identity endpoints."""

import secrets
import time
import uuid

from ..kit import json_web_token
from ..kit.http_messages import json_reply

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DEFAULT_SCOPE = "/.default"
CLOCK_SKEW_SECONDS = 300
IMDS_VERSIONS = ("2018-02-01", "2019-08-01", "2020-06-01", "2021-02-01")
APP_SERVICE_VERSION = "2019-08-01"


class EntraError(Exception):
    """`number` is that of AADSTS..."""

    def __init__(self, status, error, number, text):
        super().__init__(text)
        self.status, self.error, self.number, self.text = status, error, number, text

    @property
    def body(self):
        trace, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        return {"error": self.error, "error_description": f"AADSTS{self.number}: {self.text} Trace ID: {trace} Correlation ID: "
                f"{correlation}", "error_codes": [self.number], "trace_id": trace, "correlation_id": correlation}


def scripted(action):
    """The error of a `status` fault at these endpoints."""
    error = action.get("reason") or ("invalid_client" if action["status"] < 500 else "temporarily_unavailable")
    return json_reply(action["status"], {"error": error, "error_description": action.get("message", error)})


class EntraEndpoints:
    def __init__(self, identities, tokens, settings):
        self._identities = identities
        self._tokens = tokens
        self._settings = settings
        # Where the service is, for the audience of client assertions.
        self.urls = ()

    def answer(self, request):
        try:
            if request.operation == "token":
                return self._token(request)
            if request.operation == "discovery":
                return self._discovery(request)
            return self._imds(request) if request.operation == "identity.imds" else self._app_service(request)
        except EntraError as error:
            return json_reply(error.status, error.body)

    def _discovery(self, request):
        """GET /TENANT/v2.0/.well-known/openid-configuration: where Microsoft's own library learns the other addresses."""
        base = f"{self._settings.public_url or self.urls[0]}/{request.parts[0]}"
        return json_reply(200, {"token_endpoint": f"{base}/oauth2/v2.0/token", "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode", "issuer": f"{base}/v2.0"})

    # ---- POST /TENANT/oauth2/v2.0/token

    def _token(self, request):
        form = request.form()
        if form.get("grant_type") != "client_credentials":
            raise EntraError(400, "unsupported_grant_type", 70003, f"The grant type {form.get('grant_type')} is not supported.")
        identity = self._identities.find(form.get("client_id"))
        tenant = request.parts[0]
        if identity is None or identity.managed or identity.tenant != tenant:
            raise EntraError(400, "unauthorized_client", 700016, f"Application with identifier '{form.get('client_id')}' was not found in "
                                                                 f"the directory '{tenant}'.")
        scope = form.get("scope", "")
        if not scope.endswith(DEFAULT_SCOPE):
            raise EntraError(400, "invalid_scope", 1002012, f"The provided value for scope {scope} is not valid.")
        self._prove(request, form, identity)
        request.principal = identity.client_id
        seconds = self._settings.token_seconds
        token = self._tokens.issue(identity, scope[:-len(DEFAULT_SCOPE)], seconds)
        return json_reply(200, {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token},
                          {"Cache-Control": "no-store, no-cache"}, indent=0)

    def _prove(self, request, form, identity):
        """Raises unless the client shows the secret, a signed assertion, or a federated token."""
        secret, assertion = form.get("client_secret"), form.get("client_assertion")
        if secret is not None:
            if identity.secret is None or not secrets.compare_digest(secret.encode(), identity.secret.encode()):
                raise EntraError(401, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the "
                                                                 "request is the client secret value, not the client secret ID.")
        elif assertion is not None and form.get("client_assertion_type") == ASSERTION_TYPE:
            if assertion not in identity.federated_tokens:
                self._check_assertion(request, assertion, identity)
        else:
            raise EntraError(401, "invalid_client", 7000216, "'client_assertion', 'client_secret' or 'request' is required for the "
                                                             "'client_credentials' grant type.")

    def _check_assertion(self, request, assertion, identity):
        """The JWT that a client signs with its certificate's key."""
        try:
            header, claims = json_web_token.read(assertion)
            # Microsoft's own library leaves the padding on.
            key = identity.certificates.get(str(header.get("x5t#S256") or header.get("x5t")).rstrip("="))
            if key is None:
                raise json_web_token.TokenError("no such certificate")
            json_web_token.verified(assertion, key)
        except json_web_token.TokenError as error:
            raise EntraError(401, "invalid_client", 700027, f"Client assertion failed signature validation: {error}.") from None
        if claims.get("iss") != identity.client_id or claims.get("sub") != identity.client_id:
            raise EntraError(401, "invalid_client", 700021, "Client assertion application identifier doesn't match 'client_id' parameter.")
        if claims.get("aud") not in [f"{url}{request.path}" for url in filter(None, (*self.urls, self._settings.public_url))]:
            raise EntraError(401, "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer.")
        now, expires, begins = time.time(), claims.get("exp"), claims.get("nbf", claims.get("iat", 0))
        numbers = all(isinstance(each, (int, float)) for each in (expires, begins))
        if not numbers or expires <= now - CLOCK_SKEW_SECONDS or begins > now + CLOCK_SKEW_SECONDS:
            raise EntraError(401, "invalid_client", 700024, "Client assertion is not within its valid time range.")

    # ---- Managed identities

    def _imds(self, request):
        """The virtual machine's: whoever comes without the header, or through a proxy, may be a tricked browser."""
        if request.header("metadata").lower() != "true" or request.header("x-forwarded-for"):
            return refused("invalid_request", "Required metadata header not specified")
        if request.query.get("api-version") not in IMDS_VERSIONS:
            return refused("invalid_request", "Required query variable 'api-version' not specified or not valid")
        return self._managed(request)

    def _app_service(self, request):
        expected = self._identities.app_service_secret
        given = request.header("x-identity-header")
        if expected is None or not secrets.compare_digest(given.encode(), expected.encode()):
            return json_reply(401, {"statusCode": 401, "message": "The X-IDENTITY-HEADER is not valid."})
        if request.query.get("api-version") != APP_SERVICE_VERSION:
            return refused("invalid_request", "api-version is not valid")
        return self._managed(request)

    def _managed(self, request):
        resource = request.query.get("resource")
        if not resource:
            return refused("invalid_request", "Required query variable 'resource' not specified")
        object_id = request.query.get("object_id") or request.query.get("principal_id")
        identity = self._identities.managed(request.query.get("client_id"), object_id)
        if identity is None:
            return refused("invalid_request", "Identity not found")
        request.principal = identity.client_id
        seconds = self._settings.token_seconds
        now = int(time.time())
        # Numbers are texts here.
        return json_reply(200, {"access_token": self._tokens.issue(identity, resource, seconds), "client_id": identity.client_id,
                                "expires_in": str(seconds), "expires_on": str(now + seconds), "not_before": str(now),
                                "resource": resource, "token_type": "Bearer"}, indent=0)


def refused(error, description):
    return json_reply(400, {"error": error, "error_description": description}, indent=0)
