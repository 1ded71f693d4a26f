"""What the code location declares, without running anything: one writer, when things are late, when they run by themselves."""
import pathlib
import subprocess

import dagster as dg
import pytest
import yaml

from dagster_home import repository
from pipeline import ROOT


@pytest.fixture(scope="module")
def location() -> dg.RepositoryDefinition:
    subprocess.run([str(ROOT / "scripts" / "dbt-manifest")], check=True)
    return repository()


@pytest.mark.parametrize("instance", ["dagster.yaml", "local.yaml"])
def test_one_step_at_a_time_writes_the_lake_and_the_warehouse(location, instance):
    for name in ("everything", "replay", "retry_failed"):
        steps = location.get_job(name).graph.node_defs
        assert steps and {step.pool for step in steps} == {"sluice"}, name
    pools = yaml.safe_load((ROOT / "compose" / "dagster" / instance).read_text())["concurrency"]["pools"]
    assert pools == {"granularity": "op", "default_limit": 1}


def test_a_landing_table_is_late_when_its_contract_says_so(location):
    from sluice_dagster import contract

    found = contract.read_all(pathlib.Path(ROOT / "compose" / "contracts"))
    assert len(found) == 8
    for one in found:
        policy = location.asset_graph.get(dg.AssetKey(["lnd", one.dataset])).freshness_policy_or_from_metadata
        assert policy.fail_window.to_timedelta() == one.frequency + one.latency
        assert one.frequency < policy.warn_window.to_timedelta() < policy.fail_window.to_timedelta()


def test_it_runs_daily_and_looks_at_the_source_within_a_minute_by_itself(location):
    daily = location.get_schedule_def("daily")
    assert (daily.cron_schedule, daily.execution_timezone, daily.job_name) == ("0 5 * * *", "UTC", "everything")
    assert daily.default_status == dg.DefaultScheduleStatus.RUNNING
    sensors = {name: location.get_sensor_def(name) for name in ("source_changes", "failed_runs", "degraded_runs")}
    assert all(sensor.default_status == dg.DefaultSensorStatus.RUNNING for sensor in sensors.values())
    assert sensors["source_changes"].minimum_interval_seconds < 60


def test_no_retry_of_dagsters_own_repeats_a_step(location):
    """A step asks for its retries itself, by exit status; a run that has gone is started once more."""
    assert all(step.retry_policy is None for step in location.get_job("everything").graph.node_defs)
    retries = yaml.safe_load((ROOT / "compose" / "dagster" / "dagster.yaml").read_text())["run_retries"]
    assert retries == {"enabled": True, "max_retries": 1, "retry_on_asset_or_op_failure": False}


def test_the_lineage_goes_from_the_workbooks_to_the_marts(location):
    graph = location.asset_graph
    upstream = graph.get_ancestor_asset_keys(dg.AssetKey(["marts", "fct_orders"]))
    assert upstream >= {dg.AssetKey([zone, "orders"]) for zone in ("drive", "raw", "processed", "lnd")}
