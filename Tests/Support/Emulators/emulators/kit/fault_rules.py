"""Scripted faults: which requests a rule meets, how often, and what happens to them.

A rule is a JSON object (README.md has the whole list):
  {"name": "busy", "match": {"operation": "files.*"}, "skip": 1, "count": 3, "probability": 0.3, "per_request": 2,
   "actions": [{"kind": "status", "status": 429, "reason": "rateLimitExceeded"}], "one_of": false, "continue": false}
"""

import fnmatch
import hashlib
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from . import draws

# The faults that the kit plays; a service adds its own kinds.
KINDS = {
    "status": {"status", "reason", "message", "retry_after", "headers", "body", "content_type"},
    "latency": {"seconds", "jitter_seconds"},
    "reset": {"when", "after_bytes", "after_fraction"},
    "truncate": {"after_bytes", "after_fraction", "honest"},
    "corrupt": {"bytes"},
    "slow": {"bytes_per_second"},
    "stall": {"after_bytes", "after_fraction", "seconds"},
    "slow_upload": {"bytes_per_second"},
    "stall_upload": {"after_bytes", "after_fraction", "seconds"},
    "reset_upload": {"after_bytes", "after_fraction"},
}
# What happens while the body of a request comes in: decided before it is known.
UPLOAD_KINDS = {"slow_upload", "stall_upload", "reset_upload"}
RESET_MOMENTS = ("request", "answer", "body")
MATCHERS = {"operation", "method", "path", "subject", "principal", "query", "headers"}
RULE_KEYS = {"name", "match", "skip", "count", "probability", "per_request", "above", "actions", "one_of", "continue"}
MOST_RULES = 1_000


class RuleError(ValueError):
    """What a rule says that cannot be done."""


@dataclass
class Rule:
    """One rule and how often it has met and hit."""

    name: str
    match: dict
    actions: list
    skip: int = 0
    count: int = None
    probability: float = 1.0
    per_request: int = None
    one_of: bool = False
    carry_on: bool = False
    # {"requests": N, "seconds": S}: only what comes on top of N requests in the last S seconds, as quotas do.
    above: dict = None
    recent: deque = field(default_factory=deque)
    met: int = 0
    hits: int = 0
    hits_of: dict = field(default_factory=dict)

    @property
    def is_upload(self):
        return self.actions[0]["kind"] in UPLOAD_KINDS

    def matches(self, request):
        for name, wanted in self.match.items():
            if name == "path":
                if not re.search(wanted, request.target):
                    return False
            elif name in ("query", "headers"):
                source = request.query if name == "query" else request.headers
                for key, pattern in wanted.items():
                    value = source.get(key if name == "query" else key.lower())
                    if value is None or not re.search(pattern, value):
                        return False
            elif not fnmatch.fnmatchcase(getattr(request, name), wanted):
                return False
        return True

    def hit(self, seed, key, attempt):
        """Whether the rule hits this attempt, counting it."""
        self.met += 1
        if self.above and not self._crowded(self.above["requests"], time.monotonic() - self.above["seconds"]):
            return False
        if self.met <= self.skip or (self.count is not None and self.hits >= self.count):
            return False
        if self.per_request is not None and self.hits_of.get(key, 0) >= self.per_request:
            return False
        if self.probability < 1 and draws.fraction(seed, self.name, key, attempt) >= self.probability:
            return False
        self.hits += 1
        self.hits_of[key] = self.hits_of.get(key, 0) + 1
        return True

    def _crowded(self, most, since):
        """Whether this request is one too many since that moment; refused ones do not count."""
        while self.recent and self.recent[0] < since:
            self.recent.popleft()
        if len(self.recent) < most:
            self.recent.append(time.monotonic())
            return False
        return True

    def chosen(self, seed, key, attempt):
        if not self.one_of:
            return self.actions
        return [self.actions[draws.below(len(self.actions), seed, self.name, "choice", key, attempt)]]

    def describe(self):
        return {"name": self.name, "match": self.match, "actions": self.actions, "skip": self.skip, "count": self.count,
                "probability": self.probability, "per_request": self.per_request, "above": self.above, "one_of": self.one_of,
                "continue": self.carry_on, "met": self.met, "hits": self.hits}


class FaultRules:
    """The rules in their order. The first that hits decides, unless it says `continue`."""

    def __init__(self, seed, kinds):
        self.seed = seed
        self._kinds = {**KINDS, **kinds}
        self._rules = []
        self._attempts = {}
        self._made = 0
        self._lock = threading.Lock()

    def add(self, scripts):
        """Appends rules; all or none. RuleError names what is wrong."""
        with self._lock:
            rules = [self._rule(script, self._made + number) for number, script in enumerate(scripts, 1)]
            if len(self._rules) + len(rules) > MOST_RULES:
                raise RuleError(f"more than {MOST_RULES} rules")
            self._made += len(rules)
            self._rules.extend(rules)
            return [rule.describe() for rule in rules]

    def remove(self, name=None):
        """Drops the rules of a name, or all."""
        with self._lock:
            self._rules = [rule for rule in self._rules if name is not None and rule.name != name]

    def describe(self):
        with self._lock:
            return [rule.describe() for rule in self._rules]

    def has_upload_rules(self):
        with self._lock:
            return any(rule.is_upload for rule in self._rules)

    def actions_for(self, request, upload=False):
        """[(rule name, action)] for a request that has just come in; with `upload`, for one whose body is about to come."""
        with self._lock:
            key = request_key(request)
            # Without their body, requests of the same length are attempts of the same one.
            key = f"upload {key} {request.header('content-length')}" if upload else key
            attempt = self._attempts[key] = self._attempts.get(key, 0) + 1
            found = []
            for rule in self._rules:
                if rule.is_upload == upload and rule.matches(request) and rule.hit(self.seed, key, attempt):
                    found.extend((rule.name, action) for action in rule.chosen(self.seed, key, attempt))
                    if not rule.carry_on:
                        break
            return found

    def _rule(self, script, number):
        if not isinstance(script, dict):
            raise RuleError("a rule is an object")
        unknown = set(script) - RULE_KEYS
        if unknown:
            raise RuleError(f"a rule has no {', '.join(sorted(unknown))}")
        match, actions = script.get("match", {}), script.get("actions") or []
        if set(match) - MATCHERS:
            raise RuleError(f"match has no {', '.join(sorted(set(match) - MATCHERS))}")
        if not actions:
            raise RuleError("a rule needs actions")
        for action in actions:
            self._check(action)
        if len({action["kind"] in UPLOAD_KINDS for action in actions}) > 1:
            raise RuleError(f"{', '.join(sorted(UPLOAD_KINDS))} need a rule of their own")
        above = script.get("above")
        if above is not None and set(above) != {"requests", "seconds"}:
            raise RuleError("above needs requests and seconds")
        probability = float(script.get("probability", 1))
        if not 0 <= probability <= 1:
            raise RuleError("probability is between 0 and 1")
        return Rule(script.get("name") or f"rule {number}", match, actions, int(script.get("skip", 0)), script.get("count"),
                    probability, script.get("per_request"), bool(script.get("one_of")), bool(script.get("continue")), above)

    def _check(self, action):
        kind = action.get("kind") if isinstance(action, dict) else None
        if kind not in self._kinds:
            raise RuleError(f"no such kind of fault: {kind!r} (there are {', '.join(sorted(self._kinds))})")
        unknown = set(action) - {"kind"} - set(self._kinds[kind])
        if unknown:
            raise RuleError(f"{kind} has no {', '.join(sorted(unknown))}")
        if kind == "status" and not isinstance(action.get("status"), int):
            raise RuleError("status needs a number in `status`")
        if kind == "reset" and action.get("when", "body") not in RESET_MOMENTS:
            raise RuleError(f"reset: when is one of {', '.join(RESET_MOMENTS)}")
        if kind in ("slow", "slow_upload") and not action.get("bytes_per_second", 0) > 0:
            raise RuleError(f"{kind} needs bytes_per_second")


def request_key(request):
    """What makes two requests attempts of the same one."""
    body = hashlib.sha256(request.body).hexdigest() if request.body else ""
    return " ".join((request.method, request.target, request.header("range"), body))
