"""Sessions and requests on fakesnow: databases as files of a folder, transactions, temporary tables, turns of writers."""

import contextlib
import os
import re
import threading

import duckdb
import fakesnow.instance
import fakesnow.server
import fakesnow.transforms.stage
import snowflake.connector.errors as connector_errors
from fakesnow.rowtype import describe_as_rowtype

from . import fakesnow_patches, sql_text, sql_values
from .own_statements import OwnStatements, first_words, stripped
from .snowflake_errors import SQLError, missing_object
from .stages import Stages
from .writer_turns import WriterTurns

READS = {"SELECT", "WITH", "SHOW", "DESC", "DESCRIBE", "LIST", "LS", "EXPLAIN", "USE", "SET", "UNSET"}
COMPUTES = {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"}
DDL = {"CREATE", "ALTER", "DROP", "TRUNCATE", "COMMENT", "GRANT", "REVOKE", "UNDROP"}
TEMPORARY = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:LOCAL\s+|GLOBAL\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(]+)",
                       re.IGNORECASE)
MULTIPLE = {"name": "multiple statement execution", "database": "", "schema": "", "table": "", "type": "text", "nullable": False,
            "length": 16_777_216, "byteLength": 16_777_216, "precision": None, "scale": None, "collation": None}


class Answer:
    """What one statement gave."""

    def __init__(self, row_type, rows, counts=None):
        self.row_type, self.rows, self.counts = row_type, rows, counts or {}


class SQLEngine:
    def __init__(self, root, files, clock, settings):
        os.makedirs(root, exist_ok=True)
        self._root, self._settings = os.path.abspath(root), settings
        self.noted = []
        self.own = OwnStatements(Stages(self._root, files), files, clock, settings, self.noted)
        self.own.drop_database = self.drop_database
        self._turns = WriterTurns(settings)
        self._lock = threading.Lock()
        # What a session has open and made, by its connection.
        self._sessions = {}
        fakesnow.transforms.stage.LOCAL_BUCKET_PATH = os.path.join(self._root, "_stages")
        fakesnow_patches.install(self)
        self._snow = fakesnow.instance.FakeSnow(db_path=self._root, create_database_on_connect=True, create_schema_on_connect=False)
        fakesnow.server.shared_fs = self
        for name in sorted(os.listdir(self._root)):
            if name.endswith(".db"):
                self.create_database(name[:-3])

    def create_database(self, name):
        with self._lock:
            connection = self._snow.connect(database=name)
            connection.close()

    def drop_database(self, name):
        """False when there is none of that name."""
        if name not in self.databases():
            return False
        with self._lock:
            self._snow.duck_conn.execute(f'DETACH "{name}"')
            os.unlink(os.path.join(self._root, f"{name}.db"))
        return True

    def databases(self):
        return {name[:-3] for name in os.listdir(self._root) if name.endswith(".db")}

    @contextlib.contextmanager
    def looking(self):
        """A cursor of DuckDB's own, for tests."""
        with self._lock:
            duck = self._snow.duck_conn.cursor()
        try:
            yield duck
        finally:
            duck.close()

    def connect(self, database=None, schema=None, **options):
        """A session; also what fakesnow's server asks for."""
        if database and database.upper() not in self.databases():
            database = None
        with self._lock:
            connection = self._snow.connect(database=database, schema=schema, **options)
        self._sessions[id(connection)] = {"open": False, "temporary": [], "cancelled": False}
        close = connection.close

        def closed(*arguments, **named):
            self._end(connection)
            close(*arguments, **named)

        connection.close = closed
        return connection

    def _end(self, connection):
        """A transaction that is open is rolled back; temporary tables go."""
        session = self._sessions.pop(id(connection), None)
        if session is None:
            return
        with contextlib.suppress(duckdb.Error):
            connection._duck_conn.execute("ROLLBACK")
        try:
            if session["temporary"]:
                self._turns.take(connection)
            for name in session["temporary"]:
                with contextlib.suppress(duckdb.Error):
                    connection._duck_conn.execute("DROP TABLE IF EXISTS " + ".".join(f'"{part}"' for part in name))
        finally:
            self._turns.give(connection)

    def is_open(self, connection):
        """Whether the session has a transaction open."""
        session = self._sessions.get(id(connection))
        return bool(session and session["open"])

    @contextlib.contextmanager
    def turn(self, connection, command, execute):
        """What a statement may do while it runs: whatever changes something is alone, from BEGIN to its end."""
        words = first_words(command)
        word = words[0] if words else ""
        session = self._sessions.setdefault(id(connection), {"open": False, "temporary": [], "cancelled": False})
        if word in READS:
            yield
            return
        self._turns.take(connection, lambda: session["cancelled"])
        try:
            if word in DDL and session["open"]:
                # DDL commits what is open.
                session["open"] = False
                connection._duck_conn.execute("COMMIT")
            if word in ("BEGIN", "START"):
                session["open"] = True
            if temporary := TEMPORARY.match(stripped(command)):
                parts = sql_text.name_parts(temporary[1])
                session["temporary"].append(([connection.database, connection.schema][:3 - len(parts)] + parts)[-3:])
            yield
            if word in ("COMMIT", "ROLLBACK"):
                session["open"] = False
        finally:
            if not session["open"]:
                self._turns.give(connection)

    def hold(self, seconds):
        """Keeps all writers waiting for a while; 0 ends that."""
        self._turns.give(self)
        if seconds > 0:
            self._turns.take(self)
            timer = threading.Timer(seconds, self._turns.give, [self])
            timer.daemon = True
            timer.start()

    def run(self, statement):
        """All statements of a request of the SQL API, in one session of their own."""
        body = statement.body
        texts = self._texts(statement)
        database = body.get("database")
        if database and database not in self.databases():
            raise missing_object("Database", database)
        connection = self.connect(database, body.get("schema"))
        if not database:
            # fakesnow's own functions are looked for in the current database, which SQL as such needs not to have.
            connection._duck_conn.execute(f"SET schema = '{min(self.databases(), default='memory')}.main'")
        session = self._sessions[id(connection)]

        def cancel():
            session["cancelled"] = True
            connection._duck_conn.interrupt()

        statement.cancel = cancel
        try:
            if len(texts) > 1 or first_words(texts[0])[:1] and first_words(texts[0])[0] in COMPUTES:
                self._need_warehouse(body)
            answers = []
            for text in texts:
                if session["cancelled"]:
                    raise SQLError(604, "57014", "SQL execution canceled")
                answers.append(self._one(connection, text, statement.bindings, body))
            if statement.is_multiple:
                statement.children = answers
                return Answer([MULTIPLE], [["Multiple statements executed successfully."]])
            return answers[0]
        except connector_errors.Error as error:
            raise SQLError(error.errno or 603, error.sqlstate or "XX000", plain(error)) from None
        finally:
            connection.close()

    def _texts(self, statement):
        texts = sql_text.split_statements(statement.body.get("statement") or "")
        wanted = int((statement.body.get("parameters") or {}).get("MULTI_STATEMENT_COUNT", "1"))
        statement.is_multiple = wanted != 1
        if not texts:
            raise SQLError(900, "42601", "SQL compilation error: Empty SQL statement.")
        if wanted not in (0, len(texts)):
            raise SQLError(8, "0A000", f"Actual statement count {len(texts)} did not match the desired statement count {wanted}.")
        bindings = statement.body.get("bindings")
        if bindings and statement.is_multiple:
            raise SQLError(2049, "42601", "Bind variables are not supported in multi-statement requests.")
        statement.bindings = sql_values.bound(bindings) if bindings else None
        return texts

    def _need_warehouse(self, body):
        name = body.get("warehouse")
        if not name:
            raise SQLError(606, "57P03", "No active warehouse selected in the current session. Select an active warehouse with the "
                                         "'use warehouse' command.")
        if name != self._settings.warehouse:
            raise missing_object("Warehouse", name)

    def _one(self, connection, text, bindings, body):
        for function, value in (("ROLE", body.get("role") or self._settings.role), ("WAREHOUSE", body.get("warehouse"))):
            text = re.sub(rf"CURRENT_{function}\(\)", lambda _: sql_text.quoted(value), text)
        cursor = connection.cursor()
        if bindings:
            cursor.execute(text, binding_params=bindings)
        else:
            cursor.execute(text)
        row_type = describe_as_rowtype(cursor._describe_last_sql())
        kinds = [column["type"] for column in row_type]
        rows = [[sql_values.cell(value, kind) for value, kind in zip(row, kinds)] for row in cursor.fetchall()]
        counts = {column["name"]: row for column, row in zip(row_type, rows[0]) if column["name"].startswith("number of rows")} if rows else {}
        return Answer(row_type, rows, counts)


def plain(error):
    """The message without the number and state that the connector puts before it."""
    return error.raw_msg if getattr(error, "raw_msg", None) else re.sub(r"^\d{6} \(\w{5}\): (?:[\w-]+: )?", "", str(error.msg))
