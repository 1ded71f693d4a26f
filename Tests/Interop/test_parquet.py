"""What ndjson2parquet writes, other readers read: the same values, the same types, and the same rows under filters."""

import datetime
import decimal
import json
import os
import pathlib
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
