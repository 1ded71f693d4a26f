"""What Snowflake answers instead of a result: SQL errors by number and SQL state, refusals of the API by HTTP status."""

from ..kit.http_messages import json_reply

JWT_INVALID, OAUTH_INVALID, TOKEN_MISSING, BAD_PAYLOAD, TOO_MANY = "390144", "390303", "390101", "390142", "390505"
MESSAGES = {
    JWT_INVALID: "JWT token is invalid.",
    OAUTH_INVALID: "Invalid OAuth access token.",
    TOKEN_MISSING: "Authorization header not found.",
    BAD_PAYLOAD: "Invalid request payload.",
    TOO_MANY: "Too many requests.",
}
SCRIPTED = {401: JWT_INVALID, 429: TOO_MANY, 400: BAD_PAYLOAD}


class SQLError(Exception):
    """A statement that fails."""

    def __init__(self, number, state, message):
        super().__init__(message)
        self.number, self.state, self.message = number, state, message

    @property
    def code(self):
        """As the API writes it: text, with leading zeros."""
        return f"{self.number:06d}"


class Refusal(Exception):
    """A request that is refused before any statement runs."""

    def __init__(self, status, code, message=None):
        super().__init__(message or MESSAGES.get(code, code))
        self.status, self.code = status, code


def refused(error):
    return json_reply(error.status, {"code": error.code, "message": str(error)}, indent=0)


def scripted(action):
    """The reply of a fault rule's `status`; `reason` may be the service's code."""
    status = action["status"]
    code = action.get("reason") or SCRIPTED.get(status, "000000")
    headers = dict(action.get("headers", {}))
    if "retry_after" in action:
        headers["Retry-After"] = str(action["retry_after"])
    return json_reply(status, {"code": code, "message": action.get("message") or MESSAGES.get(code, "scripted")}, headers, indent=0)


def compilation(message, number=1003, state="42000"):
    return SQLError(number, state, f"SQL compilation error:\n{message}")


def missing_object(kind, name):
    return compilation(f"{kind} '{name}' does not exist or not authorized.", 2003, "02000")
