"""An emulator as a child of a test, and its admin routes as methods."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

PACKAGE_FOLDER = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS = 30
STOP_SECONDS = 10


class AdminError(Exception):
    """What the admin route refused."""


class RunningEmulator:
    """Starts `python -m emulators SERVICE ...`; ends it when left. `python` is another interpreter than this one."""

    def __init__(self, service, *arguments, python=sys.executable):
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE_FOLDER), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            [str(python), "-m", "emulators", service, "--watch-stdin", *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the {service} emulator did not start (exit {self.process.wait(START_SECONDS)})")
        self.ready = json.loads(line)
        self.url = self.ready["url"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Closes its standard input, which ends it; its exit status."""
        self.process.stdin.close()
        status = self.process.wait(STOP_SECONDS)
        self.process.stdout.close()
        return status

    def admin(self, method, what, value=None, **query):
        url = f"{self.url}/_admin/{what}" + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if value is None else json.dumps(value).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data, method=method)) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            raise AdminError(error.read().decode()) from None

    def requests(self, **query):
        """The log's entries, the finished ones when `open="false"`."""
        return self.admin("GET", "requests", **query)["requests"]

    def forget_requests(self):
        self.admin("DELETE", "requests")

    def script(self, *rules):
        """Replaces the fault rules."""
        return self.admin("PUT", "faults", list(rules))["faults"]
