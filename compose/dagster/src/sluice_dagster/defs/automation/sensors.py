"""What is new at the source starts a run; what failed is told."""
import hashlib
import json
import os
import subprocess

import dagster as dg

from sluice_dagster import contract, places
from sluice_dagster.defs.automation.schedules import everything

LOOK_SECONDS = 30
# Below the time that Dagster gives a sensor.
LOOK_LIMIT_SECONDS = 50
TRY_AGAIN = {69, 75}


@dg.sensor(
    job=everything, minimum_interval_seconds=LOOK_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs the datasets that have new, changed or deleted workbooks, or deliveries that are not loaded yet.")
def source_changes(context: dg.SensorEvaluationContext):
    """The cursor holds the deliveries that a run was asked for, so that one which cannot be loaded asks once."""
    done = subprocess.run(
        [places.script("look")], cwd=places.root(), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=LOOK_LIMIT_SECONDS, env={**os.environ, "WORK": str(places.work()), "RUN": "look"})
    if done.returncode in TRY_AGAIN:
        return dg.SkipReason(f"busy or unreachable, looking again: {done.stderr.strip()[-200:]}")
    if done.returncode:
        raise RuntimeError(f"scripts/look ended with status {done.returncode}: {done.stderr.strip()[-1000:]}")
    seen = {line["delivery"]: line["dataset"] for line in map(json.loads, done.stdout.splitlines())}
    asked = set(json.loads(context.cursor or "[]"))
    fresh = {delivery: dataset for delivery, dataset in seen.items() if delivery not in asked}
    # What has been loaded meanwhile is not seen any more, and so the cursor does not grow.
    cursor = json.dumps(sorted(seen))
    datasets = sorted({dataset for dataset in fresh.values() if dataset})
    if not datasets:
        if cursor != context.cursor:
            context.update_cursor(cursor)
        return dg.SkipReason("nothing new")
    key = hashlib.sha256("\n".join(sorted(fresh)).encode()).hexdigest()[:16]
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key, asset_selection=_selection(context, datasets), tags={"sluice/datasets": " ".join(datasets)})],
        cursor=cursor)


def _selection(context: dg.SensorEvaluationContext, datasets: list[str]) -> list[dg.AssetKey]:
    keys = [dg.AssetKey([zone, dataset]) for dataset in datasets for zone in ("raw", "processed", "lnd")]
    graph = context.repository_def.asset_graph
    own = {dg.AssetKey([zone, one.dataset]) for one in contract.read_all(places.contracts()) for zone in ("raw", "processed", "lnd")}
    return keys + sorted(key for key in graph.materializable_asset_keys if key not in own)


def tell(source: str, text: str) -> None:
    """Hands a message to scripts/notify, which knows the webhook."""
    done = subprocess.run([places.script("notify"), source, "-"], input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or f"scripts/notify ended with status {done.returncode}")


@dg.run_failure_sensor(default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=30)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    steps = [f"{event.step_key}: {event.event_specific_data.error_display_string.strip()}" for event in context.get_step_failure_events()]
    tell("dagster", f"run {context.dagster_run.run_id} of {context.dagster_run.job_name} failed\n" + "\n".join(steps))


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS, default_status=dg.DefaultSensorStatus.RUNNING, minimum_interval_seconds=30)
def degraded_runs(context: dg.RunStatusSensorContext) -> None:
    """A run in which something was set aside has ended well for the rest, and somebody has to look."""
    records = context.instance.get_records_for_run(
        context.dagster_run.run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    checks = [record.event_log_entry.dagster_event.event_specific_data for record in records]
    red = [
        f"{check.asset_key.to_user_string()}: {check.check_name}" for check in checks
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR]
    if red:
        tell("dagster", f"run {context.dagster_run.run_id} is degraded: " + ", ".join(red))


@dg.definitions
def sensors() -> dg.Definitions:
    return dg.Definitions(sensors=[source_changes, failed_runs, degraded_runs])
