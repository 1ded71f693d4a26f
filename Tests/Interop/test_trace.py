"""scripts/trace: from a key to the cells and files its rows came from."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from dbt_days import SEEN_1, SEEN_2, day_one, day_two
from dbt_warehouse import Warehouse

TRACE = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "trace"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory):
    warehouse = Warehouse(tmp_path_factory.mktemp("trace"))
    day_one(warehouse)
    day_two(warehouse)
    with warehouse.connect() as connection:
        connection.execute(
            "update ecom.ops.deliveries set raw_url = 'file:lake/raw/' || delivery,"
            " processed_url = 'file:lake/processed/' || delivery"
        )
    return warehouse


def trace(warehouse, *arguments):
    return subprocess.run(
        [sys.executable, str(TRACE), *arguments],
        env={
            **os.environ,
            "WAREHOUSE": f"duckdb:{warehouse.path}",
            "SLUICE_DUCKDB": str(pathlib.Path(sys.executable).parent / "duckdb"),
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_every_delivery_of_a_key_is_told_and_which_counts(warehouse):
    done = trace(warehouse, "orders", "o3", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(row["counts"], row["status"], row["drive_path"], row["sheet"], row["row"]) for row in rows] == [
        (False, "superseded", "orders.xlsx", "Sheet1", 4),
        (True, "current", "orders.xlsx", "Sheet1", 4),
    ]
    assert [row["loaded_at"] for row in rows] == [SEEN_1, SEEN_2]
    assert all(row["raw_url"].endswith(row["delivery"]) and row["processed_url"] and row["run"] for row in rows)


def test_the_row_that_stages_is_the_one_that_counts(warehouse):
    warehouse.must("run", "--select", "+stg_lnd__order_reviews", "--exclude", "int_*")
    done = trace(warehouse, "order_reviews", "o2", "--column", "order_id")
    assert done.returncode == 0
    assert done.stdout.startswith("order_reviews.xlsx, sheet Sheet1, row 3 (counts: delivery current)\n  delivery ")
    assert len(done.stdout.splitlines()) == 5


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["orders", "nobody"], 66, "no landed row of orders has nobody there"),
        (["invoices", "o1"], 66, "there is no landing table of invoices"),
        (["orders", "o1", "--column", "price"], 64, "orders has no column price"),
        (["orders; drop table x", "o1"], 64, "lower-case letters"),
        (["orders", "o1' or '1' = '1"], 66, "no landed row"),
        (["orders"], 64, "usage:"),
    ],
)
def test_what_cannot_be_traced_is_said(warehouse, arguments, status, message):
    done = trace(warehouse, *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
