"""The copy of the warehouse that people look at: made beside the old one and put in its place whole, opened read-only.

The pipeline writes the warehouse file while it runs and keeps everybody else out; the copy can always be read. It holds the
marts and the control tables. Of refused rows it holds where they stand and why they were refused, not what they said.
"""
import os
import pathlib
import threading

import duckdb

# What a refused row said may be personal; these tables stay in the warehouse.
LEFT_OUT = ("rejects", "locks")
REASONS = """\
create table published.ops.reject_reasons as
select
    rejects.dataset, rejects._delivery as delivery, rejects._source_file as source_file, rejects._source_sheet as sheet,
    rejects._source_row as row_number, reason ->> 'cell' as cell, reason ->> 'field' as field, reason ->> 'code' as code,
    reason ->> 'rule' as rule, reason ->> 'message' as message
from ecom.ops.rejects, unnest(from_json(rejects.errors, '["json"]')) as reasons (reason)
order by rejects.dataset, source_file, sheet, row_number, field, code
"""


class CopyError(Exception):
    """The copy could not be made or opened; `status` is the exit status that says so."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.status = status


def text(path: pathlib.Path) -> str:
    """A path as a SQL literal."""
    return "'" + str(path).replace("'", "''") + "'"


def publish(warehouse: pathlib.Path, target: pathlib.Path) -> None:
    """Copies marts and control tables of a warehouse file and puts the copy in the place of `target`.

    Raises CopyError: 66 there is no warehouse, 75 somebody is writing it, 74 the copy cannot be written."""
    if not warehouse.is_file():
        raise CopyError(f"there is no warehouse {warehouse}", 66)
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)
        copy_tables(warehouse, partial)
        with open(partial, "rb") as file:
            os.fsync(file.fileno())
        os.replace(partial, target)
    except duckdb.IOException as error:
        locked = "Could not set lock" in str(error)
        raise CopyError(str(error).splitlines()[0], 75 if locked else 74) from error
    except OSError as error:
        raise CopyError(str(error), 74) from error
    finally:
        partial.unlink(missing_ok=True)
        partial.with_name(partial.name + ".wal").unlink(missing_ok=True)


def copy_tables(warehouse: pathlib.Path, partial: pathlib.Path) -> None:
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach {text(warehouse)} as ecom (read_only)")
        connection.execute(f"attach {text(partial)} as published")
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_catalog = 'ecom' "
            "and table_schema in ('marts', 'ops') and table_type = 'BASE TABLE' order by all").fetchall()
        for schema in ("marts", "ops"):
            connection.execute(f"create schema published.{schema}")
        for schema, table in tables:
            if table not in LEFT_OUT:
                connection.execute(f'create table published.{schema}."{table}" as select * from ecom.{schema}."{table}"')
        if ("ops", "rejects") in tables:
            connection.execute(REASONS)
        connection.execute("checkpoint published")
        connection.execute("detach published")
    finally:
        connection.close()


class PublishedCopy:
    """A copy, open for reading. Statements are fixed texts; what people choose goes in as parameters."""

    def __init__(self, path: pathlib.Path):
        if not path.is_file():
            raise CopyError(f"there is no published copy {path}: run `make pipeline`, or scripts/publish", 66)
        # One database in memory per copy: a path that was replaced must not be answered from the file that stood there.
        self.connection = duckdb.connect(":memory:")
        self.connection.execute(f"attach {text(path)} as ecom (read_only)")
        self.connection.execute("use ecom")
        self.connection.execute("set enable_external_access = false")
        self.connection.execute("set lock_configuration = true")
        self.path = path
        self.lock = threading.Lock()

    def rows(self, sql: str, parameters: list | None = None) -> list[dict]:
        """The rows of a query, as dicts by column name in lower case. Safe from several threads."""
        with self.lock:
            self.connection.execute(sql, parameters or [])
            names = [column[0].lower() for column in self.connection.description]
            return [dict(zip(names, row)) for row in self.connection.fetchall()]

    def has(self, schema: str, table: str) -> bool:
        return bool(self.rows(
            "select 1 as one from information_schema.tables where table_catalog = 'ecom' and table_schema = ? and table_name = ?",
            [schema, table]))

    def close(self) -> None:
        self.connection.close()


def connect_snowflake(name: str):
    """A connection of ~/.snowflake/connections.toml. Raises CopyError (78) without the package snowflake-connector-python."""
    try:
        import snowflake.connector
    except ImportError as error:
        raise CopyError("a snowflake: warehouse needs the package snowflake-connector-python beside streamlit", 78) from error
    # Values are bound by the server: what people choose never becomes a part of a statement.
    snowflake.connector.paramstyle = "qmark"
    return snowflake.connector.connect(connection_name=name)


class SnowflakeWarehouse:
    """The same over a connection to Snowflake, whose database is that of the marts."""

    def __init__(self, connection):
        self.connection = connection

    def rows(self, sql: str, parameters: list | None = None) -> list[dict]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql.replace("ops.reject_reasons", SNOWFLAKE_REASONS), parameters or None)
            names = [column[0].lower() for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor.fetchall()]

    def has(self, schema: str, table: str) -> bool:
        return (schema, table) == ("ops", "reject_reasons") or bool(self.rows(
            "select 1 as one from information_schema.tables where table_schema = ? and table_name = ?",
            [schema.upper(), table.upper()]))


SNOWFLAKE_REASONS = """\
(select
    dataset, _delivery as delivery, _source_file as source_file, _source_sheet as sheet, _source_row as row_number,
    reason.value:cell::varchar as cell, reason.value:field::varchar as field, reason.value:code::varchar as code,
    reason.value:rule::varchar as rule, reason.value:message::varchar as message
from ops.rejects, lateral flatten(input => errors) as reason)"""
