"""The ways to an access token: JWT bearer and refresh tokens (/token), token exchange (/v1/token), impersonation.

Errors of the first three have OAuth's shape, {"error", "error_description"} (RFC 6749 section 5.2); IAM's are like Drive's.
"""

import base64
import secrets
import time

from ..kit import json_web_token
from ..kit.http_messages import json_reply
from ..kit.moving_clock import rfc3339
from . import drive_errors, drive_json
from .access_tokens import IAM_SCOPES

# The audience is this constant whatever token_uri says; Google's own client signs it so.
AUDIENCE = "https://oauth2.googleapis.com/token"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"
SUBJECT_TYPES = {f"urn:ietf:params:oauth:token-type:{kind}" for kind in ("jwt", "id_token", "saml2")}
# What somebody granted who signed in with `gcloud auth application-default login --scopes=...` as our pages advise.
SIGN_IN_SCOPES = {"https://www.googleapis.com/auth/drive.readonly", "https://www.googleapis.com/auth/cloud-platform"}
LONGEST_JWT_SECONDS = 3_600
CLOCK_SKEW_SECONDS = 300
LONGEST_IMPERSONATION_SECONDS = 43_200


class OAuthError(Exception):
    def __init__(self, status, error, description, **more):
        super().__init__(description)
        self.status = status
        self.body = {"error": error, "error_description": description, **more}


def scripted(action):
    """An OAuth error of a `status` fault."""
    name = action.get("reason") or ("invalid_grant" if action["status"] < 500 else "internal_failure")
    return OAuthError(action["status"], name, action.get("message", name))


class TokenEndpoints:
    def __init__(self, identities, tokens, settings, addresses):
        self._identities = identities
        self._tokens = tokens
        self._settings = settings
        self._addresses = addresses

    def answer(self, request):
        try:
            if request.operation == "token":
                return self._token(request)
            if request.operation == "sts.token":
                return self._exchange(request)
            return self._impersonate(request)
        except OAuthError as error:
            return json_reply(error.status, error.body)

    def _token(self, request):
        form = request.form()
        grant = form.get("grant_type")
        if grant == JWT_BEARER:
            principal, scopes = self._from_assertion(form.get("assertion", ""))
            request.principal = principal
            return self._granted(principal, scopes)
        if grant == "refresh_token":
            return self._refresh(request, form)
        raise OAuthError(400, "unsupported_grant_type", f"Invalid grant_type: {grant}")

    def _from_assertion(self, assertion):
        """(principal, scopes) of a signed JWT."""
        try:
            header, claims = json_web_token.read(assertion)
            account = self._identities.accounts.get(claims.get("iss"))
            if account is None:
                raise OAuthError(400, "invalid_grant", "Invalid grant: account not found")
            key = account.keys.get(header.get("kid"))
            if key is None:
                raise json_web_token.TokenError("no such key")
            json_web_token.verified(assertion, key)
        except json_web_token.TokenError:
            raise OAuthError(400, "invalid_grant", "Invalid JWT Signature.") from None
        if claims.get("aud") not in (AUDIENCE, f"{self._addresses.url}/token"):
            raise OAuthError(400, "invalid_grant", "Invalid JWT: Failed audience check.")
        self._check_times(claims)
        scopes = set(str(claims.get("scope", "")).split())
        if not scopes:
            raise OAuthError(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
        return self._subject(account, claims, scopes), scopes

    def _check_times(self, claims):
        # By the real time: a test that moves the service's clock ages tokens, and leaves the client's clock right.
        now, issued, expires = time.time(), claims.get("iat"), claims.get("exp")
        numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (issued, expires))
        if not numbers or issued > now + CLOCK_SKEW_SECONDS or expires <= now or expires - issued > LONGEST_JWT_SECONDS:
            raise OAuthError(400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
                                                   "timeframe. Check your iat and exp values in the JWT claim.")

    def _subject(self, account, claims, scopes):
        subject = claims.get("sub", account.address)
        if subject == account.address:
            return subject
        if subject not in account.subjects or not scopes <= account.delegated_scopes:
            raise OAuthError(401, "unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client "
                                                         "not authorized for any of the scopes requested.")
        if not self._identities.exists(subject):
            raise OAuthError(400, "invalid_grant", "Invalid email or User ID")
        return subject

    def _refresh(self, request, form):
        text = form.get("refresh_token", "")
        held = self._identities.refresh_tokens.get(text)
        if held is None:
            raise OAuthError(400, "invalid_grant", "Token has been expired or revoked.")
        if (form.get("client_id"), form.get("client_secret")) != (held.client_id, held.client_secret):
            raise OAuthError(401, "invalid_client", "The provided client secret is invalid.")
        asked = set(form.get("scope", "").split())
        if held.scopes is not None and not asked <= held.scopes:
            raise OAuthError(400, "invalid_scope", "Some requested scopes were invalid.")
        request.principal = held.address
        scopes = asked or held.scopes or SIGN_IN_SCOPES
        more = {}
        if held.rotates:
            more["refresh_token"] = f"1//{secrets.token_urlsafe(24)}"
            self._identities.refresh_tokens[more["refresh_token"]] = self._identities.refresh_tokens.pop(text)
        return self._granted(held.address, scopes, **more)

    def _exchange(self, request):
        """RFC 8693, as workload identity federation uses it."""
        form = request.form()
        if form.get("grant_type") != TOKEN_EXCHANGE or form.get("requested_token_type") != ACCESS_TOKEN_TYPE:
            raise OAuthError(400, "invalid_request", "Invalid grant_type or requested_token_type.")
        if not form.get("audience", "").startswith("//iam.googleapis.com/"):
            raise OAuthError(400, "invalid_request", "Invalid value for \"audience\".")
        if form.get("subject_token_type") not in SUBJECT_TYPES:
            raise OAuthError(400, "invalid_request", "Invalid value for \"subject_token_type\".")
        principal = self._identities.subject_tokens.get(form.get("subject_token", ""))
        if principal is None:
            raise OAuthError(400, "invalid_grant", "The subject token is expired or unknown to the provider.")
        client = request.header("authorization")
        request.notes["client"] = base64.b64decode(client[6:]).decode().partition(":")[0] if client.startswith("Basic ") else None
        request.principal = principal
        return self._granted(principal, form.get("scope", "").split(), issued_token_type=ACCESS_TOKEN_TYPE)

    def _impersonate(self, request):
        """generateAccessToken: times and names are spelled otherwise here."""
        token = self._tokens.bearer(request)
        if not token:
            return self._refused(request, drive_errors.bad_token())
        request.principal = token.principal
        address = request.subject
        if not token.scopes & IAM_SCOPES:
            return self._refused(request, drive_errors.missing_scope())
        if not self._identities.may_impersonate(token.principal, address):
            return self._refused(request, drive_errors.DriveError(
                403, "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).", "forbidden",
                status="PERMISSION_DENIED"))
        try:
            asked = request.json()
            scopes = [str(each) for each in asked["scope"]]
            seconds = float(str(asked.get("lifetime", "3600s")).rstrip("s"))
        except (ValueError, KeyError, TypeError):
            return self._refused(request, drive_errors.DriveError(400, "Request contains an invalid argument.", "badRequest",
                                                                  status="INVALID_ARGUMENT"))
        seconds = min(seconds, LONGEST_IMPERSONATION_SECONDS, self._settings.token_seconds)
        expires = rfc3339(time.time() + seconds)[:-5] + "Z"
        return json_reply(200, {"accessToken": self._tokens.issue(address, scopes, seconds), "expireTime": expires})

    def _refused(self, request, error):
        return drive_json.reply(request, error.code, error.body, headers=error.headers)

    def _granted(self, principal, scopes, **more):
        seconds = self._settings.token_seconds
        told = str(seconds) if self._settings.expires_in_as_text else seconds
        body = {"access_token": self._tokens.issue(principal, scopes, seconds), "expires_in": told, "token_type": "Bearer", **more}
        return json_reply(200, body, {"Cache-Control": "no-store"})
