"""Who asks, and whether they may: one gate before every operation."""

import base64
import hashlib
import hmac
import re

from . import shared_key
from .adls_errors import ADLSError
from .adls_settings import NEWEST_VERSION
from .entra_identities import TENANT
from .entra_tokens import STORAGE
from .shared_access import Grant, SharedAccess

VERSION = re.compile(r"\d{4}-\d\d-\d\d")
CHALLENGE = f"Bearer authorization_uri=https://login.microsoftonline.com/{TENANT}/oauth2/authorize resource_id={STORAGE}"
EVERYTHING = frozenset("racwdxyltmeopi")
# Operation -> the permissions of which one is enough. What is not here, only the key or a contributor may do.
NEEDED = {
    "account.list": "l", "account.list_filesystems": "l", "account.properties": "rl", "account.serviceproperties": "rl",
    "account.userdelegationkey": "r",
    "filesystem.create": "cw", "filesystem.delete": "d", "filesystem.properties": "rl", "filesystem.setproperties": "w",
    "filesystem.setmetadata": "w", "filesystem.lease": "w", "filesystem.acl": "r",
    "path.list": "l", "path.create": "cw", "path.rename": "wc", "path.append": "wa", "path.flush": "wa", "path.setproperties": "w",
    "path.setaccesscontrol": "p", "path.getaccesscontrol": "re", "path.status": "re", "path.properties": "re", "path.read": "r",
    "path.delete": "d", "path.lease": "wd",
    "blob.list": "l", "blob.put": "cw", "blob.copy": "cw", "blob.putblock": "wc", "blob.putblocklist": "wc", "blob.blocklist": "r",
    "blob.get": "r", "blob.properties": "r", "blob.setmetadata": "w", "blob.setproperties": "w", "blob.setexpiry": "w",
    "blob.delete": "d", "blob.lease": "wd", "blob.batch": "d",
}
# Which kind of thing an account signature must name for it: service, container, object.
TYPE_OF = {"account": "s", "filesystem": "c"}
LISTINGS = {"path.list": "directory", "blob.list": "prefix"}
# What a source needs, so that it may be moved away.
MOVABLE = frozenset("dm")


class LakeAccess:
    def __init__(self, account, key, tokens, settings, clock):
        self.account = account
        self._key = key
        self._tokens = tokens
        self._settings = settings
        self._clock = clock
        self._signatures = SharedAccess(account, key, self.delegation_key)

    def delegation_key(self, fields):
        """The key of a user delegation: whoever knows its fields but not the account's secrets cannot make it."""
        return hmac.new(self._key, "\n".join(["user delegation", *fields]).encode(), hashlib.sha256).digest()

    def delegation_key_text(self, fields):
        return base64.b64encode(self.delegation_key(fields)).decode()

    def check(self, request):
        """Raises unless the request is allowed; its principal is known afterwards. Returns the Grant."""
        self._check_version(request)
        grant = self._grant(request)
        request.principal = grant.principal
        self.require(grant, request.operation, request.address)
        return grant

    def require(self, grant, operation, address):
        """Raises unless a grant allows an operation at an address."""
        where = address.path
        if operation in LISTINGS:
            where = address.parameter(LISTINGS[operation])
            if grant.resource[0] == "c":
                where = ""
        if not grant.covers(address.filesystem, where.strip("/")):
            raise ADLSError("AuthorizationFailure")
        if grant.resource[0] != "account" and operation.partition(".")[0] in TYPE_OF:
            # What a container is and that it is, only the account's key, its signatures and roles reach.
            raise ADLSError("AuthorizationPermissionMismatch")
        kind = "c" if operation in LISTINGS else TYPE_OF.get(operation.partition(".")[0], "o")
        if kind not in grant.types and grant.resource[0] == "account":
            raise ADLSError("AuthorizationResourceTypeMismatch")
        needed = NEEDED.get(operation)
        if not grant.permissions & (frozenset(needed) if needed else EVERYTHING):
            raise ADLSError("AuthorizationPermissionMismatch")

    def require_overwrite(self, grant):
        """Raises unless a grant allows to replace what is there: who may only create may not."""
        if "w" not in grant.permissions:
            raise ADLSError("AuthorizationPermissionMismatch")

    def require_source(self, request, grant, address, parameters):
        """Raises unless the source of a rename may be moved away. With a signature it must come with its own."""
        if "sig" in request.address.parameters or "sig" in parameters:
            grant = self._signatures.check(parameters, address.filesystem, address.path, self._clock.now())
        if not grant.covers(address.filesystem, address.path.strip("/")):
            raise ADLSError("AuthorizationFailure")
        if not grant.permissions & MOVABLE:
            raise ADLSError("AuthorizationPermissionMismatch")

    def require_signed(self, address, operation):
        """Raises unless the signature in an address allows an operation there: the source of a copy."""
        grant = self._signatures.check(address.parameters, address.filesystem, address.path, self._clock.now())
        self.require(grant, operation, address)

    def _check_version(self, request):
        version = request.header("x-ms-version")
        if not version:
            if "sig" in request.address.parameters or getattr(request, "in_batch", False):
                return
            if request.header("authorization"):
                raise ADLSError("MissingRequiredHeader", "x-ms-version is needed.")
        elif not VERSION.fullmatch(version) or version > NEWEST_VERSION:
            raise ADLSError("UnsupportedRestVersion")

    def _grant(self, request):
        header, address = request.header("authorization"), request.address
        now = self._clock.now()
        if header.startswith("SharedKey "):
            if not self._settings.key_access:
                raise ADLSError("KeyBasedAuthenticationNotPermitted")
            shared_key.check(request, self.account, self._key, now)
            return Grant(EVERYTHING, ("account", "", ""), principal="key")
        if header.lower().startswith("bearer "):
            return self._bearer(request, header)
        if header:
            raise ADLSError("InvalidAuthenticationInfo", headers={"WWW-Authenticate": CHALLENGE})
        if "sig" in address.parameters:
            where = address.parameter(LISTINGS[request.operation]) if request.operation in LISTINGS else address.path
            grant = self._signatures.check(address.parameters, address.filesystem, where, now)
            if not self._settings.key_access and grant.principal.startswith("sas:"):
                raise ADLSError("KeyBasedAuthenticationNotPermitted")
            return grant
        raise ADLSError("NoAuthenticationInformation", headers={"WWW-Authenticate": CHALLENGE})

    def _bearer(self, request, header):
        token = self._tokens.find(header)
        if "expire_token" in request.tweaks or token is None or token.resource != STORAGE:
            self._tokens.expire(header)
            raise ADLSError("InvalidAuthenticationInfo", headers={"WWW-Authenticate": CHALLENGE})
        return Grant(token.identity.permissions, ("account", "", ""), principal=token.identity.object_id)

