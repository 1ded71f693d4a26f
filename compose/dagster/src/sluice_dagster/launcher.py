"""Starts runs in the code server, as Dagster does by default, and notices when a run's process has gone with its server.

Without it such a run is taken for running until its longest time is over, and holds the pool's slot and the queue.
"""
from dagster import DagsterRun
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus
from dagster._core.launcher.default_run_launcher import DefaultRunLauncher
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

ANSWER_SECONDS = 20


class WatchedRunLauncher(DefaultRunLauncher):
    """`run_launcher` of dagster.yaml."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """A server that answers knows its runs; one that does not is asked again later."""
        try:
            client = self._get_grpc_client_for_termination(run.run_id)
            if client is None:
                return CheckRunHealthResult(WorkerStatus.RUNNING)
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=ANSWER_SECONDS)
        except Exception as error:  # noqa: BLE001: whatever the connection throws
            return CheckRunHealthResult(WorkerStatus.RUNNING, f"the code server does not answer: {type(error).__name__}")
        if deserialize_value(answer, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the code server was started anew and does not know the run")
