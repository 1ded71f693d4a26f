"""The star schema on Snowflake: the same deliveries as on DuckDB give the same marts, and its SQL is Snowflake's."""

import json
import os
import re
import subprocess

import pytest
import snowflake_sessions as sessions
import sqlglot
from dbt_days import day_one, day_three, day_two
from dbt_shop import Shop
from dbt_warehouse import PROJECT, Warehouse, source_tables

DBT = sessions.PYTHON.parent / "dbt"
BUILD_TIMEOUT_SECONDS = 900
TYPES = {"variant": "variant", "timestamp": "timestamp_ntz(6)"}


class SnowflakeWarehouse:
    """The local Snowflake, filled by COPY from what a DuckDB warehouse holds, and dbt run on it."""

    def __init__(self, folder):
        self.folder = folder
        self.service = sessions.start(folder)

    def copy(self, warehouse):
        """Makes the landing and control tables equal those of `warehouse`."""
        lines = ["create schema if not exists ECOM.LND", "create schema if not exists ECOM.OPS"]
        lines.append(f"create or replace stage ECOM.OPS.COPIES url = '{sessions.CONTAINER}/copies/'")
        for schema, table, columns in source_tables():
            file = self.folder / "lake" / "copies" / f"{schema}.{table}.parquet"
            file.parent.mkdir(exist_ok=True)
            with warehouse.connect() as connection:
                connection.execute(f"copy ecom.{schema}.{table} to '{file}' (format parquet)")
            typed = ", ".join(f"{column['name']} {TYPES.get(column['data_type'], column['data_type'])}" for column in columns)
            lines.append(f"create or replace table ECOM.{schema.upper()}.{table.upper()} ({typed})")
            lines.append(
                f"copy into ECOM.{schema.upper()}.{table.upper()} from @ECOM.OPS.COPIES files = ('{file.name}') force = true"
                " file_format = (type = parquet use_logical_type = true) match_by_column_name = case_insensitive"
            )
        code = f"{sessions.CONNECTOR}\nfor line in {lines!r}:\n    cursor.execute(line)\nanswer = None"
        sessions.client(self.service, code)

    def dbt(self, *arguments):
        ready = self.service.ready
        target = self.folder / "target"
        environment = {
            **os.environ,
            **{"SNOWFLAKE_HOST": "127.0.0.1", "SNOWFLAKE_PORT": str(ready["port"]), "SNOWFLAKE_PROTOCOL": "http"},
            **{"SNOWFLAKE_ACCOUNT": ready["account"], "SNOWFLAKE_USER": ready["credentials"]["user"]},
            **{"SNOWFLAKE_PRIVATE_KEY_FILE": ready["credentials"]["key_file"], "SNOWFLAKE_ROLE": ready["role"]},
            **{"SNOWFLAKE_WAREHOUSE": ready["warehouse"], "DATABASE": "ECOM", "SF_OCSP_TESTING_MODE": "true"},
            **{"DBT_TARGET_PATH": str(target), "DBT_LOG_PATH": str(self.folder / "logs"), "DBT_THREADS": "2"},
            **{"DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DBT_VERSION_CHECK": "false"},
        }
        done = subprocess.run(
            [DBT, "--no-use-colors", *arguments, "--project-dir", PROJECT, "--profiles-dir", PROJECT, "--target", "snowflake",
             # The engine under the local Snowflake takes no comments on columns of views.
             "--vars", "{persist_docs: false}"],
            cwd=self.folder, env=environment, capture_output=True, text=True, timeout=BUILD_TIMEOUT_SECONDS)
        noise = (" PASS ", " SKIP ", " START ", " OK ", " NO-OP ", " SUCCESS ")
        assert done.returncode == 0, "\n".join(
            line for line in (done.stdout + done.stderr).splitlines() if not any(word in line for word in noise))
        return json.loads((target / "run_results.json").read_text())["results"]

    def look(self, sql):
        return sessions.look(self.service, sql)


def marts(look):
    """Every row of every mart as texts, and the columns: what must be equal whichever database built it."""
    found = {}
    tables = look("select table_name from information_schema.tables where lower(table_schema) = 'marts'"
                  " and table_catalog not like '%information_schema%'")
    for (table,) in tables:
        columns = [name for (name,) in look(
            f"select column_name from information_schema.columns where lower(table_schema) = 'marts' and table_name = '{table}'"
            " order by ordinal_position")]
        texts = ", ".join(f'cast("{name}" as varchar)' for name in columns)
        rows = look(f"select {texts} from ecom.marts.{table}")
        found[table.lower()] = ([name.lower() for name in columns], sorted((tuple(map(value, row)) for row in rows), key=repr))
    return found


def value(text):
    """One spelling of a number, whatever scale its column has."""
    if text is not None and re.fullmatch(r"-?\d+\.\d+", text):
        return text.rstrip("0").rstrip(".")
    return text


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """The marts of both after each of three days, and what dbt said of the first build on Snowflake."""
    duck = Warehouse(tmp_path_factory.mktemp("duck"))
    snow = SnowflakeWarehouse(tmp_path_factory.mktemp("snow"))
    seen = {}
    with snow.service:
        for number, day in enumerate((day_one, day_two, day_three), start=1):
            day(duck)
            duck.must("run")
            snow.copy(duck)
            if number == 1:
                seen["results"] = snow.dbt("build", "--exclude-resource-type", "unit_test")
                seen["compiled"] = compiled(snow.folder / "target")
            else:
                snow.dbt("run")
            seen[number] = marts(duck.rows), marts(snow.look)
        snow.dbt("run")
        seen["again"] = marts(snow.look)
        snow.dbt("run", "--full-refresh")
        seen["full"] = marts(snow.look)
        yield seen


def compiled(target):
    """What dbt compiled and what it ran: model or test to SQL."""
    return {path.relative_to(target): path.read_text() for kind in ("compiled", "run") for path in (target / kind).rglob("*.sql")}


def test_all_tests_of_the_project_pass(days):
    statuses = {result["status"] for result in days["results"]}
    # Landing tables may be older than their contracts: of them some tests only warn, as on DuckDB.
    assert statuses <= {"success", "pass", "warn", "no-op"}
    warned = {result["unique_id"].split(".")[2] for result in days["results"] if result["status"] == "warn"}
    assert len(warned) == 2 and all(name.startswith("source_") for name in warned)


@pytest.mark.parametrize("day", [1, 2, 3])
def test_each_day_gives_the_rows_that_duckdb_gives(days, day):
    duck, snow = days[day]
    assert set(snow) == set(duck) and len(duck) >= 13
    for table, (columns, rows) in duck.items():
        assert snow[table][0] == columns, table
        differing = [pair for pair in zip(snow[table][1], rows, strict=True) if pair[0] != pair[1]]
        assert not differing, (table, differing[:2])
    assert len(duck["fct_order_items"][1]) >= 1


def test_another_run_and_a_full_refresh_change_no_row(days):
    assert days["again"] == days[3][1]
    assert days["full"] == days[3][1]


# That days built one by one end as days built at once do, the `days` above prove on both.
@pytest.mark.parametrize("built", ["at once", pytest.param("day by day", marks=pytest.mark.long)])
def test_three_days_of_the_sample_shop_give_the_rows_that_duckdb_gives(tmp_path, built):
    shop = Shop(tmp_path / "shop")
    snow = SnowflakeWarehouse(tmp_path)
    with snow.service:
        for number in (1, 2, 3):
            shop.day(number)
            if built == "day by day" or number == 3:
                shop.warehouse.must("run")
                snow.copy(shop.warehouse)
                snow.dbt("run")
        duck = marts(shop.warehouse.rows)
        found = marts(snow.look)
    assert set(found) == set(duck)
    for table, (columns, rows) in duck.items():
        assert found[table][0] == columns, table
        assert found[table][1] == rows, table
    # Items lie on both versions of the products that changed.
    columns, rows = found["fct_order_items"]
    versions = dict(zip(*(map(lambda row, name=name: row[found["dim_product"][0].index(name)], found["dim_product"][1])
                          for name in ("product_key", "product_id"))))
    seen = {}
    for row in rows:
        key = row[columns.index("product_key")]
        seen.setdefault(versions[key], set()).add(key)
    assert sum(len(keys) > 1 for keys in seen.values()) >= 2


def test_what_is_run_is_in_the_grammar_of_snowflake(days):
    assert len(days["compiled"]) >= 200
    for path, text in days["compiled"].items():
        for statement in sqlglot.parse(text, read="snowflake", error_level=sqlglot.ErrorLevel.RAISE):
            # A statement that the grammar does not know becomes a bare command.
            assert statement is None or not isinstance(statement, sqlglot.exp.Command), (path, statement.sql()[:200])
