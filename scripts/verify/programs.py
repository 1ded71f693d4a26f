"""Runs the pipeline's programs and scripts for the checks, and ends them when somebody wants an end."""

import contextlib
import dataclasses
import json
import os
import re
import signal
import subprocess
import threading
import time

from .addresses import ROOT, programs_folder

# One call that takes longer hangs: a first run over a large folder may take long.
CALL_LIMIT_SECONDS = 4 * 3600
# What is told to end gets so long; then it is killed.
END_SECONDS = 20
# Try again (75) and unreachable (69) pass; a lock of a killed run is free after half a minute.
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 3
PASSING = (69, 75)
PROGRAMS = ("drive-pull", "xlsx2ndjson", "clean", "ndjson2parquet", "adls-put", "sf-copy")
REQUEST_ID = re.compile(r"\b(x-ms-request-id|x-ms-client-request-id|x-goog-request-id|x-guploader-uploadid|x-snowflake-request-id|"
                        r"x-request-id|statement)[ :=]+([0-9A-Za-z_-]{8,})", re.IGNORECASE)


class Interrupted(Exception):
    """A signal came; its number."""


@dataclasses.dataclass
class Done:
    """What a call ended with."""

    status: int
    output: bytes
    errors: str

    def lines(self):
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def last_words(self):
        """The last message, which says why a program failed."""
        lines = [line for line in self.errors.splitlines() if line.strip()]
        return lines[-1].strip() if lines else f"ended with status {self.status} without a word"


class Programs:
    """Calls in the environment of a trial. `request_ids` are those that failed calls told."""

    def __init__(self, trial):
        self._trial = trial
        self._folder = programs_folder(trial.environment)
        self._current = None
        self.signal = None
        self._warning = None
        self.request_ids = []

    def interrupt(self, number, _frame):
        """For signal handlers: ends what runs, and all that would follow."""
        if self._warning is not None:
            return self._warning()
        self.signal = self.signal or number
        if self._current is not None:
            self._send(self._current, signal.SIGTERM)

    def shield(self, warning):
        """From now on signals end nothing; `warning` is called instead."""
        self.signal = None
        self._warning = warning

    def version(self, name):
        return subprocess.run([self._folder / name, "--version"], capture_output=True, text=True, check=False).stdout.strip()

    def missing(self):
        """Names of programs that are not there."""
        return [name for name in PROGRAMS if not os.access(self._folder / name, os.X_OK)]

    def path(self, name):
        return self._folder / name

    def program(self, name, *arguments, text=None):
        """One call of a program; messages as it writes them for people."""
        return self._run([str(self._folder / name), *map(str, arguments)], self._trial.variables("programs"), text)

    def persistently(self, name, *arguments):
        """The same, again for a while whatever it says, but for what no time mends: somebody may still hold what is to go."""
        return patiently(lambda: self.program(name, *arguments), self.raise_signal, passing=lambda status: status not in (0, 64, 77, 78))

    def script(self, name, *arguments, place, warehouse=None, **more):
        """A script of the pipeline, whose files lie in `place` of the trial's folder."""
        return self._run([str(ROOT / "scripts" / name), *arguments], {**self._trial.variables(place, warehouse), **more}, None)

    def start(self, name, *arguments, place, log, **more):
        """The same, running, with its messages in a file; `kill` ends it."""
        with open(log, "wb") as messages:
            return self._start([str(ROOT / "scripts" / name), *arguments], {**self._trial.variables(place), **more}, messages=messages)

    def finish(self, process, text=None):
        self._current = process
        try:
            output, errors = process.communicate(input=text, timeout=CALL_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._send(process, signal.SIGKILL)
            output, errors = process.communicate()
        finally:
            self._current = None
        self.raise_signal()
        done = Done(process.returncode, output, errors.decode(errors="replace"))
        if done.status not in (0, *PASSING):
            self.request_ids += [f"{name} {value}" for name, value in REQUEST_ID.findall(done.errors)]
        return done

    def kill(self, process):
        """SIGKILL to all of it, if it still runs."""
        self._send(process, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=END_SECONDS)

    def raise_signal(self):
        if self.signal:
            raise Interrupted(self.signal)

    def _run(self, command, environment, text):
        return self.finish(self._start(command, environment, gives=text is not None), text)

    def _start(self, command, environment, gives=False, messages=None):
        self.raise_signal()
        # A session of its own: Ctrl-C is ours to handle, and everything it starts can be ended with it.
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE if gives else subprocess.DEVNULL,
                                stdout=messages or subprocess.PIPE, stderr=messages or subprocess.PIPE, start_new_session=True)

    @staticmethod
    def _send(process, number):
        if process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        if number != signal.SIGKILL:
            timer = threading.Timer(END_SECONDS, Programs._send, [process, signal.SIGKILL])
            timer.daemon = True
            timer.start()


def patiently(call, between=lambda: None, passing=lambda status: status in PASSING):
    """The outcome of a call, made again for a while when it ends with a status that passes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        done = call()
        if not passing(done.status) or time.monotonic() > deadline:
            return done
        between()
        time.sleep(PAUSE_SECONDS)
