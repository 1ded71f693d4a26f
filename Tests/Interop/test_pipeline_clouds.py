"""Lake in Azure, warehouse in Snowflake (both emulated): two addresses change, and the tables are those of the laptop's run."""

import pathlib

import pytest

import adls_put_program as program
import snowflake_sessions
from adls_clients import KEY, start
from adls_put_program import URL
from pipeline import Pipeline
from test_pipeline_azure import days
from test_pipeline_snowflake import contents


@pytest.fixture
def lake(tmp_path):
    (tmp_path / "azure").mkdir()
    with start(tmp_path / "azure") as running:
        yield running


@pytest.fixture
def warehouse(tmp_path, lake):
    container, place = URL.removeprefix("abfss://").split("@")
    account, _, path = place.partition("/")
    address = f"azure://{account.replace('.dfs.', '.blob.')}/{container}"
    folder = tmp_path / "snowflake"
    folder.mkdir()
    with snowflake_sessions.start(folder, "--stage-files", f"{address}={pathlib.Path(lake.ready['root']) / container}") as service:
        yield service


class CloudPipeline(Pipeline):
    def __init__(self, folder, lake, warehouse):
        super().__init__(folder)
        home = pathlib.Path(warehouse.ready["credentials"]["connections"]).parent
        self.warehouse_service = warehouse
        self.more = {
            "LAKE": URL, "AZURE_STORAGE_KEY": KEY, "SLUICE_ADLS_ENDPOINT": lake.ready["endpoint"], "WAREHOUSE": "snowflake:local",
            "SNOWFLAKE_HOME": str(home), "STORAGE_INTEGRATION": "LAKE_READER"}

    def environment(self, **more):
        clean = {name: value for name, value in super().environment().items() if not name.startswith(program.FOREIGN)}
        return {**clean, **self.more, **more}

    def query(self, sql, parameters=None):
        return snowflake_sessions.look(self.warehouse_service, sql)


def test_from_the_source_through_azure_into_snowflake(tmp_path, lake, warehouse):
    cloud, laptop = CloudPipeline(tmp_path / "a", lake, warehouse), Pipeline(tmp_path / "b")
    laptop.source = cloud.source
    for day in days(cloud.source):
        day()
        for pipeline in (cloud, laptop):
            pipeline.run(expect=None)
        assert cloud.status == laptop.status
    tables = ["lnd.sellers", "ops.deliveries", "ops.rejects"]
    mine, theirs = contents(laptop, tables, ""), contents(cloud, tables, "ECOM.")
    for table in tables:
        # Each run recorded the deliveries at its own time.
        times = {"delivered_at", "valid_from", "valid_to", "delivery", "_delivery", "key"} if table != "ops.rejects" else {"delivery", "_delivery"}
        assert without(mine[table], times) == without(theirs[table], times), table
    assert len(theirs["lnd.sellers"][1]) > 60


def without(table, left_out):
    names, rows = table
    keep = [number for number, name in enumerate(names) if name not in left_out]
    return sorted([row[number] for number in keep] for row in rows)
