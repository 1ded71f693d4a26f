"""Dagster as compose.yaml runs it (Postgres, code server, webserver, daemon), as processes of this machine, for tests.

The configuration is compose/dagster's own; only addresses, folders and the pace of monitoring are the test's.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import yaml

from dagster_server import START_SECONDS, Server, free_port
from pipeline import ROOT, Pipeline

CONFIGURATION = ROOT / "compose" / "dagster"
POLL_SECONDS = 5
STEP_SECONDS = 0.5
USER = "sluice"


def postgres_program(name: str) -> str:
    """Debian keeps the server's programs beside its version and not in PATH."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name)
    assert program, f"{name} is missing: apt-get install postgresql (scripts/setup-system --postgres)"
    return program


class Postgres:
    """A server on loopback, with a folder of its own. It refuses to be root, so root starts it as the user postgres."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="postgres-"))
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.prefix: list[str] = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.prefix = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
        subprocess.run(
            [*self.prefix, postgres_program("initdb"), "-D", str(self.folder / "data"), "-U", USER, "-A", "trust", "-E", "UTF8"],
            check=True, stdout=subprocess.DEVNULL)

    def start(self) -> None:
        log = (self.folder.parent / f"{self.folder.name}.log").open("a")
        self.process = subprocess.Popen(
            [*self.prefix, postgres_program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
             "-k", str(self.folder)], stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        ask = [postgres_program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "-d", "postgres", "-c", "select 1"]
        while subprocess.run(ask, capture_output=True).returncode:
            assert self.process.poll() is None and time.monotonic() < end, "Postgres does not start"
            time.sleep(STEP_SECONDS)

    def kill(self) -> None:
        """The postmaster and all its children at once, as when the machine's memory is short or the container is killed."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def remove(self) -> None:
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder.parent / f"{self.folder.name}.log").unlink(missing_ok=True)


class Stack:
    """What is killed comes back with `start`; what ends by itself is started again while somebody waits, as compose.yaml says."""

    def __init__(self, pipeline: Pipeline, postgres: Postgres):
        self.pipeline, self.postgres = pipeline, postgres
        self.home = pipeline.folder / "dagster"
        self.home.mkdir()
        code_port, web_port = free_port(), free_port()
        self.server = Server(f"http://127.0.0.1:{web_port}")
        self.processes: dict[str, subprocess.Popen] = {}
        self._configure(code_port)
        binaries = pathlib.Path(sys.executable).parent
        workspace = ["-w", str(self.home / "workspace.yaml")]
        self.commands = {
            "code": [f"{binaries}/dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(code_port), "-m", "sluice_dagster.definitions"],
            "webserver": [f"{binaries}/dagster-webserver", "-h", "127.0.0.1", "-p", str(web_port), *workspace],
            "daemon": [f"{binaries}/dagster-daemon", "run", *workspace]}
        self.environment = pipeline.environment(
            SLUICE_ROOT=str(ROOT), DAGSTER_HOME=str(self.home), PYTHONPATH=str(CONFIGURATION / "src"), DAGSTER_PG_HOST="127.0.0.1",
            DAGSTER_PG_USER=USER, DAGSTER_PG_PASSWORD="not asked for", DAGSTER_PG_DB="postgres", DO_NOT_TRACK="1",
            PATH=f"{binaries}:{os.environ['PATH']}")

    def _configure(self, code_port: int) -> None:
        instance = yaml.safe_load((CONFIGURATION / "dagster.yaml").read_text())
        instance["storage"]["postgres"]["postgres_db"]["port"] = self.postgres.port
        instance["compute_logs"]["config"]["base_dir"] = str(self.home / "logs")
        instance["local_artifact_storage"]["config"]["base_dir"] = str(self.home / "artifacts")
        instance["run_monitoring"].update(poll_interval_seconds=POLL_SECONDS, free_slots_after_run_end_seconds=POLL_SECONDS)
        (self.home / "dagster.yaml").write_text(yaml.safe_dump(instance))
        workspace = yaml.safe_load((CONFIGURATION / "workspace.yaml").read_text())
        workspace["load_from"][0]["grpc_server"].update(host="127.0.0.1", port=code_port)
        (self.home / "workspace.yaml").write_text(yaml.safe_dump(workspace))

    def start(self, name: str) -> None:
        log = (self.home / f"{name}.log").open("a")
        self.processes[name] = subprocess.Popen(
            self.commands[name], env=self.environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            start_new_session=True)

    def kill(self, name: str) -> None:
        """The service and the runs that it started, as when its container is killed."""
        children = self.runs() if name == "code" else []
        process = self.processes.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def runs(self) -> list[int]:
        """The processes of runs: children of the code server."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                parent = int(folder.joinpath("stat").read_text().rsplit(")", 1)[1].split()[1])
                if parent == self.processes["code"].pid and b"spawn_main" in folder.joinpath("cmdline").read_bytes():
                    found.append(int(folder.name))
        return found

    def wait(self, condition, seconds: float, what: str):
        """The first true answer; what the services say when there is none."""
        def look():
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self.start(name)
            # Services that are about to come back answer with errors, or without what was asked for.
            with contextlib.suppress(AssertionError, KeyError, ValueError):
                return condition()

        try:
            return self.server.wait(look, seconds, what)
        except AssertionError as error:
            tails = [f"== {name}\n{self.log(name)[-3000:]}" for name in self.commands]
            raise AssertionError("\n".join([str(error), *tails])) from None

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text()

    def finish(self, run: str, seconds: float) -> str:
        return self.wait(
            lambda: (status := self.server.status(run)) in ("SUCCESS", "FAILURE", "CANCELED") and status, seconds, f"end of run {run}")


@contextlib.contextmanager
def stack(pipeline: Pipeline):
    """All services up, and all of them ended at last."""
    postgres = Postgres()
    try:
        postgres.start()
        found = Stack(pipeline, postgres)
        for name in found.commands:
            found.start(name)
        try:
            found.wait(lambda: found.server.repository(), START_SECONDS, "the webserver with its code location")
            yield found
        finally:
            for name in list(found.processes):
                found.kill(name)
    finally:
        postgres.remove()
