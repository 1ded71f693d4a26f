"""The service: routes a request, checks who asks, and answers SQL API v2; connectors' requests go their own way."""

import re
from email.utils import formatdate

from ..kit.http_messages import compressed, json_reply
from ..kit.moving_clock import MovingClock
from ..kit.service import Service
from . import snowflake_errors
from .connector_protocol import ConnectorProtocol
from .snowflake_access import SnowflakeAccess
from .snowflake_admin import SnowflakeAdmin
from .snowflake_errors import Refusal
from .snowflake_settings import Settings
from .sql_engine import SQLEngine
from .stage_files import StageFiles
from .statements import Statements

STATEMENTS = "/api/v2/statements"
HANDLE = re.compile(r"/api/v2/statements/([^/]+)(/cancel)?")
RUNNING = "Asynchronous execution in progress. Use provided query id to perform query monitoring and management."
PARAMETERS = {"requestId", "retry", "async", "nullable", "partition", "pageSize"}


class SnowflakeService(Service):
    name = "snowflake"
    fault_kinds = {"expire_token": ()}
    most_body_bytes = 64 << 20

    def __init__(self, root, account, folders):
        self.clock, self.settings, self.account = MovingClock(), Settings(), account
        self.access = SnowflakeAccess(self.clock)
        self.engine = SQLEngine(root, StageFiles(folders), self.clock, self.settings)
        self.engine.own.fingerprints = self.access.fingerprints
        self.statements = Statements(self.engine, self.settings)
        self._connectors = ConnectorProtocol(self.access)
        self._admin = SnowflakeAdmin(self)
        self.ready = {"account": account, "warehouse": self.settings.warehouse, "role": self.settings.role}

    def located(self, url, other_url):
        self.ready["port"] = int(url.rpartition(":")[2])

    def describe(self):
        return self.ready

    def admin(self, request, what):
        return self._admin.answer(request, what)

    def route(self, request):
        handle = HANDLE.fullmatch(request.path)
        if request.path == STATEMENTS:
            request.operation = "statement.submit"
        elif handle:
            request.operation = "statement.cancel" if handle[2] else "statement.status"
            request.subject = handle[1]
        elif request.path.startswith("/session/"):
            request.operation = "session." + request.parts[-1]
        elif request.path.startswith("/queries/"):
            request.operation = "query." + request.parts[-1]
        else:
            request.operation = "other"

    def fault_reply(self, request, action):
        return snowflake_errors.scripted(action)

    def answer(self, request):
        if not request.path.startswith("/api/"):
            return self._connectors.answer(request)
        try:
            reply = self._api(request)
        except Refusal as error:
            request.notes["code"] = error.code
            reply = snowflake_errors.refused(error)
        reply.headers["Date"] = formatdate(self.clock.now(), usegmt=True)
        return reply

    def _api(self, request):
        if not request.operation.startswith("statement."):
            raise Refusal(404, "390404", "No such endpoint.")
        wanted = "GET" if request.operation == "statement.status" else "POST"
        if request.method != wanted:
            raise Refusal(405, "391902", f"Method {request.method} is not allowed.")
        if not request.header("user-agent"):
            raise Refusal(400, "391903", "The User-Agent header is missing.")
        if request.tweaks.get("expire_token"):
            raise Refusal(401, snowflake_errors.JWT_INVALID)
        request.principal = self.access.check(request)
        if request.operation == "statement.submit":
            return self._submit(request)
        statement = self.statements.find(request.subject)
        if statement is None:
            return json_reply(422, {"code": "000709", "sqlState": "02000", "message": f"Statement {request.subject} not found"}, indent=0)
        if request.operation == "statement.cancel":
            self.statements.cancel(statement)
            return json_reply(200, {"code": "000604", "sqlState": "57014", "message": "SQL execution canceled",
                                    "statementHandle": statement.handle, "statementStatusUrl": f"{STATEMENTS}/{statement.handle}"}, indent=0)
        if request.query.get("nullable") is not None:
            raise Refusal(400, snowflake_errors.BAD_PAYLOAD, "nullable is not for GET.")
        return self._reply(request, statement, int(request.query.get("partition", "0")))

    def _submit(self, request):
        if request.header("content-type").partition(";")[0] != "application/json":
            raise Refusal(415, "391911", "Content-Type must be application/json.")
        unknown = set(request.query.names()) - PARAMETERS
        if unknown:
            raise Refusal(400, snowflake_errors.BAD_PAYLOAD, f"unknown parameter {sorted(unknown)[0]}")
        try:
            body = request.json()
            if not isinstance(body, dict):
                raise ValueError("not an object")
        except ValueError:
            raise Refusal(400, snowflake_errors.BAD_PAYLOAD) from None
        statement = self.statements.submit(body, request.query.get("requestId"), request.query.get("retry") == "true", request.principal)
        request.notes.update(handle=statement.handle, retry=request.query.get("retry") == "true", request_id=statement.request_id)
        if request.query.get("async") != "true":
            limit = float(body.get("timeout") or 0)
            if not statement.done.wait(min(self.settings.sync_seconds, limit or self.settings.sync_seconds)) and 0 < limit <= self.settings.sync_seconds:
                self.statements.cancel(statement)
                return json_reply(408, {"code": "000630", "sqlState": "57014", "message": "Statement reached its statement timeout and "
                                        "was canceled.", "statementHandle": statement.handle}, indent=0)
        return self._reply(request, statement, 0)

    def _reply(self, request, statement, partition):
        url = f"{STATEMENTS}/{statement.handle}"
        base = {"statementHandle": statement.handle, "statementStatusUrl": url, "createdOn": statement.created}
        if not statement.done.is_set():
            return json_reply(202, {"code": "333334", "message": RUNNING, **base}, indent=0)
        if statement.error:
            request.notes["code"] = statement.error.code
            return json_reply(422, {"code": statement.error.code, "sqlState": statement.error.state, "message": statement.error.message,
                                    **base}, indent=0)
        rows, size = statement.answer.rows, self.settings.partition_rows
        parts = [rows[start:start + size] for start in range(0, len(rows), size)] or [[]]
        if partition >= len(parts):
            raise Refusal(400, "391918", "There is no such partition.")
        if partition:
            return compressed(json_reply(200, {"data": parts[partition]}, indent=0))
        value = {
            **base, "code": "090001", "sqlState": "00000", "message": "Statement executed successfully.", "requestId": statement.request_id,
            "resultSetMetaData": {
                "numRows": len(rows), "format": "jsonv2", "rowType": statement.answer.row_type,
                "partitionInfo": [{"rowCount": len(part), "uncompressedSize": sum(len(str(row)) for row in part)} for part in parts]},
            "data": parts[0]}
        if statement.answer.counts:
            value["stats"] = {name: int(count) for name, count in statement.answer.counts.items()}
        if statement.is_multiple:
            value["statementHandles"] = statement.child_handles
        return json_reply(200, value, indent=0)
