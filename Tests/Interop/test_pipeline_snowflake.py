"""The whole job into Snowflake: only the warehouse's address changes, and the tables are those of the DuckDB run."""

import json
import pathlib

import pytest

import snowflake_sessions
from pipeline import SELLER_HEADER, WITHOUT_TESTS, Pipeline, make_samples, seller, write_workbook

PROFILE = """\
ecom:
  target: snowflake
  outputs:
    snowflake: {{type: snowflake, account: {account}, user: {user}, private_key_path: {key}, role: LOADER, warehouse: LOADING,
                 database: ECOM, schema: marts, threads: 2, host: 127.0.0.1, port: {port}, protocol: http,
                 client_session_keep_alive: false}}
"""


@pytest.fixture
def service(tmp_path):
    with snowflake_sessions.start(tmp_path) as service:
        # A lake that is a folder stands for a container here; the stage that leads there is the only thing made by hand.
        snowflake_sessions.client(service, snowflake_sessions.CONNECTOR + f"""
ask("create schema if not exists ECOM.OPS")
ask("create stage ECOM.OPS.LAKE url = '{snowflake_sessions.CONTAINER}/'")
answer = []
""")
        yield service


class SnowflakePipeline(Pipeline):
    """A pipeline whose warehouse is the local Snowflake, on the lake of another."""

    def __init__(self, folder, service, lake, source):
        super().__init__(folder / "snow")
        self.service, self.lake, self.source = service, lake, source
        ready = service.ready
        profiles = folder / "profiles"
        profiles.mkdir()
        (profiles / "profiles.yml").write_text(PROFILE.format(
            account=ready["account"], user=ready["credentials"]["user"], key=ready["credentials"]["key_file"], port=ready["port"]))
        self.more = {"WAREHOUSE": "snowflake:local", "SNOWFLAKE_HOME": str(pathlib.Path(ready["credentials"]["connections"]).parent),
                     "DBT_PROFILES_DIR": str(profiles)}

    def environment(self, **more):
        return super().environment(**self.more, **more)

    def query(self, sql, parameters=None):
        assert not parameters
        return snowflake_sessions.look(self.service, sql)


def contents(pipeline, tables, place):
    """All rows as texts, without what differs between two runs."""
    found = {}
    for table in tables:
        schema, name = table.split(".")
        names = [row[0] for row in pipeline.query(
            f"select lower(column_name) from duckdb_columns() where lower(database_name) = 'ecom' and lower(schema_name) = '{schema}' "
            f"and lower(table_name) = '{name}' order by 1")]
        names = [each for each in names if each not in {"_loaded_at", "loaded_at", "run", "raw_url", "processed_url"}]
        columns = ", ".join(f'"{each}"::varchar' for each in names)
        rows = pipeline.query(f"select {columns} from {place}{table}")
        found[table] = (names, sorted([plain(value) for value in row] for row in rows))
    return found


def plain(value):
    """JSON by its meaning, everything else by its text."""
    if value and value[0] in "{[":
        return json.dumps(json.loads(value), sort_keys=True)
    return "" if value is None else value


def test_the_tables_equal_those_of_the_duckdb_run(tmp_path, service):
    local = Pipeline(tmp_path / "local")
    local.lake = tmp_path / "lake"
    make_samples(local.source, "--orders", "60")
    steps = "pull,process,load"
    first = local.run(steps=steps, expect=None)
    status = local.status
    snow = SnowflakePipeline(tmp_path, service, local.lake, local.source)
    second = snow.run(steps=steps, expect=None)
    assert snow.status == status, first + second
    tables = [f"lnd.{path.name.removesuffix('.odcs.yaml')}" for path in sorted(local.contracts.glob("*.odcs.yaml")) if "rejects" not in path.name]
    tables += ["ops.deliveries", "ops.rejects"]
    mine, theirs = contents(local, tables, ""), contents(snow, tables, "ECOM.")
    for table in tables:
        assert mine[table][0] == theirs[table][0], table
        assert mine[table][1] == theirs[table][1], table
    assert sum(len(rows) for _, rows in mine.values()) > 300
    assert snow.query("select kind, count(*) from ECOM.OPS.RUNS group by 1") == [("pipeline", 1)]
    # A second run finds nothing to do, and a later delivery supersedes.
    assert "nothing to load" in snow.run(steps=steps, expect=None)
    # The star schema builds on the same rows, and its tests hold.
    built = snow.run(steps="marts", expect=None)
    assert snow.status == 0, built
    local.run(steps="marts", **WITHOUT_TESTS)
    kpis = "select orders, revenue::varchar, average_order_value::decimal(18, 6)::varchar, on_time_rate::decimal(18, 6)::varchar from "
    assert snow.query(kpis + "ECOM.MARTS.MART_KPIS") == local.query(kpis + "marts.mart_kpis")
    assert snow.query("select count(*) > 10 from ECOM.OPS.CHECKS") == [(True,)]


def test_a_run_that_dies_in_the_load_is_finished_by_the_next(tmp_path, service):
    local = Pipeline(tmp_path / "local")
    snow = SnowflakePipeline(tmp_path, service, tmp_path / "lake", local.source)
    write_workbook(local.source / "People/Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(50)])
    snow.wrap(sf_copy='if [[ "$*" == *"--mode deliver"* ]]; then "$real" "$@" & sleep 0.3; kill -9 $! -- -$(ps -o pgid= -p $$ | tr -d " "); fi; exec "$real" "$@"')
    snow.run(expect=None)
    assert snow.status in (-9, 137)
    snow.unwrap()
    snow.run()
    assert snow.query("select count(*), count(distinct seller_id) from ECOM.LND.SELLERS") == [(50, 50)]
    assert snow.query("select status from ECOM.OPS.DELIVERIES") == [("current",)]
