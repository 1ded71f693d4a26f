"""The dfs endpoint's operations on paths. Each method is named after its operation and called with the store's lock held."""

from urllib.parse import unquote

from ..kit.http_messages import Reply
from . import access_control, conditions, leases
from .adls_errors import ADLSError
from .adls_routes import Address, parameters_of, split
from .body_checks import checked_body
from .content_reads import ContentReads
from .lake_files import segments_of
from .lake_headers import MADE, PATH_PREFIX, content_properties, path_headers, path_properties, tag


class PathOperations:
    def __init__(self, store, access, clock):
        self._store = store
        self._access = access
        self._clock = clock
        self._reads = ContentReads(store)

    # ---- Making and moving

    def create(self, request, grant):
        place = request.address
        kind = place.parameter("resource").lower()
        if kind not in ("file", "directory"):
            raise ADLSError("InvalidQueryParameterValue" if kind else "MissingRequiredQueryParameter")
        old = self._store.find(place.filesystem, place.path)
        conditions.check(request, old, exists_code="PathAlreadyExists")
        if old is not None:
            self._access.require_overwrite(grant)
        properties = path_properties(request)
        if old is not None and old.is_directory and kind == "directory":
            node = old
        else:
            # A lease on what is overwritten is broken by it.
            node = self._store.create(place.filesystem, place.path, kind == "directory")
            access_control.created(request, node)
        node.content = content_properties(request, PATH_PREFIX)
        node.metadata = properties or {}
        self._lease_at_birth(request, node)
        self._save(place, node, changed=node is old)
        return Reply(201, {**tag(node), **MADE})

    def _lease_at_birth(self, request, node):
        if request.header("x-ms-proposed-lease-id") and not node.is_directory:
            leases.acquire(node.lease, request, self._clock.now())

    def rename(self, request, grant):
        place = request.address
        source, parameters = self._source(request)
        self._access.require_source(request, grant, source, parameters)
        node = self._store.find(source.filesystem, source.path) if source.path.strip("/") else None
        if node is None:
            raise ADLSError("SourcePathNotFound")
        conditions.check(request, node, conditions.SOURCE)
        leases.check_write(node.lease, request.header("x-ms-source-lease-id"), self._clock.now())
        place = request.address = self._destination(place, source, node)
        old = self._store.find(place.filesystem, place.path)
        conditions.check(request, old, exists_code="PathAlreadyExists")
        if old not in (None, node):
            self._access.require_overwrite(grant)
        self._check_move(place, source, node, old)
        properties = path_properties(request)
        if old is not node:
            self._store.move((source.filesystem, source.path), (place.filesystem, place.path))
            # The source's lease ends with its name.
            node.lease.clear()
        if properties is not None:
            node.metadata = properties
        # A flat account copies and deletes: another file, another ETag.
        self._save(place, node, changed=not self._store.hierarchical)
        return Reply(201, {**tag(node), **MADE})

    def _source(self, request):
        """(Address, parameters of its signature) of x-ms-rename-source."""
        text, _, query = request.header("x-ms-rename-source").strip().partition("?")
        if not text.startswith("/"):
            raise ADLSError("InvalidHeaderValue", "x-ms-rename-source is invalid.")
        filesystem, path = split(unquote(text).lstrip("/"))
        if filesystem == self._access.account and filesystem not in self._store.filesystems:
            filesystem, path = split(path)
        return Address(True, filesystem, path), parameters_of(query)

    def _destination(self, place, source, node):
        """With mode=posix a directory that is there takes a directory in."""
        old = self._store.find(place.filesystem, place.path)
        if place.parameter("mode").lower() == "posix" and old is not None and old.is_directory and old is not node:
            path = f"{place.path.strip('/')}/{segments_of(source.path)[-1]}"
            return Address(True, place.filesystem, path, place.parameters)
        return place

    def _check_move(self, place, source, node, old):
        if not place.path.strip("/"):
            raise ADLSError("InvalidInput", "Nothing can take the place of the root directory.")
        parent = self._store.parent_of(place.filesystem, place.path, make=not self._store.hierarchical)
        if parent is None:
            raise ADLSError("RenameDestinationParentPathNotFound")
        ours = [source.filesystem, *segments_of(source.path)]
        if node.is_directory and [place.filesystem, *segments_of(place.path)][:len(ours)] == ours and old is not node:
            raise ADLSError("InvalidRenameSourcePath")
        if old is None or old is node:
            return
        if old.is_directory != node.is_directory:
            raise ADLSError("InvalidSourceOrDestinationResourceType")
        if old.is_directory and old.children:
            raise ADLSError("DirectoryNotEmpty")

    # ---- Writing

    def append(self, request, grant):
        place = request.address
        node = self._file(place)
        data, told = checked_body(request)
        position = self._position(place)
        if not data:
            raise ADLSError("InvalidHeaderValue", "An append needs at least one byte.")
        if position < node.size:
            raise ADLSError("InvalidFlushPosition")
        self._check_lease(request, node)
        if "drop_append" not in request.tweaks:
            self._store.files.keep_appended(node.id, position, data)
        request.notes.update(position=position, body_bytes=len(data))
        if place.flag("flush"):
            self._commit(place, node, position + len(data), retain=False)
            self._save(place, node)
            told.update(tag(node))
            request.notes["closed"] = place.flag("close")
        self._lease_after(request, node)
        return Reply(202, {**told, **MADE})

    def flush(self, request, grant):
        place = request.address
        node = self._file(place)
        conditions.check(request, node)
        self._check_lease(request, node)
        position = self._position(place)
        if request.body:
            raise ADLSError("ContentLengthMustBeZero")
        content = content_properties(request, PATH_PREFIX)
        self._commit(place, node, position, place.flag("retainuncommitteddata"))
        # What is not said again is gone.
        node.content = content
        self._save(place, node)
        request.notes.update(position=position, closed=place.flag("close"))
        self._lease_after(request, node)
        return Reply(200, {**tag(node), **MADE})

    def _commit(self, place, node, position, retain):
        """Takes over what was appended, which must reach from the committed length to the position without a gap."""
        appended = self._store.files.appended(node.id)
        end, taken = node.size, []
        while end < position and end in appended:
            taken.append(end)
            end += appended[end]
        if end != position:
            raise ADLSError("InvalidFlushPosition")
        if taken:
            if node.made_as_blob:
                raise ADLSError("InvalidFlushOperation")
            segments = [place.filesystem, *segments_of(place.path)]
            node.size = self._store.files.commit_appended(node.id, segments, node.size, taken)
        self._store.files.forget_appended(node.id, taken if retain else None)

    def _position(self, place):
        text = place.parameter("position")
        if not text.isdecimal():
            raise ADLSError("InvalidQueryParameterValue" if text else "MissingRequiredQueryParameter")
        return int(text)

    def setproperties(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node)
        self._check_lease(request, node)
        properties = path_properties(request)
        node.content = content_properties(request, PATH_PREFIX)
        if properties is not None:
            node.metadata = properties
        self._save(request.address, node)
        return Reply(200, {**tag(node), **MADE})

    def setaccesscontrol(self, request, grant):
        if request.address.parameter("action").lower() == "setaccesscontrolrecursive":
            raise ADLSError("NotImplemented")
        node = self._existing(request)
        conditions.check(request, node)
        self._check_lease(request, node)
        access_control.changed(request, node)
        self._save(request.address, node, changed=False)
        return Reply(200, tag(node))

    # ---- Reading

    def properties(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node, reading=True)
        return self._reads.head(node, path_headers(node, self._clock.now()))

    def status(self, request, grant):
        return self.properties(request, grant)

    def getaccesscontrol(self, request, grant):
        if not self._store.hierarchical:
            raise ADLSError("HierarchicalNamespaceNotEnabled")
        node = self._existing(request)
        conditions.check(request, node, reading=True)
        headers = path_headers(node, self._clock.now())
        kept = {name: headers[name] for name in ("ETag", "Last-Modified", "x-ms-owner", "x-ms-group", "x-ms-permissions")}
        return Reply(200, {**kept, "x-ms-acl": access_control.list_of(node)})

    def read(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node, reading=True)
        if node.is_directory:
            raise ADLSError("ResourceTypeMismatch")
        return self._reads.get(request, node, path_headers(node, self._clock.now()))

    # ---- Removing, leases

    def delete(self, request, grant):
        place = request.address
        if not place.path.strip("/"):
            raise ADLSError("InvalidInput", "The root directory cannot be deleted.")
        node = self._existing(request)
        conditions.check(request, node)
        self._check_lease(request, node)
        if node.is_directory and node.children and not place.flag("recursive"):
            raise ADLSError("DirectoryNotEmpty")
        self._store.delete(place.filesystem, place.path)
        return Reply(200, {"x-ms-delete-type-permanent": "true"})

    def lease(self, request, grant):
        node = self._existing(request)
        conditions.check(request, node)
        status, headers = leases.operate(node.lease, request, self._clock.now())
        self._save(request.address, node, changed=False)
        return Reply(status, {**tag(node), **headers})

    # ---- Help

    def _existing(self, request):
        node = self._store.find(request.address.filesystem, request.address.path)
        if node is None:
            raise ADLSError("PathNotFound")
        return node

    def _file(self, place):
        node = self._store.find(place.filesystem, place.path)
        if node is None:
            raise ADLSError("PathNotFound")
        if node.is_directory:
            raise ADLSError("ResourceTypeMismatch")
        return node

    def _check_lease(self, request, node):
        action = request.header("x-ms-lease-action").lower()
        if action in ("acquire", "acquire-release"):
            leases.acquire(node.lease, request, self._clock.now())
        else:
            leases.check_write(node.lease, request.header("x-ms-lease-id"), self._clock.now())

    def _lease_after(self, request, node):
        """What a write with x-ms-lease-action does to the lease once it is done."""
        action = request.header("x-ms-lease-action").lower()
        if action in ("release", "acquire-release"):
            node.lease.clear()
        elif action == "auto-renew" and node.lease.id:
            leases.prolong(node.lease, self._clock.now())
        if action:
            self._save(request.address, node, changed=False)

    def _save(self, place, node, changed=True):
        segments = [place.filesystem, *segments_of(place.path)]
        self._store.save(segments, node, changed)
