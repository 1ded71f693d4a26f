"""sf-copy --rows and --drop-trial: looking at tables without a client of the warehouse, and removing what a trial made."""

import decimal
import json

import pytest
import sqlglot

from sf_copy_lake import Lake
from snowflake_lake import SnowflakeLake, statements


@pytest.fixture(params=["duckdb", "snowflake"])
def lake(request, tmp_path):
    return Lake(tmp_path) if request.param == "duckdb" else SnowflakeLake(request.getfixturevalue("snowflake"), tmp_path)


def test_rows_have_one_form_in_both_warehouses(lake):
    lake.create()
    record = lake.record("things.xlsx", 1)
    lake.load(lake.processed(record, rows=40, rejects=2))
    rows = sorted(lake.run("--rows", "lnd.things"), key=lambda row: int(row["id"][2:]))
    assert len(rows) == 40
    loaded_at = rows[3].pop("_loaded_at")
    assert len(loaded_at) == len("2026-11-01T08:00:00.000000") and loaded_at[10] == "T"
    assert json.loads(rows[3].pop("_extra")) == {"Remarks": "n3"}
    assert rows[3] == {
        "id": "id3", "pieces": "3", "price": "3.75", "sold_at": "2018-01-01T00:00:03.000000", "_source_file": "things.xlsx",
        "_source_sheet": "Sheet1", "_source_row": "5", "_delivery": record["delivery"]}
    assert rows[4]["_extra"] is None and sum(decimal.Decimal(row["price"]) for row in rows) == 975
    [delivery] = lake.run("--rows", "ops.deliveries")
    assert (delivery["status"], delivery["rows_landed"], delivery["delivered_at"]) == ("current", "40", "2026-11-02T08:00:00.000000")
    assert json.loads(lake.run("--rows", "ops.rejects")[0]["errors"]) == [{"code": "null.required"}]
    lake.run("--rows", "lnd.nothing", status=66)
    assert "there is no such table" in lake.errors
    lake.run("--rows", "things", status=64)


def test_all_pages_of_a_result_are_printed(snowflake, tmp_path):
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.create()
    lake.load(lake.processed(lake.record("things.xlsx", 1), rows=95))
    snowflake.admin("POST", "settings", {"partition_rows": 10})
    try:
        assert len({row["id"] for row in lake.run("--rows", "lnd.things")}) == 95
    finally:
        snowflake.admin("POST", "settings", {"partition_rows": 10_000})


def test_a_trials_database_is_removed_and_no_other(lake):
    if isinstance(lake, SnowflakeLake):
        lake.create()
        lake.run("--drop-trial", status=64)
        assert lake.has_warehouse()
        lake.database = f"SLUICE_TRIAL_{lake.database}"
    else:
        lake.create()
        lake.run("--drop-trial", status=64)
        assert lake.has_warehouse()
        lake.warehouse = lake.folder / "SLUICE_TRIAL_1.duckdb"
    assert "only what is called SLUICE_TRIAL_" in lake.errors
    lake.create()
    assert lake.has_warehouse()
    lake.run("--drop-trial")
    assert not lake.has_warehouse()
    # Once more does no harm.
    lake.run("--drop-trial")


def test_what_is_asked_is_snowflakes_own_language(snowflake, tmp_path):
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.create()
    for table in ("lnd.things", "ops.deliveries", "ops.rejects"):
        lake.run("--rows", table)
    asked = [each["statement"] for each in statements(snowflake) if "TO_CHAR" in (each["statement"] or "") and lake.database in each["statement"]]
    assert len(asked) == 3
    for text in asked:
        [tree] = sqlglot.parse(text, read="snowflake")
        assert isinstance(tree, sqlglot.exp.Select) and not list(tree.find_all(sqlglot.exp.Anonymous))
        assert 'HH24:MI:SS.FF6' in text and "strftime" not in text
