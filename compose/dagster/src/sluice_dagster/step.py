"""Runs one step of the pipeline for Dagster: scripts/run-pipeline, as cron calls it, under pipes-run.

The lease on the lake keeps out other runs, from wherever they were started; a step that finds it held ends with 75 and
is retried. 69 and 75 are retried with growing pauses, nothing else is. A step that ends with 65 has set single
deliveries aside: the checks say which, and the others go on.
"""
import os
import random
import signal
import subprocess
from collections.abc import Iterator

import dagster as dg
from dagster._core.errors import DagsterExecutionInterruptedError

from sluice_dagster import places

UNREACHABLE, TRY_AGAIN, BAD_DATA = 69, 75, 65
RETRY_LIMIT = 6
FIRST_PAUSE_SECONDS = 10.0
LAST_PAUSE_SECONDS = 300.0
# pipes-run needs up to 10 s to end a group that does not want to end.
TERMINATION_SECONDS = 30


class StepConfig(dg.Config):
    """What a person can ask of a run in the launchpad."""

    retry: bool = False
    """Deliveries that failed before are tried again."""


def run_name(context: dg.OpExecutionContext, step: str, dataset: str | None) -> str:
    """Each attempt has a folder of its own below work/runs."""
    parts = [context.run_id[:8], step, *([dataset] if dataset else [])]
    return "-".join(parts) + (f"-{context.retry_number}" if context.retry_number else "")


def run_step(
        context: dg.AssetExecutionContext, step: str, *, assets: dict[str, dict], config: StepConfig, dataset: str | None = None,
        results_of=None) -> Iterator:
    """Yields what the step reported, then judges its exit status.

    `assets` says which asset is which to pipes-run; `results_of(folder)` gives the results in its place."""
    if not context.selected_asset_keys:
        keys = sorted({check.asset_key.to_user_string() for check in context.selected_asset_check_keys})
        raise dg.Failure(f"the programs judge an asset while they make it: materialize {', '.join(keys)}", allow_retries=False)
    name = run_name(context.op_execution_context, step, dataset)
    folder = places.run_folder(name)
    environment = {
        **os.environ, "RUN": name, "WORK": str(places.work()), "CONTRACTS": str(places.contracts()),
        "DATASETS": dataset or "", "RETRY": "1" if config.retry else ""}
    environment.pop("SLUICE_LEASED", None)
    command = [
        places.program("pipes-run"), "--reports", str(folder), "--", places.script("run-pipeline"), "--steps", step]
    extras = {"assets": assets}
    with dg.open_pipes_session(
            context=context, context_injector=dg.PipesTempFileContextInjector(), message_reader=dg.PipesTempFileMessageReader(),
            extras=extras) as session:
        status = _run(command, {**environment, **session.get_bootstrap_env_vars()})
    # Of assets that nobody described to it, pipes-run says no more than the counts of all reports.
    results = list(results_of(folder) if results_of else session.get_results(implicit_materializations=False))
    _allow_checks_to_be_left_out(context)
    yield from results
    # What dbt could not build is not set aside: marts that are not there are a failure, whatever else is red.
    _judge(context, step, status, [] if results_of else results)
    missing = context.selected_asset_keys - {result.asset_key for result in results if isinstance(result, dg.MaterializeResult)}
    if missing and not results_of:
        raise dg.Failure(f"{step} said nothing of {', '.join(sorted(key.to_user_string() for key in missing))}", allow_retries=False)


def _allow_checks_to_be_left_out(context: dg.AssetExecutionContext) -> None:
    """A Pipes session demands a verdict for every check that is declared. A check without a new delivery has none: it keeps
    the one it has, and must not turn green because there was nothing to look at. There is no public way to say so."""
    context.op_execution_context._step_execution_context._requires_typed_event_stream = False  # noqa: SLF001


def _run(command: list[str], environment: dict[str, str]) -> int:
    """The exit status. When Dagster interrupts the run, so is the command, with its whole process group."""
    process = subprocess.Popen(command, env=environment, cwd=places.root(), stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except (DagsterExecutionInterruptedError, KeyboardInterrupt):
        process.send_signal(signal.SIGINT)
        process.wait(timeout=TERMINATION_SECONDS)
        raise


def _judge(context: dg.AssetExecutionContext, step: str, status: int, results: list) -> None:
    if status == 0:
        return
    if status in (UNREACHABLE, TRY_AGAIN):
        pause = min(LAST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** context.op_execution_context.retry_number)
        raise dg.RetryRequested(max_retries=RETRY_LIMIT, seconds_to_wait=pause * random.uniform(0.8, 1.2))
    red = [name for name, passed in _verdicts(results) if not passed]
    if status == BAD_DATA and red:
        context.log.warning(f"{step} set something aside: see {', '.join(sorted(red))}")
        return
    raise dg.Failure(f"{step} ended with status {status}; the log above says why", allow_retries=False)


def _verdicts(results: list) -> Iterator[tuple[str, bool]]:
    for result in results:
        for check in getattr(result, "check_results", None) or ([result] if isinstance(result, dg.AssetCheckResult) else []):
            yield check.check_name or "", check.passed
