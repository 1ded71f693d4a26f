"""fakesnow 0.12 with its known holes mended, each where it says why. Installed once, before the first connection.

What fakesnow gets wrong for a loader and for dbt: it has no schema-qualified temporary tables, answers engine errors as
HTTP 500 (which connectors repeat for ever), makes NULL timestamps into other values, rounds sums of NUMBER through DOUBLE,
and emulates MERGE in a way that dbt's statements break. COPY, stages and grants are replaced altogether (own_statements).
"""

import logging
import re
import uuid
import warnings

import duckdb
import fakesnow.arrow
import fakesnow.cursor
import fakesnow.server
import pyarrow
import snowflake.connector.errors as connector_errors
import sqlglot
from fakesnow.transforms.merge import operations
from sqlglot import exp

from .snowflake_errors import SQLError

CONVERSION = re.compile(r"Could not convert string ['\"](?P<text>.*?)['\"] to (?P<type>\w+)", re.DOTALL)


def install(engine):
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", "Arrow output on a DB-API result")
    cursor = fakesnow.cursor.FakeSnowflakeCursor
    keep_temporary_tables_apart()
    answer_all_errors(cursor, engine)
    keep_null_timestamps()
    merge_natively(cursor)
    # SUM and AVG over NUMBER stay exact.
    fakesnow.cursor.transforms.numeric_agg_implicit_cast = lambda expression: expression


def keep_temporary_tables_apart():
    """CREATE TEMPORARY TABLE db.schema.t makes a plain one, which the session drops at its end (sql_engine)."""
    parse = fakesnow.cursor.parse_one

    def parse_one(sql, *arguments, **options):
        expression = parse(sql, *arguments, **options)
        if isinstance(expression, exp.Create) and (table := expression.find(exp.Table)) and table.db:
            if properties := expression.args.get("properties"):
                properties.set("expressions", [each for each in properties.expressions
                                               if not isinstance(each, (exp.TemporaryProperty, exp.TransientProperty))])
        return expression

    fakesnow.cursor.parse_one = parse_one
    fakesnow.server.parse_one = parse_one


def answer_all_errors(cursor, engine):
    """Every statement takes its turn and may be one of ours; whatever the engine raises is an error of SQL."""
    original = cursor.execute

    def execute(self, command, *arguments, **options):
        try:
            with engine.turn(self._conn, command, lambda text: original(self, text)):
                select = engine.own.answer(self._conn, self._duck_conn, command, engine.is_open(self._conn))
                if select is None:
                    return original(self, command, *arguments, **options)
                return answered(self, select)
        except SQLError as error:
            raise connector_errors.ProgrammingError(msg=error.message, errno=error.number, sqlstate=error.state) from None
        except connector_errors.Error as error:
            conversion = CONVERSION.search(error.raw_msg or "")
            if not conversion:
                raise
            number, state, message = unrecognized(conversion)
            raise connector_errors.ProgrammingError(msg=message, errno=number, sqlstate=state) from None
        except duckdb.InterruptException:
            raise connector_errors.ProgrammingError(msg="SQL execution canceled", errno=604, sqlstate="57014") from None
        except Exception as error:
            number, state, message = explained(error)
            raise connector_errors.ProgrammingError(msg=message, errno=number, sqlstate=state) from error

    cursor.execute = execute


def answered(self, select):
    """Puts the rows of a SELECT in DuckDB's words into the cursor."""
    self._duck_conn.execute(select)
    self._arrow_table = self._duck_conn.to_arrow_table()
    self._arrow_table_fetch_index = None
    self._rowcount = self._arrow_table.num_rows
    self._sfqid = str(uuid.uuid4())
    self._last_sql, self._last_params = select, None
    self._last_transformed = sqlglot.parse_one("select 1", read="duckdb")
    self._conn.results_cache[self._sfqid] = (
        self._arrow_table, self._rowcount, self._last_sql, self._last_params, self._last_transformed)
    return self


def explained(error):
    """(number, SQL state, message) in Snowflake's words where they are known."""
    text = str(error)
    conversion = CONVERSION.search(text)
    if conversion:
        return unrecognized(conversion)
    if isinstance(error, duckdb.ConstraintException):
        return 100072, "22000", f"NULL result in a non-nullable column: {text}"
    if isinstance(error, duckdb.ConversionException):
        return 100038, "22018", text
    return 9999, "P0000", f"{type(error).__name__}: {text}"


def unrecognized(conversion):
    """What is said of a text that cannot be cast."""
    if conversion["type"] in ("DECIMAL", "INT64", "INT32", "BIGINT", "DOUBLE"):
        return 100038, "22018", f"Numeric value '{conversion['text']}' is not recognized"
    return 100035, "22007", f"{conversion['type'].capitalize()} '{conversion['text']}' is not recognized"


def keep_null_timestamps():
    original = fakesnow.arrow.timestamp_to_sf_struct

    def timestamp_to_sf_struct(column):
        if isinstance(column, pyarrow.ChunkedArray):
            column = column.combine_chunks()
        if not column.null_count:
            return original(column)
        made = original(column.fill_null(0))
        fields = [made.field(number) for number in range(made.type.num_fields)]
        return pyarrow.StructArray.from_arrays(fields, fields=list(made.type), mask=column.is_null())

    fakesnow.arrow.timestamp_to_sf_struct = timestamp_to_sf_struct


def merge_natively(cursor):
    """DuckDB has MERGE itself; its actions are counted as Snowflake tells them."""
    fakesnow.cursor.transforms.merge = lambda expression: [expression]
    original = cursor._execute

    def _execute(self, transformed, params=None):
        if not isinstance(transformed, exp.Merge):
            return original(self, transformed, params)
        told = operations(transformed)
        merge = transformed.copy()
        merge.set("returning", exp.Returning(expressions=[exp.column("merge_action")]))
        for pair in merge.find_all(exp.EQ):
            # UPDATE SET t.column = ...: DuckDB wants the bare column on the left.
            if isinstance(pair.parent, exp.Update) and isinstance(pair.this, exp.Column):
                pair.this.set("table", None)
        original(self, merge, params)
        actions = [str(action).upper() for action in self._arrow_table.column(0).to_pylist()]
        counts = {"inserted": actions.count("INSERT"), "updated": actions.count("UPDATE"), "deleted": actions.count("DELETE")}
        columns = ", ".join(f'{counts[name]}::BIGINT AS "number of rows {name}"' for name, present in told.items() if present)
        result = sqlglot.parse_one(f"SELECT {columns}", read="duckdb")
        result.set("merge_counts", True)
        original(self, result, None)

    cursor._execute = _execute
