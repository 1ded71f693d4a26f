"""Each endpoint by itself: may we in, and does it do what the pipeline stands on?"""

import json
import os

from .findings import CheckFailed, required

# Above one block, so that it goes in parts and under another name first.
LARGE_BYTES = 1 << 20
BLOCK = "64K"
CHEAPEST_SIZE = "X-Small"
LONGEST_SUSPENSION_SECONDS = 60


class DriveChecks:
    """Reads only: nothing is ever written to the Drive."""

    part = "drive"

    def __init__(self, trial, programs):
        self._trial, self._programs = trial, programs
        self._pulled = []

    def run(self, findings):
        findings.check(self.part, "sign in and list the folder", self._listing)
        findings.check(self.part, "download every workbook, verified by its digests", self._download)
        findings.check(self.part, "find nothing new the second time", self._again)

    def _pull(self, *arguments):
        folder = self._trial.folder / "drive"
        folder.mkdir(parents=True, exist_ok=True)
        options = self._trial.environment.get("PULL_OPTIONS", "").split()
        return required(self._programs.program(
            "drive-pull", self._trial.source, "--output", folder / "files", "--contracts", self._trial.contracts,
            "--state", folder / "state.ndjson", *options, *arguments)).lines()

    def _listing(self):
        files = self._pull("--dry-run")
        known = [line for line in files if line.get("dataset")]
        if not known:
            raise CheckFailed(f"{len(files)} files are seen and no contract of {self._trial.contracts} asks for any of them: is it the "
                              "right folder, and is it shared with who signs in here?")
        return f"{len(files)} files, of which {len(known)} follow a contract"

    def _download(self):
        self._pulled = self._pull()
        for line in self._pulled:
            size = os.stat(line["path"]).st_size
            if size != line["file"]["bytes"]:
                raise CheckFailed(f"a file is {size} bytes long here and {line['file']['bytes']} in its line")
        return f"{len(self._pulled)} files, {sum(line['file']['bytes'] for line in self._pulled):,} bytes"

    def _again(self):
        known = self._trial.folder / "drive" / "known.ndjson"
        stamp = self._trial.started.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        known.write_text("".join(json.dumps({**line, "delivered_at": stamp}) + "\n" for line in self._pulled))
        lines = self._pull("--known", known)
        if lines:
            raise CheckFailed(f"{len(lines)} files are said to have changed: if nobody works in the folder now, they should not")


class LakeChecks:
    """In a folder of the container that nothing else has."""

    part = "adls"

    def __init__(self, trial, programs):
        self._trial, self._programs = trial, programs
        self._place = f"{trial.lake_folder}/round-trip"
        self._folder = trial.folder / "lake"

    def run(self, findings):
        findings.check(self.part, "sign in and list", self._listing)
        findings.check(self.part, "a small file: put, list, get", lambda: self._round_trip("small.bin", b"abc"))
        findings.check(self.part, "a file in blocks: put, list, get",
                       lambda: self._round_trip("large.bin", os.urandom(LARGE_BYTES), "--block-bytes", BLOCK))
        findings.check(self.part, "what stands is not replaced", self._stands)
        findings.check(self.part, "a lock keeps out a second run", self._lock)
        findings.check(self.part, "delete", self._delete)

    def _listing(self):
        found = required(self._programs.program("adls-put", "--list", f"{self._trial.lake_folder}/")).lines()
        if found:
            raise CheckFailed(f"{len(found)} files lie where this trial is to be")

    def _local(self, name, content):
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / name
        path.write_bytes(content)
        return path

    def _names(self):
        return {line["path"] for line in required(self._programs.program("adls-put", "--list", f"{self._place}/")).lines()}

    def _round_trip(self, name, content, *options):
        self._trial.touched.add(self.part)
        path = self._local(name, content)
        required(self._programs.program("adls-put", path, "--to", f"{self._place}/{name}", *options), "put")
        if name not in self._names():
            raise CheckFailed("the list lacks what was put")
        back = self._folder / f"back-{name}"
        required(self._programs.program("adls-put", "--get", f"{self._place}/{name}", "-o", back), "get")
        if back.read_bytes() != content:
            raise CheckFailed("what comes back is not what was put")
        return f"{len(content):,} bytes"

    def _stands(self):
        again = self._folder / "small.bin"
        required(self._programs.program("adls-put", again, "--to", f"{self._place}/small.bin"), "the same again")
        other = self._local("other.bin", b"abd")
        done = self._programs.program("adls-put", other, "--to", f"{self._place}/small.bin")
        if done.status != 65:
            raise CheckFailed(f"another content under the same name ends with {done.status}, not 65")
        got = required(self._programs.program("adls-put", "--cat", f"{self._place}/small.bin")).output
        if got != b"abc":
            raise CheckFailed("the content has changed")

    def _lock(self):
        program = self._programs.path("adls-put")
        inner = f'"{program}" --lease "$1" -- true; test $? -eq 75'
        required(self._programs.program("adls-put", "--lease", f"{self._place}/lock", "--", "sh", "-c", inner, "sh", f"{self._place}/lock"),
                 "a second lease of the same name was given, or none at all")

    def _delete(self):
        required(self._programs.program("adls-put", "--delete", f"{self._place}/small.bin"))
        if "small.bin" in self._names():
            raise CheckFailed("the list still has it")


class WarehouseChecks:
    """In a database that nothing else has."""

    part = "snowflake"

    def __init__(self, trial, programs, any_warehouse):
        self._trial, self._programs, self._any_warehouse = trial, programs, any_warehouse
        self._found = {}

    def run(self, findings):
        findings.check(self.part, "sign in, and find everything that a load needs", self._diagnosis)
        findings.check(self.part, "the cheapest warehouse, which suspends itself", self._warehouse)
        findings.check(self.part, "make database, schemas, tables and stage", self._tables)
        findings.check(self.part, "write a row and read it back", self._row)

    def _copy(self, *arguments, **more):
        return required(self._programs.program("sf-copy", *self._trial.to_warehouse(), *arguments, **more))

    def _diagnosis(self):
        done = self._programs.program("sf-copy", *self._trial.to_warehouse(), "--diagnose")
        self._found = {line["check"]: line for line in done.lines()} if done.output else {}
        bad = [f"{name}: {line['detail']}" for name, line in self._found.items() if not line["ok"]]
        if bad:
            raise CheckFailed("; ".join(bad))
        required(done)
        return "; ".join(self._found[name]["detail"] for name in ("session", "clock") if name in self._found)

    def _warehouse(self):
        detail = self._found.get("warehouse", {}).get("detail", "nothing is known of it")
        words = detail.rsplit(" after ", 1)
        seconds = words[1].split(" ")[0] if len(words) == 2 else ""
        cheap = f"size {CHEAPEST_SIZE}" in detail and seconds.isdigit() and int(seconds) <= LONGEST_SUSPENSION_SECONDS
        if not cheap and not self._any_warehouse:
            raise CheckFailed(f"{detail}: use one that scripts/provision-snowflake makes (XSMALL, AUTO_SUSPEND = 60), "
                              "or say --any-warehouse")
        return detail

    def _tables(self):
        self._trial.touched.add(self.part)
        try:
            made = self._copy("--contracts", self._trial.contracts, "--create").lines()
        except CheckFailed as failure:
            raise CheckFailed(f"{failure} (the role needs CREATE DATABASE ON ACCOUNT for this trial, and USAGE on the storage "
                              "integration)") from None
        again = self._copy("--contracts", self._trial.contracts, "--create").lines()
        if any(line["action"] != "unchanged" for line in again):
            raise CheckFailed("the tables differ from what has just been made")
        return f"{len(made)} tables"

    def _row(self):
        moment = self._trial.started.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        run = {"run": f"trial-{self._trial.name}", "kind": "trial", "started_at": moment, "finished_at": moment, "status": "ok",
               "exit_status": 0, "dbt_hash": None, "details": {"what": "'quoted' \\ \n ü"}}
        self._copy("--record-run", "-", text=json.dumps(run).encode() + b"\n")
        rows = [line for line in self._copy("--rows", "ops.runs").lines() if line["kind"] == "trial"]
        if len(rows) != 1 or json.loads(rows[0]["details"]) != run["details"] or rows[0]["started_at"][:19] != moment[:19]:
            raise CheckFailed("the row that comes back is not the one that was written")
