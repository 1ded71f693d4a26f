"""A program that dies in the pipe publishes nothing, and a run that dies between two steps is finished by the next."""
import pytest

from pipeline import SELLER_HEADER, WITHOUT_TESTS, Pipeline, seller, write_workbook

ROWS = 500
PIPE = {
    # The program dies at a row boundary: its reader sees a clean end of the stream, only the status tells.
    "xlsx2ndjson": '"$real" "$@" | head -n 100; kill -9 $$',
    "clean": 'head -n 100 | "$real" "$@"; kill -9 $$',
    "ndjson2parquet": 'head -n 100 | "$real" "$@"; kill -9 $$',
}


def prepare(pipeline: Pipeline) -> None:
    write_workbook(pipeline.source / "People/Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(ROWS)])


def check_complete(pipeline: Pipeline) -> None:
    pipeline.unwrap()
    pipeline.run()
    assert pipeline.query("select count(*), count(distinct seller_id) from lnd.sellers") == [(ROWS, ROWS)]
    assert pipeline.statuses("sellers") == ["current"]
    assert len(list((pipeline.lake / "raw").rglob("*.xlsx"))) == 1
    leftovers = [path for path in pipeline.lake.rglob("*") if path.is_file() and (".tmp" in path.name or ".partial" in path.name)]
    assert not leftovers


@pytest.mark.parametrize("program", PIPE)
def test_a_program_killed_at_a_row_boundary_publishes_nothing(pipeline, program):
    prepare(pipeline)
    pipeline.wrap(**{program: PIPE[program]})
    output = pipeline.run(expect=65)
    assert "nothing is published" in output
    assert not (pipeline.lake / "processed").exists()
    assert pipeline.query("select count(*) from lnd.sellers") == [(0,)]
    check_complete(pipeline)


KILL_ALL = "kill -9 -- -$(ps -o pgid= -p $$ | tr -d ' ')"
CRASHES = {
    "before the pull": ("drive_pull", "", None),
    "after the pull": ("drive_pull", "after", None),
    "before the record": ("adls_put", "", "--as raw"),
    "after the record": ("adls_put", "after", "--as raw"),
    "before the workbook is read": ("adls_put", "", "--get"),
    "before the pipe": ("clean", "", None),
    "before the processed manifest": ("adls_put", "", "--as processed"),
    "after the processed manifest": ("adls_put", "after", "--as processed"),
    "before the load": ("sf_copy", "", "--mode deliver"),
    "after the load": ("sf_copy", "after", "--mode deliver"),
    "before the run is recorded": ("sf_copy", "", "--record-run"),
}


@pytest.mark.parametrize("moment", CRASHES)
def test_a_run_that_dies_between_steps_is_finished_by_the_next(pipeline, moment):
    program, when, argument = CRASHES[moment]
    prepare(pipeline)
    condition = f'[[ "$*" == *"{argument}"* ]]' if argument else "true"
    call = '"$real" "$@"; ' if when == "after" else ""
    pipeline.wrap(**{program: f'if {condition}; then {call}{KILL_ALL}; fi; exec "$real" "$@"'})
    pipeline.run(expect=None)
    assert pipeline.status in (-9, 137)
    check_complete(pipeline)


def test_a_run_that_dies_around_the_marts_has_them_built_by_the_next(pipeline):
    prepare(pipeline)
    steps = "pull,process,load,marts"
    for moment in ("--marts-due", "--record-run"):
        pipeline.wrap(sf_copy=f'if [[ "$*" == *"{moment}"* ]]; then {KILL_ALL}; fi; exec "$real" "$@"')
        pipeline.run(steps=steps, expect=None, **WITHOUT_TESTS)
        assert pipeline.status in (-9, 137), moment
        assert pipeline.query("select count(*) from ops.runs") == [(0,)], moment
    pipeline.unwrap()
    assert "marts: ok" in pipeline.run(steps=steps, **WITHOUT_TESTS)
    assert pipeline.query("select count(*) from marts.dim_seller where seller_id in (select seller_id from lnd.sellers)") == [
        (ROWS,)]
    assert pipeline.query("select kind, status from ops.runs order by all") == [("marts", "ok"), ("pipeline", "ok")]
