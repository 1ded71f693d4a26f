"""The services of compose.yaml, brought up by Docker Compose: on Docker, or on podman's Docker API."""
import contextlib
import json
import os
import pathlib
import secrets
import socket
import subprocess
import threading
import time
import urllib.request

COMPOSE = pathlib.Path(__file__).resolve().parents[2] / "compose"
PROJECT = "sluice-check"
UP_SECONDS = 900
HEALTH_SECONDS = 3
API_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def podman_api(folder: pathlib.Path):
    """podman's Docker API on a socket, and, where no systemd does it, its health checks. Yields what clients need to know."""
    path = folder / "podman.sock"
    path.unlink(missing_ok=True)
    over = threading.Event()
    with subprocess.Popen(["podman", "system", "service", "--time=0", f"unix://{path}"]) as service:
        watch = threading.Thread(target=_check_health, args=(over,))
        try:
            end = time.monotonic() + API_SECONDS
            while not path.exists():
                if service.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("podman's API does not start")
                time.sleep(0.2)
            if not pathlib.Path("/run/systemd/system").exists():
                watch.start()
            yield {"DOCKER_HOST": f"unix://{path}"}
        finally:
            over.set()
            if watch.is_alive():
                watch.join()
            service.terminate()


def _check_health(over: threading.Event) -> None:
    """What podman leaves to timers of systemd."""
    while not over.wait(HEALTH_SECONDS):
        states = [f"--filter=health={state}" for state in ("starting", "healthy", "unhealthy")]
        found = subprocess.run(["podman", "ps", "-q", *states], capture_output=True, text=True)
        for container in found.stdout.split():
            subprocess.run(["podman", "healthcheck", "run", container], capture_output=True)


class Services:
    """All services, the dashboard too, in a project of their own with volumes of their own."""

    def __init__(self, environment: dict[str, str]):
        self.web, self.dashboard = free_port(), free_port()
        self.environment = {
            **os.environ, **environment, "COMPOSE_PROJECT_NAME": PROJECT, "COMPOSE_PROFILES": "dashboard",
            "WEBSERVER_PORT": str(self.web), "DASHBOARD_PORT": str(self.dashboard)}

    def compose(self, *arguments: str, **more) -> subprocess.CompletedProcess:
        command = ["docker", "compose", "--project-directory", str(COMPOSE), *arguments]
        return subprocess.run(command, env=self.environment, **{"check": True, **more})

    @contextlib.contextmanager
    def up(self, *options: str):
        """Waits until all are healthy; afterwards nothing of them is left, neither volumes nor networks."""
        password = COMPOSE / "secrets" / "pg_password"
        made = not password.exists()
        if made:
            password.parent.mkdir(mode=0o700, exist_ok=True)
            password.write_text(secrets.token_hex(24))
            password.chmod(0o644)
        try:
            self.compose("up", "--detach", "--wait", "--wait-timeout", str(UP_SECONDS), *options)
            yield self
        except BaseException:
            self.compose("ps", "--all", check=False)
            self.compose("logs", "--tail", "60", check=False)
            raise
        finally:
            self.compose("down", "--volumes", "--timeout", "30", check=False)
            if made:
                password.unlink()

    def health(self) -> dict[str, str]:
        """The health of each service."""
        done = self.compose("ps", "--format", "json", capture_output=True, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return {line["Service"]: line["Health"] for line in lines}

    def put(self, folder: pathlib.Path, place: str) -> None:
        """Copies the files of a folder into the data volume, through the container that has it."""
        with subprocess.Popen(["tar", "-C", str(folder), "-c", "."], stdout=subprocess.PIPE) as files:
            self.execute("sh", "-c", f"mkdir -p {place} && tar -x --no-same-owner -C {place}", stdin=files.stdout)

    def execute(self, *command: str, **more) -> str:
        """Runs a command in the container in which runs happen; gives what it prints."""
        return self.compose("exec", "-T", "code", *command, stdout=subprocess.PIPE, text=True, **more).stdout

    def ask(self, query: str, **variables) -> dict:
        """The webserver's GraphQL."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        address = f"http://127.0.0.1:{self.web}/graphql"
        with urllib.request.urlopen(urllib.request.Request(address, body, {"Content-Type": "application/json"}), timeout=60) as answer:
            document = json.load(answer)
        if "errors" in document:
            raise RuntimeError(f"GraphQL: {document['errors']}")
        return document["data"]
