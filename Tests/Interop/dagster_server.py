"""A running `scripts/dagster` (webserver and daemon) on a pipeline's folders, and its GraphQL, for tests."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

from pipeline import ROOT, Pipeline

START_SECONDS = 180
STEP_SECONDS = 0.5


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """What a browser would ask."""

    def __init__(self, url: str):
        self.url = url

    def ask(self, query: str, **variables) -> dict:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(f"{self.url}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            document = json.load(answer)
        assert "errors" not in document, document["errors"]
        return document["data"]

    def wait(self, condition, seconds: float, what: str):
        """The first true answer."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                if found := condition():
                    return found
            time.sleep(STEP_SECONDS)
        raise AssertionError(f"{what}: not within {seconds} s")

    def repository(self) -> dict:
        [found] = self.ask("{repositoriesOrError {... on RepositoryConnection {nodes {name location {name}}}}}")["repositoriesOrError"]["nodes"]
        return {"repositoryName": found["name"], "repositoryLocationName": found["location"]["name"]}

    def dependencies(self) -> dict[str, set[str]]:
        """Which assets each asset is made from."""
        nodes = self.ask("{assetNodes {assetKey {path} dependencyKeys {path}}}")["assetNodes"]
        return {"/".join(node["assetKey"]["path"]): {"/".join(key["path"]) for key in node["dependencyKeys"]} for node in nodes}

    def launch(self, job: str, assets: tuple[str, ...] = (), checks: list[tuple[str, str]] | None = None) -> str:
        """Starts a run of the whole job, or of assets and checks (asset, name) of it. What `checks` leaves out Dagster leaves out,
        even when the asset is made: the browser names all checks of the assets that it starts. None stands for them too."""
        selector: dict = {**self.repository(), "jobName": job}
        if assets or checks is not None:
            selector["assetSelection"] = [{"path": key.split("/")} for key in assets]
            selector["assetCheckSelection"] = checks and [{"assetKey": {"path": key.split("/")}, "name": name} for key, name in checks]
        answer = self.ask(
            "mutation($p: ExecutionParams!) {launchRun(executionParams: $p) {__typename ... on LaunchRunSuccess {run {id}} "
            "... on PythonError {message}}}",
            p={"selector": selector, "runConfigData": {}})["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        return answer["run"]["id"]

    def status(self, run: str) -> str:
        return self.ask("query($r: ID!) {runOrError(runId: $r) {... on Run {status}}}", r=run)["runOrError"]["status"]

    def finish(self, run: str, seconds: float) -> str:
        return self.wait(lambda: (status := self.status(run)) in ("SUCCESS", "FAILURE", "CANCELED") and status, seconds, f"end of run {run}")

    def runs_of_sensor(self, name: str) -> list[dict]:
        query = "query($f: RunsFilter!) {runsOrError(filter: $f) {... on Runs {results {id status tags {key value}}}}}"
        return self.ask(query, f={"tags": [{"key": "dagster/sensor_name", "value": name}]})["runsOrError"]["results"]

    def stop_sensor(self, name: str) -> None:
        query = "query($s: SensorSelector!) {sensorOrError(sensorSelector: $s) {... on Sensor {sensorState {id}}}}"
        state = self.ask(query, s={**self.repository(), "sensorName": name})["sensorOrError"]["sensorState"]["id"]
        answer = self.ask("mutation($i: String!) {stopSensor(id: $i) {__typename}}", i=state)["stopSensor"]
        assert answer["__typename"] == "StopSensorMutationResult", answer

    def checks(self, asset: str) -> list[str]:
        """The names of an asset's checks."""
        query = "query($k: [AssetKeyInput!]) {assetNodes(assetKeys: $k) {assetChecksOrError {... on AssetChecks {checks {name}}}}}"
        [node] = self.ask(query, k=[{"path": asset.split("/")}])["assetNodes"]
        return [check["name"] for check in node["assetChecksOrError"]["checks"]]

    def check(self, asset: str, name: str) -> dict | None:
        """The last evaluation of a check: run, success, severity, metadata by label."""
        query = (
            "query($k: AssetKeyInput!, $n: String!) {assetCheckExecutions(assetKey: $k, checkName: $n, limit: 1) "
            "{runId evaluation {success severity metadataEntries {label ... on JsonMetadataEntry {jsonString} "
            "... on IntMetadataEntry {intValue}}}}}")
        found = self.ask(query, k={"path": asset.split("/")}, n=name)["assetCheckExecutions"]
        if not found or not found[0]["evaluation"]:
            return None
        evaluation = found[0]["evaluation"]
        return {"runId": found[0]["runId"], **evaluation, "metadata": {entry["label"]: entry for entry in evaluation["metadataEntries"]}}


@contextlib.contextmanager
def running(pipeline: Pipeline, **environment: str):
    """Starts `scripts/dagster` and ends it with its whole group."""
    port = free_port()
    log = pipeline.folder / "dagster.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(ROOT / "scripts" / "dagster")], env=pipeline.environment(PORT=str(port), **environment), stdout=output,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}")
    try:
        def is_up() -> bool:
            assert process.poll() is None, log.read_text()[-3000:]
            with urllib.request.urlopen(f"{server.url}/server_info", timeout=5) as answer:
                return answer.status == 200

        server.wait(is_up, START_SECONDS, "the webserver")
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def screenshots(server: Server, folder: pathlib.Path, pages: dict[str, str]) -> dict[str, str]:
    """Pictures of pages, by a headless Chromium that Playwright drives (it is in the pipeline's environment), and their texts."""
    script = ROOT / "Tests" / "Interop" / "dagster_pictures.py"
    command = [str(ROOT / ".venv" / "bin" / "python"), str(script), str(folder)]
    done = subprocess.run(
        [*command, *(f"{name}={server.url}{path}" for name, path in pages.items())], check=True, timeout=300,
        stdout=subprocess.PIPE, text=True)
    return {page["name"]: page["text"] for page in map(json.loads, done.stdout.splitlines())}
