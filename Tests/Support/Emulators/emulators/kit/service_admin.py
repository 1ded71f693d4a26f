"""The admin routes that every service has besides those of the kit; a service adds its own in a class of its own."""

from .moving_clock import rfc3339


class ServiceAdmin:
    """Routes are methods: POST /_admin/tokens/expire is `_post_tokens_expire`."""

    def __init__(self, service):
        self._service = service

    def answer(self, request, what):
        """The value of a route, None when there is none."""
        route = getattr(self, f"_{request.method.lower()}_{what.replace('/', '_')}", None)
        return route(request) if route else None

    def _post_settings(self, request):
        return self._service.settings.update(request.json())

    def _post_clock(self, request):
        """{"advance_seconds": N}: what has a time ages: tokens, leases, signatures, histories."""
        self._service.clock.advance(float(request.json()["advance_seconds"]))
        return {"now": rfc3339(self._service.clock.now())}
