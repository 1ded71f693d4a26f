"""compose/dagster over the real programs: what is pulled, processed and loaded, what turns a check red, what is retried.

Runs in Dagster's environment (.venv-dagster), in-process.
"""
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import time

import dagster as dg
import pytest

from dagster_home import SELLERS, Location, bin_folder, programs_but
from pipeline import ROOT, SELLER_HEADER, make_samples, seller, write_workbook


@pytest.fixture
def location(pipeline, monkeypatch):
    pipeline.binaries = pathlib.Path(bin_folder())
    with dg.instance_for_test() as instance:
        yield Location(pipeline, instance, monkeypatch)


@pytest.fixture(scope="module", autouse=True)
def manifest():
    subprocess.run([str(ROOT / "scripts" / "dbt-manifest")], check=True)


def sellers(pipeline, rows: list[list], name: str = "Sellers.xlsx", **more) -> None:
    write_workbook(pipeline.source / name, SELLER_HEADER, rows, **more)


def test_rows_land_with_their_numbers_and_a_second_run_keeps_the_verdicts(pipeline, location):
    sellers(pipeline, [seller(number) for number in range(12)])
    result = location.run(*SELLERS)
    assert result.success
    assert len(pipeline.current_rows("sellers")) == 12
    raw, processed, landed = (location.metadata(result, key) for key in SELLERS)
    assert raw["files_new"] == 1 and raw["bytes"] == (pipeline.source / "Sellers.xlsx").stat().st_size
    assert processed["dagster/row_count"] == processed["rows_read"] == 12 and processed["rows_rejected"] == 0
    assert landed["dagster/row_count"] == 12 and landed["statuses"] == {"current": 1}
    checks = location.checks(result, "processed/sellers")
    assert {name: check.passed for name, check in checks.items()} == {
        "workbooks_readable": True, "rows_add_up": True, "rejected_rows": True, "sellers_rows": True, "sellers_unique": True}
    again = location.run(*SELLERS)
    assert again.success and location.checks(again, "processed/sellers") == {}
    assert location.metadata(again, "lnd/sellers") == {"deliveries": 0}


def test_bad_rows_turn_the_check_red_with_their_reasons(pipeline, location):
    bad = [["not a key", "1", "x", "SP"], seller(90, state="Sao Paulo")]
    sellers(pipeline, [*(seller(number) for number in range(60)), *bad])
    result = location.run(*SELLERS)
    assert result.success, "within the guard's limit the rest goes on"
    check = location.checks(result, "processed/sellers")["rejected_rows"]
    assert not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    assert check.metadata["rejected"].value == 2 and check.metadata["read"].value == 62
    assert check.metadata["reasons"].value and check.metadata["files"].records[0].data["file"] == "Sellers.xlsx"
    assert len(pipeline.current_rows("sellers")) == 60


def test_a_workbook_that_is_none_is_red_and_the_others_load(pipeline, location):
    sellers(pipeline, [seller(number) for number in range(5)])
    (pipeline.source / "Sellers broken.xlsx").write_bytes(b"PK\x03\x04 cut")
    result = location.run(*SELLERS)
    assert result.success
    check = location.checks(result, "processed/sellers")["workbooks_readable"]
    assert not check.passed
    [record] = check.metadata["failed"].records
    assert record.data["file"] == "Sellers broken.xlsx" and record.data["reason"].startswith("xlsx2ndjson: ")
    assert not location.checks(result, "lnd/sellers")["deliveries_good"].passed
    assert sorted(pipeline.statuses("sellers")) == ["current", "failed"]


def test_a_delivery_that_is_set_aside_is_red_and_the_last_good_one_stays(pipeline, location):
    sellers(pipeline, [seller(number) for number in range(40)])
    assert location.run(*SELLERS).success
    sellers(pipeline, [seller(1)], time=1_527_900_000)
    result = location.run(*SELLERS)
    assert result.success
    check = location.checks(result, "lnd/sellers")["deliveries_good"]
    assert not check.passed and check.severity == dg.AssetCheckSeverity.ERROR
    assert "maxShrink" in check.metadata["not_good"].records[0].data["reason"]
    assert len(pipeline.current_rows("sellers")) == 40


def test_a_broken_rule_of_the_contract_stops_the_dataset_until_it_is_replaced(pipeline, location):
    sellers(pipeline, [])
    result = location.run(*SELLERS)
    assert not result.success and location.failed_steps(result) == {"process_sellers"}
    assert not location.checks(result, "processed/sellers")["sellers_rows"].passed
    assert not pipeline.warehouse.exists() or pipeline.statuses("sellers") == []
    # The same again: it stands in the processed zone, and is judged as before.
    assert not location.run(*SELLERS).success
    sellers(pipeline, [seller(number) for number in range(3)], time=1_527_900_000)
    result = location.run(*SELLERS)
    assert result.success and location.checks(result, "processed/sellers")["sellers_rows"].passed
    assert len(pipeline.current_rows("sellers")) == 3


def test_a_step_that_finds_another_run_on_is_retried(pipeline, location):
    sellers(pipeline, [seller(1)])
    pipeline.work.mkdir()
    lease = subprocess.Popen(
        [f"{bin_folder()}/adls-put", "--lease", f"file:{pipeline.lake}/_state/run", "--", "sleep", "4"])
    time.sleep(0.5)
    result = location.run(*SELLERS)
    lease.wait()
    assert result.success
    assert any(event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY for event in result.all_events)


@pytest.mark.parametrize("status, tries", [(69, 3), (77, 1), (70, 1)])
def test_only_what_a_later_try_may_cure_is_retried(pipeline, location, monkeypatch, status, tries):
    from sluice_dagster import step

    sellers(pipeline, [seller(1)])
    programs = programs_but(pipeline, "adls-put", f'[[ "$*" != *--lease* ]] || exec "$real" "$@"\nexit {status}')
    monkeypatch.setenv("SLUICE_BIN", str(programs))
    monkeypatch.setattr(step, "RETRY_LIMIT", 2)
    result = location.run("raw/sellers")
    assert not result.success
    retries = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert len(retries) + 1 == tries


def test_the_sensor_asks_once_for_what_is_new(pipeline, location):
    assert location.sense().run_requests == []
    sellers(pipeline, [seller(1)])
    tick = location.sense()
    [request] = tick.run_requests
    asked = {key.to_user_string() for key in request.asset_selection}
    assert set(SELLERS) <= asked and "marts/fct_orders" in asked and "processed/orders" not in asked
    assert location.sense(cursor=tick.cursor).run_requests == [], "the run was asked for already"
    assert location.run(*SELLERS).success
    quiet = location.sense(cursor=tick.cursor)
    assert quiet.run_requests == [] and json.loads(quiet.cursor or "[]") == []
    sellers(pipeline, [seller(1), seller(2)], time=1_527_900_000)
    [again] = location.sense(cursor=quiet.cursor).run_requests
    assert again.run_key != request.run_key


def test_the_sensor_sees_what_is_in_the_lake_and_not_loaded(pipeline, location):
    sellers(pipeline, [seller(1)])
    assert location.run("raw/sellers").success
    [request] = location.sense().run_requests
    assert request.tags["sluice/datasets"] == "sellers"


class Hook(http.server.BaseHTTPRequestHandler):
    bodies: list[dict] = []

    def do_POST(self):
        Hook.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hook(monkeypatch):
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/secret-path")
    Hook.bodies.clear()
    yield Hook.bodies
    server.shutdown()


def test_failed_and_degraded_runs_are_told_to_the_webhook(pipeline, location, hook):
    sellers(pipeline, [seller(number) for number in range(40)])
    good = location.run(*SELLERS)
    sellers(pipeline, [seller(1)], time=1_527_900_000)
    degraded = location.run(*SELLERS)
    sellers(pipeline, [], time=1_528_000_000)
    failed = location.run(*SELLERS)
    for name, result in (("degraded_runs", good), ("degraded_runs", degraded), ("failed_runs", failed)):
        run = location.instance.get_run_by_id(result.run_id)
        event = next(event for event in result.all_events if event.is_run_failure or event.event_type == dg.DagsterEventType.RUN_SUCCESS)
        context = dg.build_run_status_sensor_context(
            sensor_name=name, dagster_event=event, dagster_instance=location.instance, dagster_run=run)
        sensor = location.repository.get_sensor_def(name)
        sensor(context.for_run_failure() if name == "failed_runs" else context)
    assert [body["source"] for body in hook] == ["dagster", "dagster"]
    assert "lnd/sellers: deliveries_good" in hook[0]["text"] and "process_sellers" in hook[1]["text"]


def test_definitions_load_quickly(location):
    """By the processor's clock, so that a busy machine does not fail the test."""
    code = (
        "import time; start = time.process_time(); from sluice_dagster.definitions import defs; "
        "defs().get_repository_def(); print(time.process_time() - start)")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compose" / "dagster" / "src")}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 10


@pytest.mark.long
def test_the_warehouse_is_rebuilt_from_the_raw_zone_alone(pipeline, location):
    sellers(pipeline, [seller(number) for number in range(8)])
    assert location.run(*SELLERS).success
    before = pipeline.everything()
    assert location.repository.get_job("replay").execute_in_process(instance=location.instance, raise_on_error=False).success
    assert pipeline.warehouse.with_name("warehouse.duckdb.before-replay").exists()
    assert pipeline.everything() == before


@pytest.mark.long
def test_deliveries_that_failed_are_tried_again_when_asked(pipeline, location):
    (pipeline.source / "Sellers.xlsx").write_bytes(b"no workbook")
    assert location.run(*SELLERS).success
    assert location.metadata(location.run(*SELLERS), "processed/sellers") == {"deliveries": 0}
    config = {"ops": {name: {"config": {"retry": True}} for name in ("pull", "process_sellers", "load_sellers")}}
    again = location.run(*SELLERS, config=config)
    assert not location.checks(again, "processed/sellers")["workbooks_readable"].passed


@pytest.mark.long
def test_everything_from_the_source_to_the_marts_is_what_cron_makes(pipeline, location, tmp_path):
    make_samples(tmp_path / "samples", "--orders", "150")
    subprocess.run(["cp", "-a", f"{tmp_path}/samples/drive/.", str(pipeline.source)], check=True)
    result = location.run()
    assert result.success
    keys = {event.asset_key for event in result.all_events if event.is_step_materialization}
    graph = location.repository.asset_graph
    assert keys == set(graph.materializable_asset_keys)
    assert graph.get_ancestor_asset_keys(dg.AssetKey(["marts", "fct_orders"])) >= {dg.AssetKey([zone, "orders"]) for zone in ("drive", "raw", "processed", "lnd")}
    revenue = "select orders, revenue from marts.mart_kpis"
    # Two pulls of the same workbooks are two times at which they were delivered.
    times = ("delivered_at", "valid_from", "valid_to")
    by_dagster, kpis = pipeline.everything(*times), pipeline.query(revenue)
    assert pipeline.run(steps="pull,process,load,marts", expect=None).count("nothing new") >= 1
    for name in ("work", "lake"):
        subprocess.run(["mv", str(pipeline.folder / name), str(pipeline.folder / f"{name}.dagster")], check=True)
    pipeline.warehouse.rename(pipeline.warehouse.with_suffix(".dagster"))
    pipeline.run(steps="pull,process,load,marts", expect=None)
    by_cron = pipeline.everything(*times)
    assert by_cron.keys() == by_dagster.keys()
    assert [table for table, rows in by_cron.items() if rows != by_dagster[table]] == []
    assert pipeline.query(revenue) == kpis
