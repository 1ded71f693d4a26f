"""adls-put against the emulator: what test_adls_put*.py need."""

import json
import os
import subprocess

from adls_clients import ACCOUNT, KEY, LAKE, ROOT

PROGRAM = ROOT / ".build" / "release" / "adls-put"
URL = f"abfss://{LAKE}@{ACCOUNT}.dfs.core.windows.net"
# A call that takes longer hangs.
LIMIT_SECONDS = 120
# What a shell may have set for the person who runs the tests.
FOREIGN = ("AZURE_", "IDENTITY_", "SLUICE_ADLS", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY")


def environment(emulator, **more):
    """The emulator's key, unless `more` has other credentials; None drops a variable."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    given = {"AZURE_STORAGE_KEY": KEY, "SLUICE_ADLS_ENDPOINT": emulator.ready["endpoint"], **more}
    return clean | {name: str(value) for name, value in given.items() if value is not None}


def start(emulator, *arguments, **more):
    return subprocess.Popen([str(PROGRAM), *map(str, arguments)], env=environment(emulator, **more), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


def run(emulator, *arguments, given=None, expect=0, **more):
    """The finished process; `expect` None takes every status."""
    done = subprocess.run([str(PROGRAM), *map(str, arguments)], env=environment(emulator, **more), input=given, capture_output=True,
                          timeout=LIMIT_SECONDS, check=False)
    assert expect is None or done.returncode == expect, f"exit {done.returncode}: {done.stderr.decode()}"
    return done


def lines(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def put(emulator, local, to, *arguments, **more):
    """The line of one file that was put."""
    return lines(run(emulator, local, "--to", to, *arguments, **more))[0]


def listed(emulator, url=f"{URL}/"):
    """{path: line} of --list."""
    return {each["path"]: each for each in lines(run(emulator, "--list", url))}


def cat(emulator, path):
    return run(emulator, "--cat", f"{URL}/{path}").stdout
