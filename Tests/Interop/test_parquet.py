"""What ndjson2parquet writes, other readers read: the same values, the same types, and the same rows under filters."""

import datetime
import decimal
import functools
import gzip
import json
import os
import pathlib
import signal
import subprocess

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from parquet_tables import EPOCH, PROVENANCE, TYPES, Table

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "ndjson2parquet"
SEEDS = range(int(os.environ.get("SLUICE_PARQUET_TABLES", "40")))
ARROW = {
    "text": pa.string(), "escaped": pa.string(), "code": pa.string(), "i8": pa.int32(), "i32": pa.int32(),
    "u32": pa.int64(), "i64": pa.int64(), "d9": pa.decimal128(9, 2), "d18": pa.decimal128(18, 6),
    "d20": pa.decimal128(20, 0), "d38": pa.decimal128(38, 38), "real": pa.float64(), "flag": pa.bool_(),
    "day": pa.date32(), "hour": pa.time64("us"), "wall": pa.timestamp("us"), "instant": pa.timestamp("us", "UTC"),
}


def write(folder, table, *options):
    """Writes the table; gives the path and the part line."""
    (folder / "random.odcs.yaml").write_text(table.contract())
    (folder / "rows.ndjson").write_text(table.ndjson())
    path = folder / "rows.parquet"
    done = subprocess.run(
        [PROGRAM, folder / "rows.ndjson", "--contract", folder / "random.odcs.yaml", "-o", path, *options],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return path, json.loads(done.stdout)


def options_for(seed):
    """Small pages and row groups, so that their borders fall everywhere."""
    sizes = [(1, 1), (7, 3), (8, 8), (64, 10), (100, 100), (65, 64), (1_000_000, 20_000)]
    rows, page = sizes[seed % len(sizes)]
    codec = ["zstd", "none", "gzip", "zstd:3"][seed % 4]
    return ["--row-group-rows", str(rows), "--page-rows", str(page), "--compression", codec, "--threads", str(1 + seed % 3)]


def order_of(name):
    """Texts are ordered as bytes."""
    return str.encode if name in ("text", "escaped", "code") else lambda value: value


def microseconds(name, value):
    """Points in time as microseconds since 1970; anything else as it is."""
    if value is None or name not in ("wall", "instant"):
        return value
    return (value.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_pyarrow_reads_the_same_values_and_types(tmp_path, seed):
    table = Table(seed)
    path, part = write(tmp_path, table, *options_for(seed))
    found = pq.read_table(path, page_checksum_verification=True)
    assert found.column_names == table.names + PROVENANCE
    for name in table.names:
        assert found.schema.field(name).type == ARROW[name]
        assert found.schema.field(name).nullable == (name not in table.required)
    rows = list(zip(*[found.column(name).to_pylist() for name in table.names])) if table.rows else []
    assert rows == [tuple(row) for row in table.rows]
    assert part["rows"] == found.num_rows == len(table.rows)
    assert part["bytes"] == path.stat().st_size
    assert part["row_groups"] == pq.ParquetFile(path).metadata.num_row_groups
    for index, name in enumerate(table.names):
        assert part["columns"][name]["nulls"] == sum(row[index] is None for row in table.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_statistics_bound_the_values(tmp_path, seed):
    table = Table(seed)
    path, _ = write(tmp_path, table, *options_for(seed))
    metadata = pq.ParquetFile(path).metadata
    start = 0
    for group in range(metadata.num_row_groups):
        rows = table.rows[start : start + metadata.row_group(group).num_rows]
        start += len(rows)
        for index, name in enumerate(table.names):
            values = [row[index] for row in rows if row[index] is not None]
            statistics = metadata.row_group(group).column(index).statistics
            assert statistics.null_count == len(rows) - len(values)
            if not values:
                assert not statistics.has_min_max
                continue
            if not statistics.has_min_max:
                # Only a text whose every character is the last one of its length has none.
                assert set(max(values, key=lambda v: v.encode())[:16]) <= {"\x7f", "\U0010ffff"}
                continue
            key = order_of(name)
            low, high = min(values, key=key), max(values, key=key)
            assert key(statistics.min) <= key(low) and key(statistics.max) >= key(high)
            if not isinstance(low, str) or max(len(low.encode()), len(high.encode())) <= 64:
                assert (statistics.min, statistics.max) == (low, high)


@pytest.mark.parametrize("seed", SEEDS)
def test_duckdb_reads_the_same_values(tmp_path, seed):
    table = Table(seed)
    path, _ = write(tmp_path, table, *options_for(seed))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    columns = []
    for name in table.names:
        # The client turns times at the ends of the calendar to text badly, so microseconds are compared.
        columns.append(f"epoch_us({name})" if name in ("wall", "instant") else name)
    found = connection.execute(f"SELECT {', '.join(columns)} FROM read_parquet('{path}')").fetchall()

    expected = [tuple(microseconds(name, value) for name, value in zip(table.names, row)) for row in table.rows]
    assert found == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_filters_give_the_rows_of_a_full_scan(tmp_path, seed):
    table = Table(seed, row_count=400)
    path, _ = write(tmp_path, table, "--row-group-rows", "90", "--page-rows", "20")
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    full = pq.read_table(path)
    connection.register("full_table", full)
    for name in table.names:
        values = [row[table.names.index(name)] for row in table.rows]
        present = [value for value in values if value is not None]
        if not present or name == "flag":
            continue
        pivot = present[len(present) // 2]
        scalar = pa.scalar(pivot, type=ARROW[name])
        for operator, field in ((">=", pc.field(name) >= scalar), ("=", pc.field(name) == scalar), ("<", pc.field(name) < scalar)):
            expected = full.filter(field)
            assert pq.read_table(path, filters=field).equals(expected), (name, operator)
            count = connection.execute(
                f"SELECT count(*) FROM read_parquet('{path}') WHERE {name} {operator} "
                f"(SELECT {name} FROM full_table LIMIT 1 OFFSET {values.index(pivot)})").fetchone()[0]
            scanned = connection.execute(
                f"SELECT count(*) FROM full_table WHERE {name} {operator} "
                f"(SELECT {name} FROM full_table LIMIT 1 OFFSET {values.index(pivot)})").fetchone()[0]
            assert count == scanned, (name, operator)


ENCODINGS = {
    "text": ["delta"], "code": ["delta"], "i8": ["delta", "byte-stream-split"], "i32": ["delta", "byte-stream-split"],
    "u32": ["delta"], "i64": ["delta", "byte-stream-split"], "d9": ["delta"], "d18": ["delta", "byte-stream-split"],
    "d20": ["byte-stream-split"], "d38": ["byte-stream-split"], "real": ["byte-stream-split"], "day": ["delta"],
    "hour": ["delta"], "wall": ["delta", "byte-stream-split"], "instant": ["delta"],
}


@pytest.mark.parametrize("seed", range(20))
def test_encodings_that_were_asked_for_are_read(tmp_path, seed):
    table = Table(seed + 1000)
    options = []
    for name in table.names:
        choices = ENCODINGS.get(name, []) + ["plain", "dictionary"]
        options += ["--encoding", f"{name}={choices[seed % len(choices)]}"]
    path, _ = write(tmp_path, table, *options, *options_for(seed))
    found = pq.read_table(path, page_checksum_verification=True)
    rows = list(zip(*[found.column(name).to_pylist() for name in table.names])) if table.rows else []
    assert rows == [tuple(row) for row in table.rows]
    # DuckDB splits streams of doubles only.
    splits = {word.split("=")[0] for word in options if word.endswith("=byte-stream-split")} - {"real"}
    names = ", ".join(name for name in table.names if name not in splits) or "1"
    connection = duckdb.connect()
    connection.register("found", found)
    assert connection.execute(
        f"SELECT count(*) FROM (SELECT {names} FROM '{path}' EXCEPT ALL SELECT {names} FROM found)").fetchone() == (0,)


@pytest.mark.parametrize("seed", range(10))
def test_bloom_filters_never_exclude_what_is_there(tmp_path, seed):
    table = Table(seed + 2000, row_count=300)
    names = [name for name in table.names if name not in ("flag", "hour")]
    options = [word for name in names for word in ("--bloom", name)]
    path, _ = write(tmp_path, table, *options, "--row-group-rows", "100")
    metadata = pq.ParquetFile(path).metadata
    connection = duckdb.connect()
    for name in names:
        # What DuckDB can probe: it knows no filters on decimals and times.
        if name not in ("text", "code", "i8", "i32", "i64", "real"):
            continue
        index = table.names.index(name)
        for group in range(metadata.num_row_groups):
            values = {row[index] for row in table.rows[group * 100 : group * 100 + 100]} - {None}
            for value in list(values)[:20]:
                probe = connection.execute(
                    "SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, ?, ?) WHERE row_group_id = ?",
                    [str(path), name, value, group]).fetchone()
                assert probe == (False,), (name, value)
    if "i64" in names:
        absent = connection.execute(
            "SELECT count(*) FILTER (bloom_filter_excludes), count(*) FROM parquet_bloom_probe(?, 'i64', 123456789123)",
            [str(path)]).fetchone()
        assert absent[0] > 0


@pytest.mark.parametrize("seed", range(20))
def test_sorted_files_are_in_order_and_say_so(tmp_path, seed):
    table = Table(seed + 3000, row_count=400)
    keys = table.rng.sample(table.names, min(len(table.names), 1 + seed % 2))
    words = [f"{name}:desc" if table.rng.random() < 0.5 else name for name in keys]
    options = [word for name in words for word in ("--sort-by", name)]
    memory = ["--memory", "64K"] if seed % 2 else []
    path, _ = write(tmp_path, table, *options, *memory, "--row-group-rows", "150")
    expected = list(table.rows)
    for word in reversed(words):
        name = word.removesuffix(":desc")
        index, order = table.names.index(name), order_of(name)
        # Null is below all values; sorting is stable both ways.
        key = lambda row: (row[index] is not None, order(row[index]) if row[index] is not None else 0)
        if word == name:
            expected.sort(key=key)
        else:
            expected = [row for _, row in sorted(
                ((Reversed(key(row)), row) for row in expected), key=lambda pair: pair[0])]
    found = pq.read_table(path)
    assert list(zip(*[found.column(name).to_pylist() for name in table.names])) == [tuple(row) for row in expected]
    for group in range(pq.ParquetFile(path).metadata.num_row_groups):
        declared = pq.ParquetFile(path).metadata.row_group(group).sorting_columns
        assert [(column.column_index, column.descending, column.nulls_first) for column in declared] == [
            (table.names.index(word.removesuffix(":desc")), word.endswith(":desc"), not word.endswith(":desc"))
            for word in words]


@functools.total_ordering
class Reversed:
    """Orders the other way round."""

    def __init__(self, key):
        self.key = key

    def __eq__(self, other):
        return self.key == other.key

    def __lt__(self, other):
        return other.key < self.key


@pytest.mark.parametrize("seed", range(10))
def test_partitions_hold_all_rows(tmp_path, seed):
    table = Table(seed + 4000, row_count=200)
    table.names = [name for name in table.names if name != "code"] + ["code", "day"]
    table.names = list(dict.fromkeys(table.names))
    table.rows = Table.fill(table)
    folder = tmp_path / "out"
    (tmp_path / "random.odcs.yaml").write_text(table.contract())
    (tmp_path / "rows.ndjson").write_text(table.ndjson())
    done = subprocess.run(
        [PROGRAM, tmp_path / "rows.ndjson", "--contract", tmp_path / "random.odcs.yaml", "-o", folder,
         "--partition-by", "code"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    parts = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert sum(part["rows"] for part in parts) == 200
    found = duckdb.sql(
        f"SELECT code, count(*), count(day) FROM read_parquet('{folder}/**/*.parquet', hive_partitioning = true) GROUP BY 1"
    ).fetchall()
    code, day = table.names.index("code"), table.names.index("day")
    expected = {}
    for row in table.rows:
        rows, days = expected.get(row[code], (0, 0))
        expected[row[code]] = (rows + 1, days + (row[day] is not None))
    assert {value: (rows, days) for value, rows, days in found} == expected


def rows_for_a_while(count):
    return "".join(f'{{"id":{number},"label":"row {number}"}}\n' for number in range(count)).encode()


THINGS = ROOT / "Tests" / "Golden" / "data" / "parquet" / "things.odcs.yaml"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
@pytest.mark.parametrize("options", [[], ["--sort-by", "label"], ["--split-bytes", "100000", "--page-rows", "1000"]])
def test_a_killed_run_leaves_nothing_under_the_final_name(tmp_path, number, options):
    program = subprocess.Popen(
        [PROGRAM, "--contract", THINGS, "-o", tmp_path / "out.parquet", *options], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdin.write(rows_for_a_while(200_000))
    program.stdin.flush()
    # It is in flight: it has taken more than a pipe holds, and waits for the rest.
    assert any(path.name.endswith(".partial") for path in tmp_path.iterdir())
    program.send_signal(number)
    assert program.wait(timeout=60) == -number
    program.stdin.close()
    left = [path.name for path in tmp_path.iterdir()]
    assert not [name for name in left if not name.endswith(".partial")]
    if number != signal.SIGKILL:
        assert left == []


def test_a_closed_pipe_ends_the_run_with_141(tmp_path):
    (tmp_path / "rows.ndjson").write_bytes(rows_for_a_while(300_000))
    program = subprocess.Popen(
        [PROGRAM, tmp_path / "rows.ndjson", "--contract", THINGS, "-o", "-", "--compression", "none"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    program.stdout.read(10)
    program.stdout.close()
    assert program.wait(timeout=60) == 141
    assert program.stderr.read() == b""


def test_a_full_disk_publishes_nothing(tmp_path):
    (tmp_path / "rows.ndjson").write_bytes(rows_for_a_while(100_000))
    # A file size limit stands in for the disk: the write fails the same way.
    done = subprocess.run(
        ["bash", "-c", f"trap '' XFSZ; ulimit -f 100; exec {PROGRAM} rows.ndjson --contract {THINGS} -o out.parquet"
         " --compression none"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 74, done.stderr
    assert "out.parquet" in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.ndjson"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [PROGRAM, tmp_path / "rows.ndjson", "--contract", THINGS, "-o", "-"], stdout=full, stderr=subprocess.PIPE,
            text=True, timeout=60)
    assert done.returncode == 74
    assert "No space left" in done.stderr


def test_a_cut_input_publishes_nothing(tmp_path):
    whole = gzip.compress(rows_for_a_while(50_000))
    (tmp_path / "rows.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    done = subprocess.run(
        [PROGRAM, tmp_path / "rows.ndjson.gz", "--contract", THINGS, "-o", tmp_path / "out.parquet"],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 65
    assert "ends too early" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["rows.ndjson.gz"]


def test_one_changed_byte_of_a_page_is_noticed(tmp_path):
    path, _ = write(tmp_path, Table(3, row_count=500), "--compression", "none")
    damaged = bytearray(path.read_bytes())
    chunk = pq.ParquetFile(path).metadata.row_group(0).column(0)
    damaged[chunk.data_page_offset + chunk.total_compressed_size - 1 if chunk.dictionary_page_offset is None
            else chunk.dictionary_page_offset + chunk.total_compressed_size - 1] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(path, page_checksum_verification=True)


def test_the_footer_names_the_contract(tmp_path):
    path, _ = write(tmp_path, Table(1, row_count=1), "--meta", "source=made up")
    metadata = pq.ParquetFile(path).metadata
    assert metadata.metadata[b"contract.id"] == b"random"
    assert metadata.metadata[b"contract.version"] == b"1.0.0"
    assert len(metadata.metadata[b"contract.sha256"]) == 64
    assert metadata.metadata[b"source"] == b"made up"
    assert metadata.created_by.startswith("ndjson2parquet version ")
    assert metadata.format_version == "1.0"
    assert metadata.row_group(0).column(0).has_offset_index
    assert metadata.row_group(0).column(0).has_column_index


def test_exact_decimals_of_38_digits(tmp_path):
    table = Table(0, row_count=0)
    table.names, table.required = ["d38", "d20"], set()
    nines = decimal.Decimal(10**38 - 1).scaleb(-38, decimal.Context(prec=60))
    table.rows = [[nines, decimal.Decimal(10**20 - 1)], [nines.copy_negate(), decimal.Decimal(1 - 10**20)], [None, None]]
    path, part = write(tmp_path, table)
    assert duckdb.sql(f"SELECT d38, d20 FROM '{path}'").fetchall() == [tuple(row) for row in table.rows]
    assert part["columns"]["d20"]["max"] == 10**20 - 1


def test_types_are_all_tried():
    tried = set()
    for seed in SEEDS:
        tried.update(Table(seed, row_count=0).names)
    assert tried == set(TYPES)
