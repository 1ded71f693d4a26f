"""The ADLS emulator's own admin routes."""

import hashlib

from ..kit.service_admin import ServiceAdmin


class ADLSAdmin(ServiceAdmin):
    def _get_tree(self, request):
        """All that readers see, and what waits for a flush or a list; ?digests=false saves reading all content."""
        store = self._service.store
        digests = request.query.get("digests") != "false"
        with store.lock:
            return {"filesystems": {name: [self._described(name, path, node, digests) for path, node in store.walk(root, "") if path]
                                    for name, root in sorted(store.filesystems.items())}}

    def _described(self, filesystem, path, node, digests):
        store = self._service.store
        found = {"path": path, "directory": node.is_directory, "bytes": node.size, "etag": node.etag, "content": node.content,
                 "metadata": node.metadata, "lease": node.lease.state(self._service.clock.now()), "permissions": node.permissions}
        if not node.is_directory:
            found["appended"] = store.files.appended(node.id)
            found["blocks"] = store.files.blocks([filesystem, *path.split("/")])
            if digests:
                made = hashlib.sha256()
                for piece in store.copy_pieces(filesystem, path, node):
                    made.update(piece)
                found["sha256"] = made.hexdigest()
        return found

    def _post_filesystems(self, request):
        """{"name"}: makes a filesystem unless it is there."""
        with self._service.store.lock:
            name = request.json()["name"]
            if name not in self._service.store.filesystems:
                self._service.store.create_filesystem(name)
        return {}

    def _post_identities(self, request):
        self._service.identities.update(request.json())
        return {}

    def _post_tokens_expire(self, request):
        return {"expired": self._service.tokens.expire_all()}
