"""An instance of Dagster and the code location of compose/dagster on a pipeline's folders, for tests."""
import functools
import os
import pathlib
import sys

import dagster as dg

from pipeline import PROGRAMS, ROOT, SELLER_HEADER, Pipeline, seller, write_workbook

SOURCE = ROOT / "compose" / "dagster" / "src"
if str(SOURCE) not in sys.path:
    sys.path.insert(0, str(SOURCE))

# A step in a test that is retried must not wait for minutes.
PAUSE_SECONDS = 0.2


@functools.cache
def repository() -> dg.RepositoryDefinition:
    """Loaded once: the definitions look up addresses when they run, not before."""
    from sluice_dagster import definitions

    return definitions.defs().get_repository_def()


class Location:
    """The code location over the folders of a pipeline, with an instance of its own."""

    def __init__(self, pipeline: Pipeline, instance: dg.DagsterInstance, monkeypatch):
        for name, value in pipeline.environment(DBT_MANIFEST="", SLUICE_ROOT=str(ROOT)).items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("DBT_MANIFEST", raising=False)
        from sluice_dagster import step

        monkeypatch.setattr(step, "FIRST_PAUSE_SECONDS", PAUSE_SECONDS)
        self.instance = instance
        self.repository = repository()

    def run(self, *selection: str, config: dict | None = None) -> dg.ExecuteInProcessResult:
        """Materializes assets by key; all of them when none is named."""
        job = self.repository.get_job("everything")
        return job.execute_in_process(
            instance=self.instance, raise_on_error=False, run_config=config,
            asset_selection=[dg.AssetKey.from_user_string(key) for key in selection] or None)

    def checks(self, result: dg.ExecuteInProcessResult, key: str) -> dict[str, dg.AssetCheckEvaluation]:
        found = result.get_asset_check_evaluations()
        return {check.check_name: check for check in found if check.asset_key == dg.AssetKey.from_user_string(key)}

    def metadata(self, result: dg.ExecuteInProcessResult, key: str) -> dict:
        for event in result.all_events:
            if event.is_step_materialization and event.asset_key == dg.AssetKey.from_user_string(key):
                return {name: value.value for name, value in event.materialization.metadata.items()}
        raise AssertionError(f"{key} was not materialized")

    def failed_steps(self, result: dg.ExecuteInProcessResult) -> set[str]:
        return {event.step_key for event in result.all_events if event.is_step_failure}

    def sense(self, name: str = "source_changes", cursor: str | None = None) -> dg.SensorEvaluationContext:
        """What a sensor says."""
        context = dg.build_sensor_context(instance=self.instance, repository_def=self.repository, cursor=cursor)
        return self.repository.get_sensor_def(name).evaluate_tick(context)


SELLERS = ("raw/sellers", "processed/sellers", "lnd/sellers")
FILES = 4
ROWS = 30


def fill(pipeline: Pipeline) -> None:
    """Workbooks of which `is_whole` knows what has to be in the warehouse."""
    for file in range(FILES):
        rows = [seller(file * ROWS + number) for number in range(ROWS)]
        write_workbook(pipeline.source / f"Sellers {file}.xlsx", SELLER_HEADER, rows)


def is_whole(pipeline: Pipeline) -> bool:
    """Whether every row that `fill` wrote is in the warehouse, once."""
    keys = [row[0] for row in pipeline.current_rows("sellers", "seller_id")]
    landed = pipeline.query("select count(*), count(distinct (_delivery, _source_row)) from lnd.sellers")
    return len(keys) == len(set(keys)) == FILES * ROWS and landed == [(FILES * ROWS, FILES * ROWS)]


def programs_but(pipeline: Pipeline, program: str, body: str) -> pathlib.Path:
    """A folder of the real programs in which one is a script: `body`, which has the real one in $real."""
    folder = pipeline.folder / "programs"
    folder.mkdir()
    for name in (*PROGRAMS, "pipes-run"):
        (folder / name).symlink_to(pathlib.Path(bin_folder()) / name)
    (folder / program).unlink()
    (folder / program).write_text(f"#!/usr/bin/env bash\nreal={bin_folder()}/{program}\n{body}\n")
    (folder / program).chmod(0o755)
    return folder


def bin_folder() -> str:
    return os.environ.get("SLUICE_BIN", str(ROOT / ".build" / "release"))
