"""The services of compose.yaml: what is killed in mid-run ends by itself, and the next run leaves complete data in one copy; what a
run that a browser starts evaluates."""
import pathlib

import pytest

from dagster_home import SELLERS, bin_folder, fill, is_whole, programs_but
from dagster_stack import Stack, stack
from pipeline import SELLER_HEADER, Pipeline, seller, write_workbook

pytestmark = pytest.mark.long

RUN_SECONDS = 600
# Monitoring looks every few seconds here; the rest is what a busy machine needs.
NOTICE_SECONDS = 180


class Gate:
    """A program that says when it is reached, and waits there."""

    def __init__(self, pipeline: Pipeline, program: str, call: str):
        self.reached, self.open = pipeline.folder / "reached", pipeline.folder / "open"
        pipeline.binaries = programs_but(pipeline, program, (
            f'[[ "$*" == *{call}* ]] || exec "$real" "$@"\ntouch {self.reached}\n'
            f'for ((tenth = 0; tenth < 3000; tenth++)); do [[ ! -e {self.open} ]] || exec "$real" "$@"; sleep 0.1; done\nexit 70'))

    def let_through(self) -> None:
        self.open.touch()


CLEAN, LOAD = ("clean", "--delivery"), ("sf-copy", "--mode")


@pytest.fixture
def gate(request, pipeline) -> Gate:
    pipeline.binaries = pathlib.Path(bin_folder())
    fill(pipeline)
    return Gate(pipeline, *request.param)


def ends_well(services: Stack, pipeline: Pipeline, run: str) -> None:
    """The killed run is seen to have failed, by whatever watches runs; what follows it makes the data whole."""
    assert services.finish(run, NOTICE_SECONDS) == "FAILURE"
    again = services.wait(lambda: services.server.launch("everything", SELLERS), NOTICE_SECONDS, "a new run")
    assert services.finish(again, RUN_SECONDS) == "SUCCESS"
    assert is_whole(pipeline)


@pytest.mark.parametrize("gate", [CLEAN, LOAD], ids=["processing", "loading"], indirect=True)
def test_postgres_killed_in_mid_run(pipeline, gate):
    with stack(pipeline) as services:
        run = services.server.launch("everything", SELLERS)
        services.wait(gate.reached.exists, RUN_SECONDS, "the step in mid-run")
        services.postgres.kill()
        gate.let_through()
        # The step ends and has nobody to tell; nor has the server that sees its process gone.
        services.wait(lambda: not services.runs(), RUN_SECONDS, "the end of the run's process")
        services.wait(lambda: "cannot be looked after" in services.log("code"), NOTICE_SECONDS, "the code server's warning")
        services.postgres.start()
        ends_well(services, pipeline, run)


@pytest.mark.parametrize("gate", [LOAD], ids=["loading"], indirect=True)
def test_the_code_server_killed_in_mid_run(pipeline, gate):
    with stack(pipeline) as services:
        run = services.server.launch("everything", SELLERS)
        services.wait(gate.reached.exists, RUN_SECONDS, "the step in mid-run")
        services.kill("code")
        gate.let_through()
        services.start("code")
        ends_well(services, pipeline, run)


def test_the_checks_of_a_run_that_a_browser_starts(pipeline):
    """Its list of checks is that of the assets; one without them changes nothing; a check alone says what to do."""
    pipeline.binaries = pathlib.Path(bin_folder())
    with stack(pipeline) as services:
        server = services.server
        # Its run would take the workbook before ours: then ours finds nothing new, and the checks keep its verdicts.
        server.stop_sensor("source_changes")
        every = [(key, name) for key in SELLERS for name in server.checks(key)]
        assert len(every) == 8
        for day, checks in enumerate((every, [])):
            rows = [seller(number) for number in range(5 + day)]
            write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, rows, time=1_527_900_000 + day)
            run = server.launch("everything", SELLERS, checks)
            assert services.finish(run, RUN_SECONDS) == "SUCCESS"
            assert {server.check(key, name)["runId"] for key, name in every} == {run}
        alone = server.launch("everything", (), [("processed/sellers", "rejected_rows")])
        assert services.finish(alone, RUN_SECONDS) == "FAILURE"
