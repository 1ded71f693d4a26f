"""The blob endpoint's operations on blobs. Each method is named after its operation and called with the store's lock held."""

from email.utils import parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from ..kit.http_messages import Reply
from . import access_control, conditions, leases
from .adls_errors import ADLSError
from .adls_routes import Address, parameters_of, split
from .blob_blocks import BlobBlocks
from .body_checks import checked_body, md5_text
from .content_reads import ContentReads
from .lake_files import segments_of
from .lake_headers import BLOB_PREFIX, MADE, blob_headers, content_properties, marks_folder, metadata, tag


class BlobOperations:
    def __init__(self, store, access, listing, clock):
        self._store = store
        self._access = access
        self._listing = listing
        self._clock = clock
        self._reads = ContentReads(store)
        self._blocks = BlobBlocks(store)

    # ---- Writing

    def put(self, request, grant):
        """Put Blob: all bytes in one request; whoever reads sees the old ones or the new ones."""
        if request.header("x-ms-blob-type") != "BlockBlob":
            raise ADLSError("NotImplemented" if request.header("x-ms-blob-type") else "MissingRequiredHeader")
        data, told = checked_body(request)
        place = request.address
        old = self._replaceable(request, grant)
        if marks_folder(request) and not data and self._store.hierarchical:
            return self._folder(request, old)
        node = self._replaced(request, old, [data])
        if "content-md5" not in node.content:
            node.content["content-md5"] = md5_text(data)
        request.notes["body_bytes"] = len(data)
        self._save(place, node, changed=False)
        return Reply(201, {**tag(node), "Content-MD5": md5_text(data), **told, **MADE})

    def _folder(self, request, old):
        """Some clients make directories so."""
        place = request.address
        if old is None or not old.is_directory:
            old = self._store.create(place.filesystem, place.path.rstrip("/"), True)
            access_control.created(request, old)
        old.metadata = metadata(request)
        self._save(place, old)
        return Reply(201, {**tag(old), **MADE})

    def putblock(self, request, grant):
        data, told = checked_body(request)
        place = request.address
        # No conditions here: only the list that commits has them.
        node = self._find(place)
        if node is not None:
            leases.check_write(node.lease, request.header("x-ms-lease-id"), self._clock.now())
        self._store.filesystem(place.filesystem)
        self._blocks.keep(place, data)
        request.notes.update(block=place.parameter("blockid"), body_bytes=len(data))
        if not told:
            told = {"Content-MD5": md5_text(data)}
        return Reply(201, {**told, **MADE})

    def putblocklist(self, request, grant):
        data, told = checked_body(request)
        place = request.address
        old = self._replaceable(request, grant)
        chosen = self._blocks.chosen(place, old, data)
        node = self._replaced(request, old, self._blocks.pieces(place, chosen))
        node.blocks = [[block_id, size] for block_id, size, _ in chosen]
        self._store.files.forget_blocks([place.filesystem, *segments_of(place.path)])
        self._save(place, node, changed=False)
        return Reply(201, {**tag(node), **told, **MADE})

    def blocklist(self, request, grant):
        return self._blocks.listed(request.address, self._find(request.address), self._clock.now())

    def copy(self, request, grant):
        """Within the account, done at once."""
        place = request.address
        source = self._copy_source(request, grant)
        found = self._find(source)
        if found is None or found.is_directory:
            raise ADLSError("SourcePathNotFound", status=404)
        conditions.check(request, found, conditions.SOURCE)
        old = self._replaceable(request, grant)
        node = self._store.create(place.filesystem, place.path,
                                  pieces=list(self._store.copy_pieces(source.filesystem, source.path, found)))
        self._store.duplicate_properties(found, node)
        if any(name.startswith("x-ms-meta-") for name in request.headers):
            node.metadata = metadata(request)
        self._inherit(old, node)
        node.made_as_blob = True
        self._save(place, node, changed=False)
        synchronous = request.header("x-ms-requires-sync").lower() == "true"
        told = {"Content-MD5": node.content["content-md5"]} if synchronous and "content-md5" in node.content else {}
        return Reply(202, {**tag(node), "x-ms-copy-id": node.id, "x-ms-copy-status": "success", **told, **MADE})

    def _copy_source(self, request, grant):
        parts = urlsplit(request.header("x-ms-copy-source"))
        filesystem, path = split(unquote(parts.path).lstrip("/"))
        if filesystem == self._access.account:
            filesystem, path = split(path)
        source = Address(False, filesystem, path, parameters_of(parts.query))
        if "sig" not in source.parameters:
            self._access.require(grant, "blob.get", source)
        else:
            self._access.require_signed(source, "blob.get")
        return source

    def setmetadata(self, request, grant):
        node = self._existing_writable(request)
        node.metadata = metadata(request)
        self._save(request.address, node)
        return Reply(200, {**tag(node), **MADE})

    def setproperties(self, request, grant):
        node = self._existing_writable(request)
        node.content = content_properties(request, BLOB_PREFIX)
        self._save(request.address, node)
        return Reply(200, tag(node))

    def setexpiry(self, request, grant):
        node = self._existing_writable(request)
        option, text = request.header("x-ms-expiry-option").lower(), request.header("x-ms-expiry-time")
        now = self._clock.now()
        try:
            moments = {"neverexpire": lambda: None, "absolute": lambda: parsedate_to_datetime(text).timestamp(),
                       "relativetonow": lambda: now + int(text) / 1000, "relativetocreation": lambda: node.created + int(text) / 1000}
            node.expires = moments[option]()
        except (KeyError, ValueError, TypeError):
            raise ADLSError("InvalidHeaderValue") from None
        self._save(request.address, node, changed=False)
        return Reply(200, tag(node))

    def lease(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node)
        if node.is_directory:
            raise ADLSError("ResourceTypeMismatch")
        status, headers = leases.operate(node.lease, request, self._clock.now())
        self._save(request.address, node, changed=False)
        return Reply(status, {**tag(node), **headers})

    def delete(self, request, grant):
        place = request.address
        node = self._existing_writable(request)
        if node.is_directory and node.children:
            raise ADLSError("DirectoryNotEmpty")
        self._store.delete(place.filesystem, place.path)
        return Reply(202, {"x-ms-delete-type-permanent": "true"})

    # ---- Reading

    def get(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node, reading=True)
        headers = blob_headers(node, self._clock.now(), self._store.hierarchical)
        if node.is_directory:
            # As the empty file that marks it.
            return self._reads.head(node, headers)
        return self._reads.get(request, node, headers)

    def properties(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node, reading=True)
        return self._reads.head(node, blob_headers(node, self._clock.now(), self._store.hierarchical))

    def list(self, request, grant):
        return self._listing.blobs(request)

    # ---- Help

    def _find(self, place):
        node = self._store.find(place.filesystem, place.path)
        return node if node is None or self._store.hierarchical or not node.is_directory else None

    def _existing(self, request):
        node = self._find(request.address)
        if node is None:
            raise ADLSError("PathNotFound")
        return node

    def _writable(self, request):
        """What stands there, or None, when conditions and lease allow to write in its place."""
        old = self._find(request.address)
        conditions.check(request, old, exists_code="PathAlreadyExists")
        if old is not None:
            leases.check_write(old.lease, request.header("x-ms-lease-id"), self._clock.now())
        return old

    def _replaceable(self, request, grant):
        old = self._writable(request)
        if old is not None:
            self._access.require_overwrite(grant)
        return old

    def _existing_writable(self, request):
        self._existing(request)
        return self._writable(request)

    def _replaced(self, request, old, pieces):
        """A new blob in place of the old one; a lease stays with the name."""
        place = request.address
        node = self._store.create(place.filesystem, place.path, pieces=pieces)
        node.content = content_properties(request, BLOB_PREFIX)
        if "content-type" not in node.content and request.header("content-type") and request.operation == "blob.put":
            node.content["content-type"] = request.header("content-type")
        node.metadata = metadata(request)
        self._inherit(old, node)
        node.made_as_blob = True
        return node

    def _inherit(self, old, node):
        if old is not None:
            node.lease, node.created = old.lease, old.created
            node.owner, node.group, node.permissions, node.acl = old.owner, old.group, old.permissions, old.acl

    def _save(self, place, node, changed=True):
        self._store.save([place.filesystem, *segments_of(place.path)], node, changed)
