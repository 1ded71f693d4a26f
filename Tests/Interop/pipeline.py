"""Drives the real pipeline (scripts/run-pipeline with the release programs) in a folder of its own, for tests."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

import duckdb
import xlsxwriter

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = ["drive-pull", "xlsx2ndjson", "clean", "ndjson2parquet", "adls-put", "sf-copy"]
BINARIES = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release")
# A run in a test that takes longer than this hangs.
RUN_LIMIT_SECONDS = 300
WITHOUT_MARTS = "pull,process,load"
# Marts without dbt's tests of them: for runs of which only the rows count, or the moment. That the tests pass on what the
# pipeline loads is seen in test_pipeline_days.py, on Snowflake in test_pipeline_snowflake.py.
WITHOUT_TESTS = {"DBT_EXCLUDE_RESOURCE_TYPES": "test unit_test"}


class Pipeline:
    """One work folder, one source folder, one lake, one warehouse."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.source = folder / "source"
        self.work = folder / "work"
        self.lake = folder / "lake"
        self.warehouse = folder / "warehouse.duckdb"
        self.contracts = ROOT / "compose" / "contracts"
        self.binaries = BINARIES
        # Where runs are started.
        self.place = None
        self.source.mkdir(parents=True, exist_ok=True)

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ, "WORK": str(self.work), "SOURCE": f"file:{self.source}", "LAKE": f"file:{self.lake}",
            "WAREHOUSE": f"duckdb:{self.warehouse}", "CONTRACTS": str(self.contracts), "SLUICE_BIN": str(self.binaries),
            **more}

    def start(self, *arguments: str, steps: str = WITHOUT_MARTS, **more: str) -> subprocess.Popen:
        command = [str(ROOT / "scripts" / "run-pipeline"), "--steps", steps, *arguments]
        return subprocess.Popen(
            command, env=self.environment(**more), cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True)

    def run(self, *arguments: str, steps: str = WITHOUT_MARTS, expect: int | None = 0, **more: str) -> str:
        process = self.start(*arguments, steps=steps, **more)
        output, _ = process.communicate(timeout=RUN_LIMIT_SECONDS)
        if expect is not None:
            assert process.returncode == expect, f"exit status {process.returncode}, expected {expect}\n{output}"
        self.status = process.returncode
        return output

    def program(self, name: str, *arguments: str, text: str | None = None, expect: int = 0) -> str:
        done = subprocess.run(
            [str(self.binaries / name), *arguments], env=self.environment(SLUICE_DUCKDB=str(ROOT / ".venv/bin/duckdb")),
            input=text, capture_output=True, text=True, timeout=RUN_LIMIT_SECONDS)
        assert done.returncode == expect, f"{name}: exit status {done.returncode}, expected {expect}\n{done.stderr}"
        return done.stdout

    def query(self, sql: str, parameters: list | None = None) -> list[tuple]:
        connection = duckdb.connect(":memory:")
        connection.execute(f"attach '{self.warehouse}' as ecom (read_only)")
        connection.execute("use ecom")
        try:
            return connection.execute(sql, parameters or []).fetchall()
        finally:
            connection.close()

    def statuses(self, dataset: str) -> list[str]:
        """The statuses of a dataset's deliveries, in the order in which they were delivered."""
        return [row[0] for row in self.query(
            "select status from ops.deliveries where dataset = ? order by delivered_at, delivery", [dataset])]

    def current_rows(self, dataset: str, columns: str = "*") -> list[tuple]:
        return self.query(
            f"select {columns} from lnd.{dataset} l join ops.deliveries d on d.delivery = l._delivery and d.dataset = '{dataset}' "
            "where d.status = 'current' order by all")

    def everything(self, *but: str) -> dict[str, list[tuple]]:
        """All rows of lnd and ops that must be the same after a rebuild (design: what "same rows" means), without the columns `but`."""
        found = {}
        for schema, table in self.query(
                "select table_schema, table_name from information_schema.tables where table_catalog = 'ecom' "
                "and table_schema in ('lnd', 'ops') and table_name not in ('runs', 'checks', 'locks') order by all"):
            left_out = {"_loaded_at", "loaded_at", "run", "raw_url", "processed_url", *but}
            columns = [f'"{name}"' for (name,) in self.query(
                "select column_name from information_schema.columns where table_catalog = 'ecom' and table_schema = ? "
                "and table_name = ? order by ordinal_position", [schema, table]) if name not in left_out]
            found[f"{schema}.{table}"] = self.query(f"select {', '.join(columns)} from {schema}.{table} order by all")
        return found

    def marts(self) -> dict[str, list[tuple]]:
        """All rows of all marts."""
        return {table: self.query(f"select * from marts.{table} order by all") for (table,) in self.query(
            "select table_name from information_schema.tables where table_catalog = 'ecom' and table_schema = 'marts' order by 1")}

    def runs_of(self, program: str) -> int:
        """How often a program was called through `wrap` so far."""
        log = self.folder / "calls" / program
        return len(log.read_text().splitlines()) if log.exists() else 0

    def wrap(self, **bodies: str) -> None:
        """Puts shell wrappers before the programs. A body has $real, "$@" and the call's number in $call."""
        wrapped = self.folder / "wrapped"
        shutil.rmtree(wrapped, ignore_errors=True)
        wrapped.mkdir()
        calls = self.folder / "calls"
        shutil.rmtree(calls, ignore_errors=True)
        calls.mkdir()
        for name in PROGRAMS:
            body = bodies.get(name.replace("-", "_"), 'exec "$real" "$@"')
            script = wrapped / name
            script.write_text(
                "#!/usr/bin/env bash\n"
                f"real={BINARIES}/{name}\n"
                f"echo \"$*\" >>{calls}/{name}\n"
                f"call=$(wc -l <{calls}/{name})\n"
                f"{body}\n")
            script.chmod(0o755)
        self.binaries = wrapped

    def unwrap(self) -> None:
        self.binaries = BINARIES

    def records(self) -> list[dict]:
        folder = self.lake / "_deliveries"
        return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))] if folder.exists() else []


def make_samples(out: pathlib.Path, *options: str) -> dict:
    """Makes sample workbooks and gives their truth."""
    subprocess.run([sys.executable, str(ROOT / "scripts" / "sample-workbooks"), str(out), *options], check=True)
    return json.loads((out / "truth" / "truth.json").read_text())


def write_workbook(path: pathlib.Path, header: list[str], rows: list[list], sheet: str = "Sheet1", time: int = 1_527_811_200) -> None:
    """Writes one small workbook; the same content gives the same bytes."""
    import datetime

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"created": datetime.datetime(2018, 1, 1)})
    page = book.add_worksheet(sheet)
    for number, row in enumerate([header, *rows]):
        page.write_row(number, 0, row)
    book.close()
    os.utime(path, (time, time))


SELLER_HEADER = ["seller_id", "seller_zip_code_prefix", "seller_city", "seller_state"]


def seller(number: int, city: str = "campinas", state: str = "SP") -> list:
    return [f"{number:032x}", f"{13000 + number % 999:05d}", city, state]
