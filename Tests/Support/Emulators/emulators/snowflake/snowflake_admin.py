"""The Snowflake emulator's own admin routes."""

from ..kit.service_admin import ServiceAdmin


class SnowflakeAdmin(ServiceAdmin):
    def _post_keys(self, request):
        """{"account", "user", "pem"}: another public key of a user."""
        given = request.json()
        self._service.access.add_key(given["account"], given["user"], given["pem"])
        return {"fingerprints": self._service.access.fingerprints(given["user"])}

    def _delete_keys(self, request):
        """{"account", "user", "fingerprint"}"""
        given = request.json()
        self._service.access.remove_key(given["account"], given["user"], given["fingerprint"])
        return {}

    def _post_tokens(self, request):
        """{"type", "token", "user"}: a token of another kind that is good."""
        given = request.json()
        self._service.access.add_token(given["type"], given["token"], given["user"])
        return {}

    def _post_databases(self, request):
        self._service.engine.create_database(request.json()["name"].upper())
        return {"databases": sorted(self._service.engine.databases())}

    def _get_databases(self, request):
        return {"databases": sorted(self._service.engine.databases())}

    def _post_drop(self, request):
        """{"name"}: drops a database with everything in it."""
        self._service.engine.drop_database(request.json()["name"].upper())
        return {}

    def _get_statements(self, request):
        """What was submitted through the SQL API, and how often each request id was executed."""
        statements = [
            {"handle": each.handle, "request_id": each.request_id, "done": each.done.is_set(), "statement": each.body.get("statement"),
             "parameters": each.body.get("parameters"), "error": each.error.code if each.error else None}
            for each in self._service.statements.all() if each.request_id]
        return {"statements": statements, "executions": self._service.statements.executions}

    def _post_hold(self, request):
        """{"seconds"}: holds the turn of writers so long, as another transaction would; 0 gives it back."""
        self._service.engine.hold(float(request.json()["seconds"]))
        return {}

    def _get_noted(self, request):
        """Statements that were accepted and do nothing here: grants, policies, comments."""
        return {"noted": list(self._service.engine.noted)}

    def _post_query(self, request):
        """{"sql"}: rows of a query in DuckDB's words over everything, for looking."""
        with self._service.engine.looking() as duck:
            result = duck.execute(request.json()["sql"])
            return {"columns": [each[0] for each in result.description], "types": [str(each[1]) for each in result.description],
                    "rows": [[plain(value) for value in row] for row in result.fetchall()]}


def plain(value):
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
