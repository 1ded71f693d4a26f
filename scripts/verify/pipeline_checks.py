"""The pipeline over all three: killed and run again, run twice, loaded twice, and compared with DuckDB."""

import collections
import hashlib
import json
import shlex
import signal
import time

from .findings import CheckFailed, required
from .programs import PROGRAMS, patiently

STEPS = "pull,process,load"
# What differs between two loads of the same deliveries (the design's "same rows").
LEFT_OUT = {"_loaded_at", "loaded_at", "run"}
KILL_LIMIT_SECONDS = 4 * 3600
GLANCE_SECONDS = 0.05
# The journal holds the handle of each statement that runs (sf-copy --state).
HALTING_LOAD = """\
#!/usr/bin/env bash
if [[ " $* " == *" --mode deliver "* ]]; then
    {program} "$@" &
    while kill -0 $! 2>/dev/null && ! compgen -G {state}/'*.statement' >/dev/null; do sleep 0.02; done
    if kill -STOP $! 2>/dev/null; then echo "with a statement running"; else echo "when the first load had just ended"; fi >{mark}.partial
    mv {mark}.partial {mark}
    sleep 600
    exit 70
fi
exec {program} "$@"
"""


class PipelineChecks:
    part = "pipeline"
    needs = ("drive", "adls", "snowflake")

    def __init__(self, trial, programs):
        self._trial, self._programs = trial, programs
        self._status = 0
        self._tables = {}

    def run(self, findings):
        for what, body in (
                ("a run that is killed while it loads", self._killed), ("the next run finishes it", self._finished),
                ("a run after that changes nothing", self._nothing_new), ("all counts agree", self._counts),
                ("the same deliveries loaded again change nothing", self._loaded_again),
                ("the same rows as DuckDB from the same lake", self._same_as_duckdb)):
            findings.check(self.part, what, body, needs=self.needs)

    def _killed(self):
        """The run meets a load program that stands still as soon as it has a statement running, and is killed then."""
        log = self._trial.folder / "killed.log"
        process = self._programs.start("run-pipeline", "--steps", STEPS, place="cloud", log=log, RUN="trial-killed",
                                       SLUICE_BIN=str(self._halting_programs()))
        deadline = time.monotonic() + KILL_LIMIT_SECONDS
        try:
            while not self._mark.exists() and process.poll() is None and time.monotonic() < deadline:
                self._programs.raise_signal()
                time.sleep(GLANCE_SECONDS)
        finally:
            self._programs.kill(process)
        if process.returncode != -signal.SIGKILL or not self._mark.exists():
            words = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
            raise CheckFailed(f"the run ended by itself with status {process.returncode}: {' / '.join(words[-3:])}")
        return self._mark.read_text().strip()

    @property
    def _mark(self):
        return self._trial.folder / "killed"

    def _halting_programs(self):
        folder = self._trial.folder / "halting"
        folder.mkdir()
        for name in PROGRAMS:
            (folder / name).symlink_to(self._programs.path(name))
        (folder / "sf-copy").unlink()
        script = folder / "sf-copy"
        script.write_text(HALTING_LOAD.format(
            program=shlex.quote(str(self._programs.path("sf-copy"))), mark=shlex.quote(str(self._mark)),
            state=shlex.quote(str(self._trial.folder / "cloud" / "snowflake"))))
        script.chmod(0o755)
        return folder

    def _run(self, run):
        return patiently(lambda: self._programs.script("run-pipeline", "--steps", STEPS, place="cloud", RUN=run), self._programs.raise_signal)

    def _finished(self):
        # 65: a workbook is bad, or a guard refuses it; DuckDB must say the same of it (`_same_as_duckdb`).
        done = required(self._run("trial-finished"), statuses=(0, 65))
        self._status = done.status
        self._tables = self._contents(self._trial.to_warehouse())
        found = collections.Counter(row["status"] for row in self._rows(self._trial.to_warehouse(), "ops.deliveries"))
        if not sum(found.values()):
            raise CheckFailed(f"nothing was delivered: {done.last_words}")
        landed = sum(sum(rows.values()) for name, rows in self._tables.items() if name.startswith("lnd."))
        return f"{landed:,} rows landed; deliveries: " + ", ".join(f"{count} {name}" for name, count in sorted(found.items()))

    def _nothing_new(self):
        done = required(self._run("trial-again"), statuses=(0, 65))
        if done.status != self._status and done.status != 0:
            raise CheckFailed(f"exit status {done.status}: {done.last_words}")
        runs = self._trial.folder / "cloud" / "runs" / "trial-again"
        for name in ("raw.ndjson", "loaded.ndjson"):
            changed = [line for line in (runs / name).read_text().splitlines() if json.loads(line).get("status") != "unchanged"]
            if changed:
                raise CheckFailed(f"{len(changed)} deliveries in {name}: did somebody change the folder meanwhile?")
        self._unchanged()

    def _unchanged(self):
        now = self._contents(self._trial.to_warehouse())
        differing = differences(self._tables, now)
        if differing:
            raise CheckFailed(differing)

    def _counts(self):
        warehouse = self._trial.to_warehouse()
        landed, refused = collections.Counter(), collections.Counter()
        for dataset in self._trial.datasets:
            landed.update(row["_delivery"] for row in self._rows(warehouse, f"lnd.{dataset}"))
        refused.update(row["_delivery"] for row in self._rows(warehouse, "ops.rejects"))
        deliveries = [row for row in self._rows(warehouse, "ops.deliveries") if row["status"] not in ("failed", "deleted")]
        for row in deliveries:
            count = {name: int(row[f"rows_{name}"] or 0) for name in ("read", "emitted", "rejected", "duplicate", "blank", "landed")}
            if count["read"] != count["emitted"] + count["rejected"] + count["duplicate"] + count["blank"]:
                raise CheckFailed(f"delivery {row['delivery']}: read is not emitted, rejected, duplicates and blanks together")
            if not count["emitted"] == count["landed"] == landed[row["delivery"]]:
                raise CheckFailed(f"delivery {row['delivery']}: {count['emitted']} rows emitted, {count['landed']} noted, "
                                  f"{landed[row['delivery']]} there")
            if count["rejected"] != refused[row["delivery"]]:
                raise CheckFailed(f"delivery {row['delivery']}: {count['rejected']} rows refused, {refused[row['delivery']]} "
                                  "in ops.rejects")
        return f"of {len(deliveries)} deliveries"

    def _loaded_again(self):
        listed = required(self._programs.program("adls-put", "--list", f"{self._trial.lake_folder}/processed/")).lines()
        manifests = {}
        for line in listed:
            if line["path"].endswith("/manifest.json"):
                text = required(self._programs.program("adls-put", "--cat", line["url"])).output
                manifests.setdefault(line["path"].split("/")[0], []).append(text.strip() + b"\n")
        for dataset, texts in sorted(manifests.items()):
            required(self._programs.program(
                "sf-copy", *self._trial.to_warehouse(), "--contract", self._trial.contracts / f"{dataset}.odcs.yaml", "--mode", "deliver",
                "--manifest", "-", text=b"".join(texts)), dataset, statuses=(0, 65))
        self._unchanged()
        return f"{sum(map(len, manifests.values()))} deliveries"

    def _same_as_duckdb(self):
        file = self._trial.folder / "local" / "warehouse.duckdb"
        done = patiently(lambda: self._programs.script("run-pipeline", "--steps", "process,load", place="local", warehouse=f"duckdb:{file}"),
                         self._programs.raise_signal)
        required(done, "the run into DuckDB", statuses=(self._status,))
        differing = differences(self._tables, self._contents(["--to", f"duckdb:{file}"]))
        if differing:
            raise CheckFailed(differing)
        return f"{len(self._tables)} tables"

    def _rows(self, warehouse, table):
        return required(self._programs.program("sf-copy", *warehouse, "--rows", table), table).lines()

    def _contents(self, warehouse):
        """Each table as the digests of its rows, with how often each is there."""
        tables = [*(f"lnd.{dataset}" for dataset in self._trial.datasets), "ops.deliveries", "ops.rejects"]
        return {table: collections.Counter(digest(row) for row in self._rows(warehouse, table)) for table in tables}


def digest(row):
    """Of a row without what may differ; JSON by its meaning."""
    kept = sorted((name, meaning(value)) for name, value in row.items() if name not in LEFT_OUT)
    return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).digest()[:16]


def meaning(value):
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def differences(expected, found):
    """What differs, by counts alone: rows are nobody's business in a report. Empty when nothing does."""
    parts = []
    for table in sorted({*expected, *found}):
        mine, theirs = expected.get(table, collections.Counter()), found.get(table, collections.Counter())
        missing, extra = sum((mine - theirs).values()), sum((theirs - mine).values())
        if missing or extra:
            parts.append(f"{table} ({missing} rows missing, {extra} more)")
    return f"differing: {', '.join(parts)}" if parts else ""
