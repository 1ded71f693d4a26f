"""COPY INTO a table from Parquet files of a stage, with Snowflake's choice of files, load history and refusals.

One COPY is one transaction. What fakesnow's own COPY lacks or does otherwise is here: FILES, PATTERN, ON_ERROR, FORCE, PURGE,
MATCH_BY_COLUMN_NAME, the history by path and ETag of 64 days.
"""

import re
from dataclasses import dataclass

import duckdb
import pyarrow
import pyarrow.parquet

from . import sql_text
from .snowflake_errors import SQLError, compilation, missing_object
from .sql_text import quoted

MOST_FILES = 1_000
HISTORY_SECONDS = 64 * 86_400
RESULT_COLUMNS = ("file", "status", "rows_parsed", "rows_loaded", "error_limit", "errors_seen", "first_error", "first_error_line",
                  "first_error_character", "first_error_column_name")
NOTHING = "Copy executed with 0 files processed."
KNOWN = {"FILES", "PATTERN", "FILE_FORMAT", "ON_ERROR", "FORCE", "PURGE", "MATCH_BY_COLUMN_NAME", "VALIDATION_MODE", "SIZE_LIMIT",
         "RETURN_FAILED_ONLY", "ENFORCE_LENGTH", "TRUNCATECOLUMNS", "LOAD_UNCERTAIN_FILES", "INCLUDE_METADATA"}
HISTORY = "_emulator.loads"
HISTORY_TABLE = ('create schema if not exists "{0}"._emulator; create table if not exists "{0}"._emulator.loads '
                 "(table_oid bigint, path varchar, etag varchar, loaded_at double, row_count bigint)")


@dataclass
class Copy:
    table: str
    location: str
    options: dict

    def flag(self, name):
        return str(self.options.get(name, "FALSE")).upper() == "TRUE"

    @property
    def on_error(self):
        return str(self.options.get("ON_ERROR", "ABORT_STATEMENT")).upper()


def parsed(tokens):
    """COPY INTO ..., behind COPY INTO."""
    table = tokens.name()
    if tokens.peek().text == "(":
        raise compilation("a list of columns in COPY is not emulated.", 9999, "0A000")
    tokens.expect("FROM")
    token = tokens.take()
    if token.kind not in ("stage", "string"):
        raise compilation("COPY from a SELECT is not emulated.", 9999, "0A000")
    copy = Copy(table, sql_text.unquoted(token.text) if token.kind == "string" else token.text, tokens.options())
    unknown = set(copy.options) - KNOWN
    if unknown:
        raise compilation(f"invalid parameter '{sorted(unknown)[0]}'.", 1038, "22023")
    if len(copy.options.get("FILES", [])) > MOST_FILES:
        raise compilation(f"The maximum number of files that can be specified explicitly is {MOST_FILES}.", 1500, "22023")
    return copy


class CopyRunner:
    """Runs one COPY on one connection."""

    def __init__(self, connection, duck, copy, stages, files, clock):
        self._connection, self._duck, self._copy = connection, duck, copy
        self._stages, self._files, self._clock = stages, files, clock

    def run(self, inside):
        """The rows of the answer; empty when no file was chosen. `inside`: a transaction is open already."""
        copy = self._copy
        base, stage = self._stages.location(self._connection, copy.location)
        self._format = self._stages.file_format(self._connection, copy.options.get("FILE_FORMAT", stage.get("FILE_FORMAT", {})))
        self._table = self._resolved()
        self._check()
        chosen = self._chosen(base)
        if not inside:
            self._duck.execute("BEGIN TRANSACTION")
        try:
            self._duck.execute(HISTORY_TABLE.format(self._table[1]))
            rows = [row for row in (self._load(url, file, asked) for url, file, asked in chosen) if row]
        except BaseException:
            if not inside:
                self._duck.execute("ROLLBACK")
            raise
        if not inside:
            self._duck.execute("COMMIT")
        if copy.flag("PURGE"):
            for _, file, _ in chosen:
                if file and any(row[0] == file.url and row[1] == "LOADED" for row in rows):
                    file.path.unlink()
        return [row for row in rows if row[1] != "LOADED"] if copy.flag("RETURN_FAILED_ONLY") else rows

    def _resolved(self):
        """Database, schema, table, its number (a table that is made anew is another), and its columns."""
        parts = sql_text.name_parts(self._copy.table)
        full = ([self._connection.database, self._connection.schema][:3 - len(parts)] + parts)[-3:]
        found = self._duck.execute(
            "select table_oid, database_name, schema_name, table_name from duckdb_tables() where upper(database_name) = upper(?) "
            "and upper(schema_name) = upper(?) and upper(table_name) = upper(?)", full).fetchone()
        if not found:
            raise missing_object("Table", ".".join(map(str, full)))
        self._columns = self._duck.execute(
            "select column_name, data_type from duckdb_columns() where database_name = ? and schema_name = ? and table_name = ? "
            "order by column_index", found[1:]).fetchall()
        return found

    def _check(self):
        copy, form = self._copy, self._format
        if form["TYPE"] != "PARQUET":
            raise compilation(f"COPY of {form['TYPE']} is not emulated.", 9999, "0A000")
        match = str(copy.options.get("MATCH_BY_COLUMN_NAME", "NONE")).upper()
        if match == "NONE":
            raise compilation("PARQUET file format can produce one and only one column of type variant, object, or array. Load data into "
                              "separate columns using the MATCH_BY_COLUMN_NAME copy option or copy with transformation.", 2019, "0A000")
        self._folds = match == "CASE_INSENSITIVE"
        if "VALIDATION_MODE" in copy.options:
            raise compilation("MATCH_BY_COLUMN_NAME cannot be used with VALIDATION_MODE.", 2321, "0A000")
        self._vectorized = str(form["USE_VECTORIZED_SCANNER"]).upper() == "TRUE"
        self._logical = self._vectorized or str(form["USE_LOGICAL_TYPE"]).upper() == "TRUE"
        if self._vectorized and copy.on_error != "ABORT_STATEMENT" and not copy.on_error.startswith("SKIP_FILE"):
            raise compilation(f"ON_ERROR={copy.on_error} is not supported with USE_VECTORIZED_SCANNER.", 2322, "0A000")

    def _chosen(self, base):
        """[(address, file or None, whether it was named)]."""
        named = self._copy.options.get("FILES")
        if named:
            return [(base + name, self._files.find(base + name), True) for name in named]
        found = self._files.below(base)
        if "PATTERN" in self._copy.options:
            pattern = re.compile(self._copy.options["PATTERN"])
            found = [each for each in found if pattern.fullmatch(each.key)]
        return [(each.url, each, False) for each in found]

    def _load(self, url, file, named):
        """The row of one file, or None when it is passed over in silence."""
        if file is None:
            message = (f"Remote file '{url}' was not found. There are several potential causes. The file might not exist. "
                       "The required credentials may be missing or invalid.")
            if self._copy.on_error == "ABORT_STATEMENT":
                raise SQLError(91016, "22000", message)
            return (url, "LOAD_FAILED", 0, 0, 1, 1, message, None, None, None)
        known = self._known(file)
        if known and not self._copy.flag("FORCE"):
            return (url, "LOAD_SKIPPED", 0, 0, None, 1, "File was loaded before.", None, None, None) if named else None
        try:
            select = self._select(file)
            if self._copy.on_error != "ABORT_STATEMENT":
                # DuckDB has no savepoints: what could fail is tried before anything is written.
                self._duck.cursor().execute(f"select count(*), count(columns(*)) from ({select})").fetchall()
            _, database, schema, table = self._table
            count = self._duck.execute(f'insert into "{database}"."{schema}"."{table}" {select}').fetchone()[0]
        except (duckdb.Error, pyarrow.ArrowException, SQLError) as error:
            failure = error if isinstance(error, SQLError) else SQLError(100071, "22000", f"Failed to cast variant value: {error}, File '{url}'")
            if self._copy.on_error == "ABORT_STATEMENT":
                raise failure from None
            return (url, "LOAD_FAILED", 0, 0, 1, 1, failure.message, None, None, None)
        self._remember(file, count)
        return (url, "LOADED", count, count, 1, 0, None, None, None, None)

    def _select(self, file):
        source = f"read_parquet('{str(file.path).translate(PATTERN_SIGNS).replace(chr(39), chr(39) * 2)}', hive_partitioning = false, file_row_number = true)"
        # DuckDB gives another name to a column that differs from one before in case alone.
        names = [each.upper() if self._folds else each for each in pyarrow.parquet.read_schema(file.path).names]
        if twice := {each for each in names if names.count(each) > 1}:
            raise SQLError(100080, "22000", f"Duplicate column {min(twice)} in file '{file.url}'")
        inside = {}
        for name, kind, *_ in self._duck.cursor().execute(f"describe select * from {source}").fetchall():
            inside[name.upper() if self._folds else name] = (name.replace('"', '""'), kind)
        expressions = []
        metadata = self._copy.options.get("INCLUDE_METADATA", {})
        for name, kind in self._columns:
            if name.upper() in metadata:
                expressions.append(f'{metadata_expression(metadata[name.upper()], file)} as "{name}"')
                continue
            found = inside.get(name.upper() if self._folds else name)
            target = name.replace('"', '""')
            if not found:
                expressions.append(f'null as "{target}"')
            elif kind == "JSON":
                # A text in a VARIANT column is a text, whatever JSON it may hold.
                expressions.append(f'to_json("{found[0]}"::varchar) as "{target}"' if "VARCHAR" in found[1] or found[1] == "JSON"
                                   else f'to_json("{found[0]}") as "{target}"')
            elif found[1].startswith("TIMESTAMP") and not self._logical:
                raise SQLError(100035, "22007", f"Timestamp column {name} is read as an integer: USE_LOGICAL_TYPE is FALSE")
            else:
                expressions.append(f'"{found[0]}"::{kind} as "{target}"')
        return f"select {', '.join(expressions)} from {source}"

    def _known(self, file):
        since = self._clock.now() - HISTORY_SECONDS
        return self._duck.execute(
            f'select 1 from "{self._table[1]}".{HISTORY} where table_oid = ? and path = ? and etag = ? and loaded_at > ?',
            [self._table[0], file.url, file.etag, since]).fetchone()

    def _remember(self, file, count):
        self._duck.execute(f'insert into "{self._table[1]}".{HISTORY} values (?, ?, ?, ?, ?)',
                           [self._table[0], file.url, file.etag, self._clock.now(), count])


def metadata_expression(name, file):
    """What METADATA$... is for the rows of a file."""
    if name == "METADATA$FILE_ROW_NUMBER":
        return "file_row_number + 1"
    if name == "METADATA$FILENAME":
        return duck_quoted(file.key)
    raise compilation(f"{name} is not emulated.", 9999, "0A000")


# DuckDB takes names for patterns: such signs stand for themselves inside brackets.
PATTERN_SIGNS = str.maketrans({sign: f"[{sign}]" for sign in "*?["})


def result_select(rows):
    """The answer as a SELECT."""
    if not rows:
        return f"select {quoted(NOTHING)} as \"status\""
    kinds = dict.fromkeys(("rows_parsed", "rows_loaded", "error_limit", "errors_seen", "first_error_line", "first_error_character"),
                          "BIGINT")
    names = ", ".join(f'c{number}::{kinds.get(name, "VARCHAR")} as "{name}"' for number, name in enumerate(RESULT_COLUMNS))
    values = ", ".join(f"({', '.join(map(duck_quoted, row))})" for row in rows)
    return f"select {names} from (values {values}) t({', '.join(f'c{number}' for number in range(len(RESULT_COLUMNS)))})"


def duck_quoted(value):
    if value is None or isinstance(value, int):
        return "NULL" if value is None else str(value)
    return "'" + str(value).replace("'", "''") + "'"
