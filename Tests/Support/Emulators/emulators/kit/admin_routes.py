"""The routes under /_admin/ by which tests script and question a running service. Faults never meet them, the log never has them."""

from .fault_rules import RuleError
from .http_messages import bytes_reply, json_reply

PREFIX = "/_admin/"
LONGEST_WAIT_SECONDS = 300


class AdminRoutes:
    def __init__(self, service, faults, log, holds, stop):
        self._service = service
        self._faults = faults
        self._log = log
        self._holds = holds
        self._stop = stop

    def answer(self, request):
        what = request.path[len(PREFIX):]
        try:
            value = self._value(request, what)
        except (RuleError, ValueError, KeyError, TypeError) as error:
            return json_reply(400, {"error": f"{type(error).__name__}: {error}"})
        if value is None:
            return bytes_reply(404, b"no such admin route\n", "text/plain")
        return json_reply(200, value, indent=0)

    def _value(self, request, what):
        method, query = request.method, request.query
        if (method, what) == ("GET", "health"):
            return {"service": self._service.name}
        if (method, what) == ("POST", "stop"):
            self._stop()
            return {"stopping": True}
        if (method, what) == ("GET", "requests"):
            return {"requests": self._log.select(query)}
        if (method, what) == ("DELETE", "requests"):
            self._log.clear()
            return {}
        if (method, what) == ("GET", "requests/wait"):
            seconds = min(float(query.get("seconds", "10")), LONGEST_WAIT_SECONDS)
            count = int(query.get("count", "1"))
            found = self._log.wait(query, count, seconds)
            return {"requests": found, "enough": len(found) >= count}
        if (method, what) == ("GET", "faults"):
            return {"faults": self._faults.describe()}
        if method in ("POST", "PUT") and what == "faults":
            scripts = request.json()
            if method == "PUT":
                self._faults.remove()
            return {"faults": self._faults.add(scripts if isinstance(scripts, list) else [scripts])}
        if (method, what) == ("DELETE", "faults"):
            self._faults.remove(query.get("name"))
            return {}
        if (method, what) == ("POST", "release"):
            return {"released": self._holds.release()}
        return self._service.admin(request, what)
