"""What a service gives to the kit."""


class Service:
    """One emulated service. The kit calls `route` first, then plays faults, then `answer` or `fault_reply`."""

    name = ""
    # The faults that the service plays itself: kind -> the keys that such an action may have.
    fault_kinds = {}
    # Larger request bodies are refused (413).
    most_body_bytes = 1 << 20

    def located(self, url, other_url):
        """Tells the service its own addresses, before the first request."""

    def route(self, request):
        """Names the request: operation, subject, principal."""

    def answer(self, request):
        """The reply to a request that met no fault."""
        raise NotImplementedError

    def fault_reply(self, request, action):
        """A scripted `status` in the service's own error shape."""
        raise NotImplementedError

    def admin(self, request, what):
        """The value of the service's own admin route `what`, or None when there is no such route. ValueError: 400."""
        return None

    def describe(self):
        """What the ready line tells beside the address."""
        return {}
