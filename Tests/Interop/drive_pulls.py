"""drive-pull against the Drive emulator: what test_drive_pull*.py need."""

import dataclasses
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

from drive_clients import ROOT, start

PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN", ROOT / ".build" / "release")) / "drive-pull"
RUN_LIMIT_SECONDS = 300
# Waits between attempts are that short in tests.
RETRY_SECONDS = "0.02"
SHEET = "application/vnd.google-apps.spreadsheet"


@dataclasses.dataclass
class Pulled:
    """What one run printed."""

    status: int
    lines: list
    errors: str
    report: dict

    def statuses(self):
        """drive_path -> status"""
        return {line["file"]["drive_path"]: line["status"] for line in self.lines}

    def paths(self):
        return sorted(line["file"]["drive_path"] for line in self.lines)


class Puller:
    """Runs drive-pull in a folder of its own; `records` are what the lake would remember of what it printed."""

    def __init__(self, emulator, folder, credentials="service_account"):
        self.emulator = emulator
        self.folder = pathlib.Path(folder)
        self.output = self.folder / "pulled"
        self.state = self.folder / "state.ndjson"
        self.records = []
        self.root = f"https://drive.google.com/drive/folders/{emulator.ready['folder']}?usp=sharing"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GOOGLE_", "GCE_", "CLOUDSDK_"))},
            "HOME": str(self.folder), "NO_GCE_CHECK": "true", "SLUICE_RETRY_SECONDS": RETRY_SECONDS,
            "SLUICE_DRIVE_API": f"{emulator.url}/drive/v3", "SLUICE_IAM_API": emulator.url}
        if credentials:
            self.environment["GOOGLE_APPLICATION_CREDENTIALS"] = emulator.ready["credentials"][credentials]

    def command(self, *options, root=None):
        (self.folder / "known.ndjson").write_text("".join(json.dumps(record) + "\n" for record in self.records))
        return [str(PROGRAM), *([root or self.root] if not isinstance(root, list) else root), "--output", str(self.output),
                "--known", str(self.folder / "known.ndjson"), "--report", str(self.folder / "report.json"),
                "--quiet-period", "0", "--quota-units", "100000000", *map(str, options)]

    def start(self, *options, root=None, **environment):
        return subprocess.Popen(
            self.command(*options, root=root), env={**self.environment, **environment}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True)

    def run(self, *options, expect=0, root=None, **environment):
        (self.folder / "report.json").unlink(missing_ok=True)
        done = subprocess.run(
            self.command(*options, root=root), env={**self.environment, **environment}, capture_output=True,
            timeout=RUN_LIMIT_SECONDS, check=False)
        errors = done.stderr.decode()
        if expect is not None:
            assert done.returncode == expect, f"exit status {done.returncode}, expected {expect}\n{errors}"
        lines = [json.loads(line) for line in done.stdout.decode().splitlines()]
        report = self.folder / "report.json"
        return Pulled(done.returncode, lines, errors, json.loads(report.read_text()) if report.exists() else {})

    def deliver(self, *options, expect=0, **more):
        """Runs, and remembers the deliveries as the lake would."""
        pulled = self.run(*options, expect=expect, **more)
        self.remember(pulled)
        return pulled

    def remember(self, pulled):
        for line in pulled.lines:
            if line["status"] != "unchanged":
                moment = 1_000_000 + len(self.records)
                self.records.append({**line, "delivered_at": f"2026-01-02T{moment // 3600 % 24:02d}:{moment // 60 % 60:02d}:"
                                                             f"{moment % 60:02d}.000Z"})

    def files(self):
        """What lies in the output folder, without what is unfinished: relative path -> bytes."""
        return {str(path.relative_to(self.output)): path.read_bytes() for path in sorted(self.output.rglob("*"))
                if path.is_file() and not str(path.relative_to(self.output)).startswith(".partial/")}

    def check(self, pulled):
        """Every line of a file that is there names a file of that length and those digests."""
        for line in pulled.lines:
            if line["status"] == "deleted":
                continue
            content = pathlib.Path(line["path"]).read_bytes()
            file = line["file"]
            assert len(content) == file["bytes"], line
            assert hashlib.sha256(content).hexdigest() == file["sha256"], line
            assert hashlib.md5(content).hexdigest() == file["md5"], line


def killed(process):
    """Ends a run in flight; true when it was still in flight."""
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def tree(emulator):
    """The truth: id -> item."""
    return {item["id"]: item for item in emulator.admin("GET", "tree")["items"]}


def change(emulator, *scripts):
    return [each["id"] for each in emulator.admin("POST", "changes", list(scripts))["changes"]]


def wait_for_stall(emulator, operation):
    """Until a request of this kind hangs in the middle of its answer."""
    deadline = time.monotonic() + RUN_LIMIT_SECONDS
    while not any(entry.get("stalled") for entry in emulator.requests(operation=operation, open="true")):
        assert time.monotonic() < deadline, "nothing stalls"
        time.sleep(0.01)


def rule(*actions, operation="files.media", **more):
    match = {"operation": operation, **{name: more.pop(name) for name in ("subject", "headers", "query") if name in more}}
    return {"match": match, "actions": list(actions), **more}


def started(folder, *arguments):
    return start("--credentials", folder, *arguments)


# For tests of which each begins with an empty Drive. A file of tests that wants them imports all three.

@pytest.fixture(scope="module")
def credentials(tmp_path_factory):
    return tmp_path_factory.mktemp("credentials")


@pytest.fixture
def emulator(credentials):
    with started(credentials) as running:
        yield running


@pytest.fixture
def puller(emulator, tmp_path):
    return Puller(emulator, tmp_path)
