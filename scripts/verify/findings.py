"""The checks in their order, with what each found, and the report that is made of it."""

import contextlib
import dataclasses
import os
import time

from .programs import Interrupted

OK, FAILED, NOT_RUN = "ok", "FAILED", "not run"


class CheckFailed(Exception):
    """What a check found instead of what it should."""


@dataclasses.dataclass
class Finding:
    part: str
    what: str
    result: str
    seconds: float
    detail: str


class Findings:
    """Runs checks one after the other; of a part with a failed check the rest is not run, and is told as that."""

    def __init__(self, redactor, say):
        self._redactor, self._say = redactor, say
        self.all = []
        self._failed_parts = set()

    def check(self, part, what, body, needs=()):
        """Runs `body`, which gives a detail to tell, or raises CheckFailed."""
        broken = [name for name in (part, *needs) if name in self._failed_parts]
        if broken:
            self._failed_parts.add(part)
            return self._add(Finding(part, what, NOT_RUN, 0.0, f"because {broken[0]} failed"))
        began = time.monotonic()
        try:
            detail = body() or ""
            result = OK
        except CheckFailed as failure:
            detail, result = str(failure), FAILED
            self._failed_parts.add(part)
        except Interrupted:
            self._add(Finding(part, what, NOT_RUN, time.monotonic() - began, "interrupted"))
            raise
        return self._add(Finding(part, what, result, time.monotonic() - began, detail))

    def forget(self, part):
        """What follows in this part does not stand on what failed."""
        self._failed_parts.discard(part)

    def add(self, part, what, result, detail):
        self._add(Finding(part, what, result, 0.0, detail))

    def _add(self, finding):
        self.all.append(finding)
        self._say(f"{finding.result:8}{finding.part:11}{finding.what} ({finding.seconds:.1f} s)"
                  + (f": {self._redactor.secrets_out(finding.detail)}" if finding.detail else ""))

    @property
    def is_good(self):
        return bool(self.all) and all(finding.result == OK for finding in self.all)


def required(done, what="", statuses=(0,)):
    """A call that must have ended so."""
    if done.status not in statuses:
        raise CheckFailed(f"{what + ': ' if what else ''}exit status {done.status}: {done.last_words}")
    return done


def markdown(findings, facts, redactor):
    """The report: a table of facts, a table of findings. Nothing in it is a secret."""
    good = "passed" if findings.is_good else "FAILED"
    lines = [f"# Verification against the cloud: {good}", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {cell(redactor.clean(value))} |" for name, value in facts]
    lines += ["", "| part | check | result | seconds | detail |", "|---|---|---|---|---|"]
    for each in findings.all:
        result = each.result if each.result == OK else f"**{each.result}**"
        lines.append(f"| {each.part} | {cell(redactor.clean(each.what))} | {result} | {each.seconds:.1f} | {cell(redactor.clean(each.detail))} |")
    counted = {result: sum(each.result == result for each in findings.all) for result in (OK, FAILED, NOT_RUN)}
    lines += ["", ", ".join(f"{count} {result}" for result, count in counted.items() if count) + ".", "",
              "Not checked: the marts (dbt), Power BI, Dagster; faults of the services; other users' rights.", ""]
    return "\n".join(lines)


def cell(text):
    return " ".join(text.replace("|", "\\|").split())


def write_report(text, folder, moment):
    """A file named after the time, which appears whole; its path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{moment:%Y-%m-%dT%H%MZ}"
    path, number = folder / f"{name}.md", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.md"
    partial = path.with_name(path.name + ".partial")
    try:
        with open(partial, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    return path
