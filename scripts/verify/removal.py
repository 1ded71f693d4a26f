"""Takes away what a trial has made, and says what it could not."""

import shlex
import shutil

from .findings import FAILED, OK, CheckFailed, required

PART = "clean-up"


class Removal:
    """Everything that a trial makes is named after it; each is removed by one call that does no harm when it is not there."""

    def __init__(self, trial, programs):
        self._trial, self._programs = trial, programs

    def commands(self):
        """(what, program, arguments) in the order of removal."""
        folder = f"{self._trial.lake_folder}/"
        found = []
        if "snowflake" in self._trial.touched:
            found.append((f"database {self._trial.database}", "sf-copy", [*self._trial.to_warehouse(), "--drop-trial"]))
        if "adls" in self._trial.touched:
            found.append((f"folder {folder}", "adls-put", ["--delete", folder, "--with-memory"]))
            found.append((f"temporaries of {folder}", "adls-put", ["--delete-temp", folder, "--older-than", "0"]))
        return found

    def run(self, findings):
        for what, program, arguments in self.commands():
            findings.check(PART, f"remove {what}", lambda: self._call(program, arguments))
            if findings.all[-1].result != OK:
                findings.all[-1].detail += f"; by hand: {program} {shlex.join(map(str, arguments))}"
                # The others are removed all the same.
                findings.forget(PART)
        if "adls" in self._trial.touched:
            findings.check(PART, "nothing is left in the lake", self._nothing_left)
            findings.forget(PART)
        try:
            shutil.rmtree(self._trial.folder)
        except FileNotFoundError:
            pass
        except OSError as error:
            findings.add(PART, f"remove {self._trial.folder}", FAILED, f"{error}; by hand: rm -r {shlex.quote(str(self._trial.folder))}")

    def _call(self, program, arguments):
        required(self._programs.persistently(program, *arguments))

    def _nothing_left(self):
        left = required(self._programs.persistently("adls-put", "--list", f"{self._trial.lake_folder}/")).lines()
        if left:
            raise CheckFailed(f"{len(left)} files")
