"""The Drive emulator's own admin routes."""

from ..kit.service_admin import ServiceAdmin
from .random_tree import Gardener


class DriveAdmin(ServiceAdmin):
    def __init__(self, service):
        super().__init__(service)
        self._gardeners = {}

    def _get_tree(self, request):
        """?digests=false saves reading all content."""
        service = self._service
        digests = request.query.get("digests") != "false"
        with service.tree.lock:
            items = [service.describe_item(item, digests) for item in service.tree.items.values()]
        return {"main_folder": service.changes.main_folder.id, "items": items, "drives": list(service.tree.drives)}

    def _post_changes(self, request):
        scripts = request.json()
        return {"changes": self._service.changes.apply(scripts if isinstance(scripts, list) else [scripts])}

    def _post_random(self, request):
        """{"files": N, "seed": S}"""
        script = request.json()
        with self._service.tree.lock:
            self._gardener(script).grow(int(script["files"]))
        return {}

    def _post_churn(self, request):
        """{"steps": N, "seed": S}"""
        script = request.json()
        with self._service.tree.lock:
            return {"changes": self._gardener(script).churn(int(script["steps"]))}

    def _gardener(self, script):
        """One for each seed, so that a second call goes on where the first stopped."""
        seed = script.get("seed", 1)
        if seed not in self._gardeners:
            self._gardeners[seed] = Gardener(self._service.tree, self._service.changes, seed)
        return self._gardeners[seed]

    def _post_identities(self, request):
        self._service.identities.update(request.json())
        return {}

    def _post_tokens_expire(self, request):
        """Ends all access tokens."""
        return {"expired": self._service.tokens.expire_all()}
