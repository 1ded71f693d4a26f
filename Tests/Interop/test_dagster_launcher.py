"""Whether a run's process is still there: what the launcher makes of the code server's answers, and the server of a database that is away."""
import importlib
import logging
import threading

import dagster as dg
import pytest
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher.base import WorkerStatus
from dagster._grpc.server import DagsterApiServer
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import serialize_value

import dagster_home  # noqa: F401: puts the code location in the path
from sluice_dagster import code_server
from sluice_dagster.launcher import WatchedRunLauncher

RUN = dg.DagsterRun(job_name="everything", run_id="3c64acd6-4ff2-4c17-9bb9-b5d56b4ab0cd")


class CodeServer:
    """Answers with `knows`, or throws it."""

    def __init__(self, knows: bool | Exception):
        self.knows, self.asked = knows, []

    def can_cancel_execution(self, request: CanCancelExecutionRequest, timeout: int) -> str:
        self.asked.append((request.run_id, timeout))
        if isinstance(self.knows, Exception):
            raise self.knows
        return serialize_value(CanCancelExecutionResult(can_cancel=self.knows))


def health(monkeypatch, server: CodeServer | None):
    launcher = WatchedRunLauncher()
    monkeypatch.setattr(launcher, "_get_grpc_client_for_termination", lambda run_id: server)
    return launcher.check_run_worker_health(RUN)


def test_monitoring_asks_this_launcher_at_all():
    assert WatchedRunLauncher().supports_check_run_worker_health


def test_a_run_that_its_server_knows_goes_on(monkeypatch):
    server = CodeServer(True)
    assert health(monkeypatch, server).status == WorkerStatus.RUNNING
    [(run, timeout)] = server.asked
    assert run == RUN.run_id and 0 < timeout <= 30


def test_a_run_that_its_server_does_not_know_has_gone_with_the_server_before(monkeypatch):
    found = health(monkeypatch, CodeServer(False))
    assert found.status == WorkerStatus.NOT_FOUND and "started anew" in found.msg


@pytest.mark.parametrize("error", [ConnectionError("refused"), TimeoutError(), DagsterUserCodeUnreachableError("no answer")])
def test_a_server_that_does_not_answer_is_asked_again_later(monkeypatch, error):
    found = health(monkeypatch, CodeServer(error))
    assert found.status == WorkerStatus.RUNNING and type(error).__name__ in found.msg


def test_a_run_of_which_no_server_is_recorded_is_left_alone(monkeypatch):
    assert health(monkeypatch, None).status == WorkerStatus.RUNNING


class Gone:
    exitcode = 1

    def is_alive(self) -> bool:
        return False


class Database:
    """What the server asks about a run whose process has gone: away at first, then back."""

    def __init__(self):
        self.is_away, self.failed = True, []

    def __enter__(self):
        if self.is_away:
            raise ConnectionRefusedError("the database is away")
        return self

    def __exit__(self, *_):
        return None

    def get_run_by_id(self, run_id: str) -> dg.DagsterRun:
        return RUN

    def report_engine_event(self, *_, **__):
        return None

    def report_run_failed(self, run: dg.DagsterRun) -> None:
        self.failed.append(run.run_id)


def test_the_server_looks_after_its_runs_again_when_the_database_is_back(monkeypatch, caplog):
    monkeypatch.setattr(DagsterApiServer, "_check_for_orphaned_runs", DagsterApiServer._check_for_orphaned_runs)
    code_server.keep_watching()
    once = DagsterApiServer._check_for_orphaned_runs
    code_server.keep_watching()
    assert DagsterApiServer._check_for_orphaned_runs is once, "loaded twice, put around it once"

    database = Database()
    monkeypatch.setattr(dg.DagsterInstance, "from_ref", lambda reference: database)
    server = object.__new__(DagsterApiServer)
    server._logger, server._execution_lock = logging.getLogger("code server"), threading.Lock()
    server._executions, server._termination_events = {RUN.run_id: (Gone(), None)}, {RUN.run_id: threading.Event()}
    server._termination_times, server._shutdown_once_executions_finish_event = {}, threading.Event()
    with caplog.at_level(logging.WARNING):
        server._check_for_orphaned_runs()
    assert list(server._executions) == [RUN.run_id] and database.failed == []
    assert "trying again: ConnectionRefusedError" in caplog.text
    database.is_away = False
    server._check_for_orphaned_runs()
    assert server._executions == {} and database.failed == [RUN.run_id]


def test_a_server_that_has_the_definitions_tries_again():
    importlib.import_module("sluice_dagster.definitions")
    assert getattr(DagsterApiServer._check_for_orphaned_runs, "tries_again", False)
