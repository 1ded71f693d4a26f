"""Files that are no deliveries: append, replace and merge."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import time

import duckdb
import pytest

from snowflake_lake import SnowflakeLake
from sf_copy_lake import COLUMNS, LIMIT_SECONDS, Lake


class Shop(Lake):
    def parquet(self, name, rows):
        """A Parquet file of (id, pieces) rows."""
        path = self.place() / name
        with duckdb.connect() as connection:
            connection.execute(f"create table rows ({COLUMNS})")
            connection.executemany("insert into rows (id, pieces, _source_row) values (?, ?, ?)", [(*row, 2) for row in rows])
            connection.execute(f"copy rows to '{self.sql(path)}' (format parquet)")
        return path

    def arguments(self, mode, *files, options=()):
        return ["--contract", self.contracts / "things.odcs.yaml", "--mode", mode, *options, *map(self.argument, files)]

    def files(self, mode, *files, options=(), status=0):
        return [line.get("load") for line in self.run(*self.arguments(mode, *files, options=options), status=status)]

    def rows(self, table="lnd.things"):
        return self.query(f"select id, pieces from ecom.{table} order by 1, 2")

    def place(self):
        return self.folder

    @staticmethod
    def argument(path):
        return path

    def keep(self):
        shutil.copy(self.warehouse, self.folder / "before")

    def restore(self):
        """The warehouse as it was when `keep` was called."""
        for leftover in self.folder.glob("ware*"):
            leftover.unlink()
        shutil.copy(self.folder / "before", self.warehouse)


class SnowflakeShop(Shop, SnowflakeLake):
    """Files lie in the lake that the stage stands for; a new warehouse is what is kept."""

    def __init__(self, folder, service):
        SnowflakeLake.__init__(self, service, folder)
        self.lake.mkdir()

    def place(self):
        return self.lake

    def argument(self, path):
        return f"{self.address}/{path.relative_to(self.lake)}"

    def keep(self):
        pass

    def restore(self):
        self.drop_warehouse()
        self.create()


@pytest.fixture(params=["duckdb", "snowflake"])
def shop(request, tmp_path):
    shop = Shop(tmp_path) if request.param == "duckdb" else SnowflakeShop(tmp_path, request.getfixturevalue("snowflake"))
    shop.create()
    return shop


def test_a_file_is_appended_once_whatever_it_is_called(shop):
    one, two = shop.parquet("one.parquet", [("a", 1), ("b", 2)]), shop.parquet("two [2].parquet", [("a", 3)])
    loads = shop.files("append", one, two)
    assert [(load["status"], load["table"], load["rows"]) for load in loads] == [
        ("loaded", "lnd.things", 2), ("loaded", "lnd.things", 1),
    ]
    again = shop.files("append", one, pathlib.Path(shutil.copy(two, shop.place() / "copy.parquet")))
    assert [dict(load, status="loaded") for load in again] == loads
    assert {load["status"] for load in again} == {"skipped"}
    assert shop.rows() == [("a", 1), ("a", 3), ("b", 2)]
    assert shop.query("select dataset, status, rows_landed from ecom.ops.deliveries order by 3") == [
        ("things", "current", 1), ("things", "current", 2),
    ]


def test_replacing_leaves_the_rows_of_the_files_alone(shop):
    one, two, three = (shop.parquet(f"{name}.parquet", [(name, n)]) for n, name in enumerate("xyz"))
    shop.files("append", one)
    loads = shop.files("replace", two, three)
    assert [load["rows"] for load in loads] == [1, 1]
    assert shop.rows() == [("y", 1), ("z", 2)]
    shop.files("replace", two)
    shop.files("replace", two)
    assert shop.rows() == [("y", 1)]
    assert shop.query("select count(*) from ecom.ops.deliveries") == [(1,)]
    assert shop.files("append", one)[0]["status"] == "loaded"


def test_merging_takes_the_last_row_of_a_key(shop):
    one = shop.parquet("one.parquet", [("a", 1), ("b", 1), ("b", 2)])
    two = shop.parquet("two.parquet", [("b", 3), ("c", 3)])
    assert [load["rows"] for load in shop.files("merge", one, two)] == [2, 2]
    assert shop.rows() == [("a", 1), ("b", 3), ("c", 3)]
    assert shop.query("select sum(rows_landed) from ecom.ops.deliveries") == [(3,)]
    shop.files("merge", one, two)
    assert shop.rows() == [("a", 1), ("b", 3), ("c", 3)]
    shop.files("merge", one)
    assert shop.rows() == [("a", 1), ("b", 2), ("c", 3)]


def test_another_table_has_its_own_rows_and_lock(shop):
    one = shop.parquet("one.parquet", [("a", 1)])
    options = ["--table", "scratch.my things"]
    assert shop.files("merge", one, options=options, status=78) == []
    assert "scratch.my things is missing" in shop.errors
    assert shop.files("merge", one, options=[*options, "--create"])[0]["table"] == "scratch.my things"
    assert shop.rows('scratch."my things"') == [("a", 1)]
    assert shop.rows() == []
    shop.files("append", one, options=["--table", "ops.runs"], status=64)


def test_a_table_of_deliveries_is_neither_replaced_nor_merged(shop):
    shop.load(shop.processed(shop.record("things.xlsx", 1, "a"), rows=3))
    one = shop.parquet("one.parquet", [("a", 1)])
    for mode in ("replace", "merge"):
        shop.files(mode, one, status=78)
        assert "holds deliveries" in shop.errors
    shop.files("append", one)
    assert shop.query("select count(*) from ecom.lnd.things") == [(4,)]


def test_what_does_not_fit_is_refused_whole(shop):
    path = shop.place() / "other.parquet"
    with duckdb.connect() as connection:
        # Snowflake drops columns that a table has not; one that every row must have is missed by both.
        unknown = "'a' as id, 'x' as unknown" if shop.warehouse else "'x' as unknown"
        connection.execute(f"copy (select {unknown}) to '{shop.sql(path)}' (format parquet)")
    good = shop.parquet("good.parquet", [("a", 1)])
    shop.files("replace", good, path, status=65)
    assert shop.rows() == []
    path.write_text("no parquet")
    shop.files("append", good, path, status=65)
    assert shop.rows() == [("a", 1)]


def test_what_became_of_each_file_is_told_in_the_same_words(shop):
    good, more = shop.parquet("good.parquet", [("a", 1)]), shop.parquet("more.parquet", [("b", 2)])
    bad, none = shop.place() / "bad.parquet", shop.place() / "none.parquet"
    bad.write_text("no parquet")
    copy = pathlib.Path(shutil.copy(good, shop.place() / "copy.parquet"))

    def told(*files, mode="append", status=65):
        loads = shop.files(mode, *files, status=status)
        assert all(set(load) - {"reason"} == {"status", "table", "rows", "loaded_at"} for load in loads)
        assert all(("reason" in load) == (load["status"] not in ("loaded", "skipped")) for load in loads)
        return sorted((load["status"], load["rows"]) for load in loads)

    # One that cannot be loaded keeps no other from being loaded.
    assert told(bad, none, good, copy, more) == [("failed", 0), ("loaded", 1), ("loaded", 1), ("missing", 0), ("skipped", 1)]
    assert "2 of 5 files are not loaded" in shop.errors
    assert told(good, more, status=0) == [("skipped", 1), ("skipped", 1)]
    assert shop.rows() == [("a", 1), ("b", 2)]
    # With nothing there at all there is no input.
    assert told(none, status=66) == [("missing", 0)]
    # Replacing is all or nothing, and what merges later would be undone by what is merged again.
    assert told(good, none, mode="replace") == [("failed", 0), ("missing", 0)]
    assert told(good, bad, mode="replace") == [("failed", 0), ("failed", 0)]
    assert told(good, bad, more, mode="merge") == [("failed", 0), ("failed", 0), ("loaded", 1)]
    assert shop.rows() == [("a", 1), ("b", 2)]


def test_a_delivery_tells_of_its_files_when_one_is_not_loaded(shop):
    line = shop.processed(shop.record("things.xlsx", 1, "a"), rows=4, rejects=1, parts=2)
    part = next(shop.lake.rglob("part-1.parquet"))
    content = part.read_bytes()
    part.unlink()
    load, = shop.load(line, status=65)
    assert load["status"] == "refused"
    assert [(pathlib.PurePath(file["url"]).name, file["status"]) for file in load["files"]] == [
        ("part-0.parquet", "failed"), ("part-1.parquet", "missing"), ("rejects.parquet", "failed")]
    assert "part-1.parquet" in load["reason"] and all("reason" in file for file in load["files"])
    part.write_bytes(b"x" * len(content))
    assert {file["status"] for file in shop.load(line, status=65)[0]["files"]} == {"failed"}
    part.write_bytes(content)
    assert "files" not in shop.load(line)[0]


@pytest.mark.parametrize("shop", ["snowflake"], indirect=True)
def test_a_copy_that_passes_over_a_file_is_no_success(shop):
    """Whatever an account makes of ON_ERROR, COPY's own rows count."""
    shop.service.admin("POST", "settings", {"copy_on_error": "SKIP_FILE"})
    bad = shop.place() / "bad.parquet"
    bad.write_text("no parquet")
    try:
        load, = shop.files("append", bad, status=65)
        assert (load["status"], load["rows"]) == ("failed", 0) and "COPY says LOAD_FAILED, 0 of 0 rows" in load["reason"]
        line = shop.processed(shop.record("things.xlsx", 1, "a"), rows=4, parts=2)
        part = next(shop.lake.rglob("part-1.parquet"))
        part.write_bytes(b"x" * part.stat().st_size)
        assert shop.load(line, status=65)[0]["status"] == "refused"
    finally:
        shop.service.admin("POST", "settings", {"copy_on_error": ""})
    assert shop.rows() == []


def test_a_dry_run_changes_nothing(shop):
    one = shop.parquet("one.parquet", [("a", 1)])
    for mode in ("append", "replace", "merge"):
        shop.run(*shop.arguments(mode, one, options=["--dry-run"]))
        assert shop.spelled('INSERT INTO "ecom"."lnd"."things"') in shop.output
    assert shop.rows() == []


@pytest.mark.parametrize("mode", ["append", "replace", "merge"])
def test_kills_and_rivals_leave_every_row_once(shop, mode):
    files = [shop.parquet(f"{n}.parquet", [(f"k{n}-{row}", row) for row in range(100)]) for n in range(3)]
    shop.keep()

    def start():
        return subprocess.Popen(
            shop.command(*shop.arguments(mode, *files)), env=os.environ | shop.environment(),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )

    started = time.monotonic()
    assert start().wait(timeout=LIMIT_SECONDS) == 0
    seconds = time.monotonic() - started
    expected = shop.rows()
    assert len(expected) == 300
    seed = int(os.environ.get("SLUICE_SEED", time.time_ns()))
    print(f"seed {seed}")
    moments = random.Random(seed)
    hits = attempts = 0
    while hits < int(os.environ.get("SLUICE_KILLS", "8")) // 4:
        attempts += 1
        assert attempts < 100, "the kills come too late"
        shop.restore()
        victim = start()
        time.sleep(moments.uniform(0, seconds))
        hits += victim.poll() is None
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        rivals = [start(), start()]
        assert [rival.wait(timeout=LIMIT_SECONDS) for rival in rivals] == [0, 0]
        assert shop.rows() == expected
    details = shop.query("select count(*), sum(rows_landed) from ecom.ops.deliveries")
    assert details == [(3, 300)], json.dumps(details)
