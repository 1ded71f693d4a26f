"""When things run by themselves, and what a person can start."""
import os

import dagster as dg

from sluice_dagster import places
from sluice_dagster.components.datasets import POOL

everything = dg.define_asset_job("everything", selection=dg.AssetSelection.all(), description="From the source to the marts.")

daily = dg.ScheduleDefinition(
    name="daily", job=everything, cron_schedule=os.environ.get("SLUICE_CRON", "0 5 * * *"),
    execution_timezone=os.environ.get("SLUICE_TIMEZONE", "UTC"), default_status=dg.DefaultScheduleStatus.RUNNING)


@dg.op(pool=POOL)
def rebuild(context: dg.OpExecutionContext) -> None:
    """Rebuilds the local warehouse from the lake's raw zone (scripts/replay)."""
    client = dg.PipesSubprocessClient(termination_timeout_seconds=30)
    client.run(context=context, command=[places.program("pipes-run"), "--", places.script("replay")], cwd=str(places.root()))


@dg.job(description="The warehouse anew, from raw/ and the delivery records alone; the old file is kept beside it.")
def replay() -> None:
    rebuild()


@dg.op(pool=POOL)
def run_again(context: dg.OpExecutionContext) -> None:
    client = dg.PipesSubprocessClient(termination_timeout_seconds=30)
    command = [places.program("pipes-run"), "--", places.script("run-pipeline"), "--retry"]
    client.run(context=context, command=command, cwd=str(places.root()))


@dg.job(description="A whole run in which deliveries that failed before are tried again.")
def retry_failed() -> None:
    run_again()


@dg.definitions
def automation() -> dg.Definitions:
    return dg.Definitions(
        jobs=[everything, replay, retry_failed], schedules=[daily], executor=dg.in_process_executor)
