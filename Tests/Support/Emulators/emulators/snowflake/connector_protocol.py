"""The connectors' own protocol: logins are checked here, everything else is fakesnow's server, called in this process."""

import asyncio
import gzip
import json

import fakesnow.server

from ..kit.byte_content import MemoryContent
from ..kit.http_messages import Reply, json_reply
from .snowflake_errors import Refusal

LOGIN = "/session/v1/login-request"


class ConnectorProtocol:
    def __init__(self, access):
        self._access = access

    def answer(self, request):
        if request.path == LOGIN:
            refusal = self._refusal(request)
            if refusal:
                return json_reply(200, {"success": False, "code": refusal.code, "message": str(refusal), "data": {}}, indent=0)
        return asyncio.run(forwarded(request))

    def _refusal(self, request):
        """Only key pairs: that is what loaders and dbt use here."""
        try:
            data = json.loads(plain_body(request)).get("data", {})
            if data.get("AUTHENTICATOR") != "SNOWFLAKE_JWT":
                raise Refusal(401, "390100", "Only key pair authentication (SNOWFLAKE_JWT) is emulated for connectors.")
            request.principal = self._access.jwt_user(data.get("TOKEN", ""))
        except Refusal as refusal:
            return refusal
        return None


def plain_body(request):
    return gzip.decompress(request.body) if request.header("content-encoding") == "gzip" else request.body


async def forwarded(request):
    """One request through an ASGI application, without a socket."""
    path, _, query = request.target.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "server": ("127.0.0.1", 0), "client": ("127.0.0.1", 0),
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers.items()]}
    status, headers, body = 500, {}, bytearray()

    async def receive():
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message):
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.update({name.decode("latin-1").title(): value.decode("latin-1") for name, value in message.get("headers", [])})
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))

    await fakesnow.server.app(scope, receive, send)
    headers.pop("Content-Length", None)
    return Reply(status, headers, MemoryContent(bytes(body)))
