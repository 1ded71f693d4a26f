"""Operations on filesystems (containers) and on the account. Each method is named after its operation."""

import base64

from ..kit.http_messages import Reply
from . import conditions, leases
from .adls_errors import ADLSError
from .entra_identities import TENANT
from .lake_headers import metadata, path_properties, tag
from .lake_listing import xml_reply
from .shared_access import LONGEST_KEY_SECONDS, moment


class ContainerOperations:
    def __init__(self, store, access, listing, clock):
        self._store = store
        self._access = access
        self._listing = listing
        self._clock = clock

    # ---- Filesystems

    def filesystem_create(self, request, grant):
        place = request.address
        given = path_properties(request) if place.dfs else metadata(request)
        node = self._store.create_filesystem(place.filesystem, given or {})
        return Reply(201, {**tag(node), **self._namespace()})

    def filesystem_delete(self, request, grant):
        node = self._node(request)
        leases.check_write(node.lease, request.header("x-ms-lease-id"), self._clock.now())
        self._store.delete_filesystem(request.address.filesystem)
        return Reply(202)

    def filesystem_properties(self, request, grant):
        node = self._store.filesystem(request.address.filesystem)
        conditions.check(request, node, reading=True)
        headers = {**tag(node), **node.lease.headers(self._clock.now()), "x-ms-has-immutability-policy": "false",
                   "x-ms-has-legal-hold": "false", "x-ms-default-encryption-scope": "$account-encryption-key",
                   "x-ms-deny-encryption-scope-override": "false", "x-ms-immutable-storage-with-versioning-enabled": "false"}
        if request.address.dfs:
            headers.update(self._namespace())
            if node.metadata:
                headers["x-ms-properties"] = ",".join(f"{name}={base64.b64encode(value.encode('iso-8859-1')).decode()}"
                                                      for name, value in node.metadata.items())
        headers.update((f"x-ms-meta-{name}", value) for name, value in node.metadata.items() if not request.address.dfs)
        return Reply(200, headers)

    def _namespace(self):
        return {"x-ms-namespace-enabled": "true" if self._store.hierarchical else "false"}

    def filesystem_setproperties(self, request, grant):
        return self._set(request, path_properties(request) or {})

    def filesystem_setmetadata(self, request, grant):
        return self._set(request, metadata(request))

    def _set(self, request, values):
        node = self._node(request)
        node.metadata = values
        self._store.save([request.address.filesystem], node)
        return Reply(200, tag(node))

    def filesystem_lease(self, request, grant):
        node = self._node(request)
        status, headers = leases.operate(node.lease, request, self._clock.now())
        self._store.save([request.address.filesystem], node, changed=False)
        return Reply(status, {**tag(node), **headers})

    def filesystem_acl(self, request, grant):
        return xml_reply("<SignedIdentifiers />", headers=tag(self._store.filesystem(request.address.filesystem)))

    def _node(self, request):
        node = self._store.filesystem(request.address.filesystem)
        conditions.check(request, node)
        return node

    # ---- Account

    def account_list(self, request, grant):
        return self._listing.containers(request)

    def account_list_filesystems(self, request, grant):
        return self._listing.filesystems(request)

    def account_properties(self, request, grant):
        return Reply(200, {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2",
                           "x-ms-is-hns-enabled": "true" if self._store.hierarchical else "false"})

    def account_serviceproperties(self, request, grant):
        return xml_reply("<StorageServiceProperties><Cors /><DeleteRetentionPolicy><Enabled>false</Enabled></DeleteRetentionPolicy>"
                         "</StorageServiceProperties>")

    def account_userdelegationkey(self, request, grant):
        """A key that signs in the place of whoever asks with a bearer token."""
        if grant.principal in ("key", "") or grant.principal.startswith("sas:"):
            raise ADLSError("AuthenticationFailed", detail="Only a bearer token may ask for a user delegation key")
        text = request.body.decode("utf-8", "replace")
        start, expiry = between(text, "Start"), between(text, "Expiry")
        now = self._clock.now()
        if not expiry or not now < moment(expiry) <= now + LONGEST_KEY_SECONDS:
            raise ADLSError("InvalidXmlDocument", "Expiry must be within seven days.")
        version = request.header("x-ms-version")
        fields = [grant.principal, TENANT, start, expiry, "b", version]
        names = ("SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion")
        body = "".join(f"<{name}>{value}</{name}>" for name, value in zip(names, fields))
        return xml_reply(f"<UserDelegationKey>{body}<Value>{self._access.delegation_key_text(fields)}</Value></UserDelegationKey>")


def between(text, name):
    return text.partition(f"<{name}>")[2].partition(f"</{name}>")[0].strip()
