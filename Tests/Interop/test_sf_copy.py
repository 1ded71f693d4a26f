"""sf-copy on both warehouses, looked at through DuckDB itself, which is underneath the local Snowflake too."""

import datetime
import hashlib
import json
from time import sleep

import pytest

from snowflake_lake import SnowflakeLake
from sf_copy_lake import Lake, digest, moment


def time(day, second=0):
    return datetime.datetime.fromisoformat(moment(day, second)[:-1])


@pytest.fixture(params=["duckdb", "snowflake"])
def lake(request, tmp_path):
    lake = Lake(tmp_path) if request.param == "duckdb" else SnowflakeLake(request.getfixturevalue("snowflake"), tmp_path)
    lake.create()
    return lake


def test_a_delivery_lands_once_with_its_rejects_and_its_control_row(lake):
    record = lake.record("Sales/things.xlsx", 1, "a")
    line = lake.processed(record, rows=1000, rejects=3, parts=2)
    first = lake.load(line, options=["--run", "r1"])
    assert first[0]["status"] == "current"
    assert first[0]["table"] == "lnd.things"
    assert first[0]["rows"] == 1000
    before = lake.contents()
    again = lake.load(line, options=["--run", "r2"])
    assert again == first
    assert lake.contents() == before
    assert lake.counts() == {record["delivery"]: 1000}
    assert lake.query("select count(*), min(errors->0->>'code') from ecom.ops.rejects") == [(3, "null.required")]
    columns = (
        "dataset, file_id, drive_path, modified_time, delivered_at, key, attempted_key, contract_version, status, reason, "
        "rows_read, rows_emitted, rows_rejected, rows_duplicate, rows_blank, rows_landed, valid_from, valid_to, run"
    )
    assert lake.control(record, columns) == (
        "things", "Sales/things.xlsx", "Sales/things.xlsx", time(1, -3600), time(1), line["process"]["key"], None, "1.0.0",
        "current", None, 1003, 1000, 3, 0, 0, 1000, time(1), None, "r1",
    )
    assert lake.query("select price, sold_at, _extra->>'Remarks', _source_row from ecom.lnd.things where id = 'id3'")[0][2:] == (
        "n3", 5,
    )


def test_a_newer_delivery_supersedes_and_deletion_ends_the_file(lake):
    one, two = (lake.record("things.xlsx", day, text) for day, text in ((1, "a"), (2, "b")))
    gone = dict(lake.record("things.xlsx", 3, "", status="deleted"), dataset="things")
    loads = lake.load(gone, lake.processed(two, rows=110), lake.processed(one, rows=100))
    assert [load["status"] for load in loads] == ["current", "current", "deleted"]
    assert lake.control(one) == ("superseded", time(1), time(2))
    assert lake.control(two) == ("superseded", time(2), time(3))
    assert lake.control(gone) == ("deleted", time(3), None)
    assert lake.counts() == {one["delivery"]: 100, two["delivery"]: 110}
    back = lake.record("things.xlsx", 4, "b")
    lake.load(lake.processed(back, rows=110))
    assert lake.control(gone) == ("deleted", time(3), time(4))
    assert lake.control(back) == ("current", time(4), None)


def test_an_older_delivery_never_displaces_a_newer_one(lake):
    one, two, three = (lake.record("things.xlsx", day, str(day)) for day in (1, 2, 3))
    lake.load(lake.processed(three, rows=100))
    assert lake.load(lake.processed(one, rows=100))[0]["status"] == "superseded"
    assert lake.load(lake.processed(two, rows=100))[0]["status"] == "superseded"
    assert lake.control(one) == ("superseded", time(1), time(2))
    assert lake.control(two) == ("superseded", time(2), time(3))
    assert lake.control(three) == ("current", time(3), None)


def test_a_shrunken_delivery_is_quarantined_until_it_is_accepted(lake):
    one, two = lake.record("things.xlsx", 1, "a"), lake.record("things.xlsx", 2, "b")
    lake.load(lake.processed(one, rows=1000))
    line = lake.processed(two, rows=199)
    loads = lake.load(line, status=65)
    assert loads[0]["status"] == "quarantined"
    assert "maxShrink 80%" in loads[0]["reason"]
    assert lake.counts() == {one["delivery"]: 1000, two["delivery"]: 199}
    assert lake.control(one) == ("current", time(1), None)
    assert lake.control(two) == ("quarantined", None, None)
    assert lake.pending(one, two) == []

    acceptance = lake.run("--accept", two["delivery"], "--accepted-by", "Ana")[0]
    assert acceptance["delivery"] == two["delivery"] and acceptance["accepted_by"] == "Ana"
    accepted_at = datetime.datetime.fromisoformat(acceptance["accepted_at"][:-1])
    assert lake.control(one) == ("superseded", time(1), accepted_at)
    assert lake.control(two) == ("current", accepted_at, None)
    assert lake.run("--accept", two["delivery"], "--accepted-by", "Ana") == [acceptance]
    assert lake.pending(one, two, acceptance) == []

    # A new warehouse comes to the same from the lake alone, the acceptance among its records.
    before = lake.contents()
    lake.drop_warehouse()
    lake.create()
    pending = lake.pending(two, acceptance, one)
    assert [found["delivery"] for found in pending] == [one["delivery"], two["delivery"]]
    lines = [lake.processed(one, rows=1000), dict(line, accepted_at=pending[1]["accepted_at"])]
    assert [load["status"] for load in lake.load(*lines)] == ["current", "current"]
    assert lake.contents() == before


def test_an_acceptance_that_only_the_lake_knows_flips_without_loading(lake):
    one, two = lake.record("things.xlsx", 1, "a"), lake.record("things.xlsx", 2, "b")
    lake.load(lake.processed(one, rows=1000))
    line = lake.processed(two, rows=10)
    lake.load(line, status=65)
    acceptance = {"delivery": two["delivery"], "accepted_at": moment(3), "accepted_by": "Ana"}
    pending = lake.pending(one, two, acceptance)
    assert len(pending) == 1 and pending[0]["flip"] is True and pending[0]["accepted_at"] == moment(3)
    for path in lake.lake.rglob("*.parquet"):
        path.unlink()
    assert lake.load(pending[0])[0]["status"] == "current"
    assert lake.control(one) == ("superseded", time(1), time(3))
    assert lake.control(two) == ("current", time(3), None)
    assert lake.pending(one, two, acceptance) == []


def test_a_clock_that_was_set_back_accepts_no_delivery_before_it_came(lake):
    one, two = lake.record("things.xlsx", 1, "a"), lake.record("things.xlsx", 40_000, "b")
    lake.load(lake.processed(one, rows=1000))
    lake.load(lake.processed(two, rows=10), status=65)
    acceptance = lake.run("--accept", two["delivery"])[0]
    accepted_at = datetime.datetime.fromisoformat(acceptance["accepted_at"][:-1])
    assert accepted_at == time(40_000) + datetime.timedelta(milliseconds=1)
    assert lake.control(one) == ("superseded", time(1), accepted_at)
    assert lake.control(two) == ("current", accepted_at, None)
    assert lake.run("--accept", two["delivery"])[0]["accepted_at"] == acceptance["accepted_at"]


def test_accepting_an_older_delivery_leaves_the_newer_one_current(lake):
    one, two, three = (lake.record("things.xlsx", day, str(day)) for day in (1, 2, 3))
    lake.load(lake.processed(one, rows=1000))
    lake.load(lake.processed(two, rows=10), lake.processed(three, rows=1000), status=65)
    acceptance = lake.run("--accept", two["delivery"])[0]
    accepted_at = datetime.datetime.fromisoformat(acceptance["accepted_at"][:-1])
    assert lake.control(two) == ("superseded", accepted_at, accepted_at)
    assert lake.control(one) == ("superseded", time(1), time(3))
    assert lake.control(three) == ("current", time(3), None)


def test_too_many_rejects_quarantine_and_are_kept_to_be_looked_at(lake):
    record = lake.record("things.xlsx", 1, "a")
    loads = lake.load(lake.processed(record, rows=70, rejects=30), status=65)
    assert loads[0]["status"] == "quarantined" and "maxRejects 20%" in loads[0]["reason"]
    assert lake.query("select count(*) from ecom.ops.rejects") == [(30,)]


def test_reprocessing_replaces_the_rows(lake):
    record = lake.record("things.xlsx", 1, "a")
    lake.load(lake.processed(record, rows=100, rejects=5))
    assert lake.pending(record) == []
    lake.contract("things", version="1.1.0")
    pending = lake.pending(record)
    assert len(pending) == 1
    line = lake.processed(record, rows=104, rejects=1)
    assert pending[0]["process"]["key"] == line["process"]["key"]
    assert lake.load(line)[0]["rows"] == 104
    assert lake.counts() == {record["delivery"]: 104}
    assert lake.query("select count(*) from ecom.ops.rejects") == [(1,)]
    assert lake.pending(record) == []


def test_a_reprocessing_beyond_a_guard_keeps_the_rows_until_it_is_accepted(lake):
    record = lake.record("things.xlsx", 1, "a")
    first = lake.processed(record, rows=100)
    lake.load(first)
    lake.contract("things", version="1.1.0")
    second = lake.processed(record, rows=60, rejects=40)
    loads = lake.load(second, status=65)
    assert loads[0]["status"] == "kept" and loads[0]["rows"] == 100
    key, attempted = first["process"]["key"], second["process"]["key"]
    assert lake.control(record, "status, key, attempted_key, rows_landed") == ("current", key, attempted, 100)
    assert lake.pending(record) == []
    acceptance = lake.run("--accept", record["delivery"])[0]
    pending = lake.pending(record, acceptance)
    assert len(pending) == 1 and "flip" not in pending[0]
    assert lake.load(dict(second, accepted_at=pending[0]["accepted_at"]))[0]["status"] == "current"
    assert lake.control(record, "key, attempted_key, rows_landed") == (attempted, None, 60)
    assert lake.pending(record, acceptance) == []


def test_what_cannot_be_processed_is_failed_until_its_key_changes(lake):
    good, bad = lake.record("things.xlsx", 1, "a"), lake.record("things.xlsx", 2, "b")
    lake.load(lake.processed(good, rows=10))
    line = lake.processed(bad, rows=0, failed="xlsx2ndjson: not a workbook")
    loads = lake.load(line, status=65)
    assert (loads[0]["status"], loads[0]["reason"]) == ("failed", "xlsx2ndjson: not a workbook")
    assert lake.control(good) == ("current", time(1), None)
    assert lake.pending(good, bad) == []
    assert [line["delivery"] for line in lake.pending(good, bad, options=["--retry"])] == [bad["delivery"]]
    assert lake.load(lake.processed(bad, rows=11))[0]["status"] == "current"
    lake.contract("things", version="1.1.0")
    assert len(lake.pending(good, bad)) == 2
    loads = lake.load(lake.processed(bad, rows=0, failed="clean: frozen"), status=65)
    assert loads[0]["status"] == "kept"
    assert lake.control(bad, "status, rows_landed") == ("current", 11)
    assert [line["delivery"] for line in lake.pending(good, bad)] == [good["delivery"]]


def test_deletions_wait_until_every_other_delivery_is_good(lake):
    old, bad = lake.record("things old.xlsx", 1, "a"), lake.record("things new.xlsx", 3, "b")
    gone = dict(lake.record("things old.xlsx", 2, status="deleted"), dataset="things")
    lake.load(lake.processed(old, rows=10))
    loads = lake.load(gone, lake.processed(bad, rows=0, failed="no"), status=65)
    assert [load["status"] for load in loads] == ["failed", "postponed"]
    assert lake.status(old) == "current" and lake.status(gone) is None
    assert [line["delivery"] for line in lake.pending(old, gone, bad)] == [gone["delivery"]]
    lake.load(gone)
    assert lake.status(old) == "superseded"


def test_what_the_warehouse_refuses_leaves_nothing_and_the_others_load(lake):
    one, two, three, four = (lake.record(f"things {day}.xlsx", day, str(day)) for day in (1, 2, 3, 4))
    lines = [lake.processed(record, rows=10) for record in (one, two, three, four)]
    lines[0]["process"]["rows"].update(read=11, emitted=11)
    lines[1]["processed"][0]["url"] += ".gone.parquet"
    lines[2]["process"]["parts"][0]["bytes"] += 1
    loads = lake.load(*lines, status=65)
    assert [load["status"] for load in loads] == ["refused", "refused", "refused", "current"]
    assert "10 rows arrived in lnd.things, the manifest says 11" in loads[0]["reason"]
    assert lake.counts() == {four["delivery"]: 10}
    assert [lake.status(record) for record in (one, two, three)] == [None, None, None]
    assert len(lake.pending(one, two, three, four)) == 3


def test_pending_without_a_warehouse_is_everything_that_a_contract_asks_for(lake):
    lake.drop_warehouse()
    records = [lake.record(path, day, path) for day, path in enumerate(("things.xlsx", "sub/THINGS 2.XLSX", "notes.xlsx"))]
    pending = lake.pending(*reversed(records))
    assert [line["file"]["drive_path"] for line in pending] == ["things.xlsx", "sub/THINGS 2.XLSX"]
    assert "notes.xlsx: no contract asks for it" in lake.errors
    contract = (lake.contracts / "things.odcs.yaml").read_bytes()
    assert pending[0]["process"] == {
        "key": digest(records[0]["file"]["sha256"], hashlib.sha256(contract).hexdigest(), "1")
    }
    assert pending[0]["dataset"] == "things"
    assert not lake.has_warehouse()


def test_two_contracts_for_one_path_stop_everything(lake):
    lake.contract("gadgets", glob="**/*2*.xlsx")
    assert lake.pending(lake.record("things 2.xlsx", 1), status=78) == []
    assert "things 2.xlsx" in lake.errors and "gadgets, things" in lake.errors


def test_a_file_that_another_contract_takes_over_moves_with_its_rows(lake):
    one, two = (lake.record("things and gadgets.xlsx", day, str(day)) for day in (1, 2))
    lake.load(lake.processed(one, rows=10, rejects=1), lake.processed(two, rows=11))
    lake.contract("things", glob="**/things.xlsx")
    lake.contract("gadgets", glob="**/*gadgets.xlsx")
    lake.create()
    pending = lake.pending(one, two)
    assert [line["dataset"] for line in pending] == ["gadgets", "gadgets"]
    lake.load(*(lake.processed(record, rows=12, dataset="gadgets") for record in (one, two)), dataset="gadgets")
    assert lake.counts() == {}
    assert lake.counts("gadgets") == {one["delivery"]: 12, two["delivery"]: 12}
    assert lake.query("select count(*) from ecom.ops.rejects") == [(0,)]
    assert lake.control(one) == ("superseded", time(1), time(2))
    assert lake.control(two) == ("current", time(2), None)


def test_tables_that_differ_are_refused_with_the_statement_that_mends_them(lake):
    lake.contract("things", more="      - {name: colour, logicalType: string, physicalType: VARCHAR}\n")
    lake.run("--contracts", lake.contracts, "--create", status=78)
    assert lake.spelled('ALTER TABLE "ecom"."lnd"."things" ADD COLUMN "colour" VARCHAR') in lake.errors
    lake.load(status=78)
    actions = {line["table"]: line["action"] for line in lake.run("--contracts", lake.contracts, "--create", "--evolve")}
    assert actions["lnd.things"] == "evolved" and actions["ops.runs"] == "unchanged"
    record = lake.record("things.xlsx", 1, "a")
    assert lake.load(lake.processed(record, rows=10))[0]["status"] == "current"
    assert {line["action"] for line in lake.create()} == {"unchanged"}


def test_marts_are_due_until_a_good_run_follows_the_last_change(lake):
    def due(project="h1"):
        lake.run("--marts-due", project)
        return json.loads(lake.output)

    def run(started=None, status="ok", project="h1"):
        sleep(0.005)
        started = started or datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")[:-6] + "Z"
        document = {
            "run": started, "kind": "marts", "started_at": started, "finished_at": started, "status": status,
            "exit_status": 0, "dbt_hash": project, "details": {"nodes": 3},
            "checks": [{"check_name": "test.unique", "status": "pass", "details": {"failures": 0}}],
        }
        lake.run("--record-run", "-", lines=[document])

    lake.load(lake.processed(lake.record("things.xlsx", 1, "a"), rows=10))
    assert due() is True
    run("2026-01-01T00:00:00.000Z")
    assert due() is True
    run(status="failed")
    assert due() is True
    run()
    assert due() is False
    assert due("h2") is True
    # Marts of another project, or as of another time, took the tables over: the older good run says nothing any more.
    run(project="h2")
    assert due("h2") is False
    assert due() is True
    run()
    assert due() is False
    run(status="failed")
    assert due() is True
    # Nor does a run that a wrong clock put into the future.
    run("2126-01-01T00:00:00.000Z")
    assert due() is True
    run()
    assert due() is False
    assert lake.query("select count(*), count(distinct details->>'nodes') from ecom.ops.runs") == [(8, 1)]
    assert lake.query("select count(*), min(checked_at)::varchar from ecom.ops.checks") == [(8, "2026-01-01 00:00:00")]
