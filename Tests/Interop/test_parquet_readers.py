"""Polars, fastparquet and Spark read what ndjson2parquet writes: the same values, and the same rows under filters.

They have an environment of their own: scripts/run-tests-long readers.
"""

import collections
import datetime
import math
import os

import fastparquet
import pandas
import polars
import pyarrow.parquet as pq
import pyspark.sql
import pytest

from parquet_tables import EPOCH, Table
from test_parquet import options_for, write

SEEDS = range(int(os.environ.get("SLUICE_PARQUET_TABLES", "40")))
FILTERS = ["i32", "i64", "code", "text", "d9", "real", "day", "wall"]


def rows(table):
    return [tuple(row) for row in table.rows]


@pytest.mark.parametrize("seed", SEEDS)
def test_polars_reads_the_same_values(tmp_path, seed):
    table = Table(seed + 5000)
    path, _ = write(tmp_path, table, *options_for(seed))
    found = polars.read_parquet(path)
    assert found.columns[: len(table.names)] == table.names
    assert found.select(table.names).to_arrow().to_pydict() == pq.read_table(path).select(table.names).to_pydict()
    assert found.height == len(table.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_polars_filters_give_the_rows_of_a_full_scan(tmp_path, seed):
    table = Table(seed + 6000, row_count=400)
    path, _ = write(tmp_path, table, "--row-group-rows", "90", "--page-rows", "20")
    whole = polars.read_parquet(path)
    for name in [name for name in FILTERS if name in table.names]:
        present = [value for value in whole[name].to_list() if value is not None]
        if not present:
            continue
        pivot = polars.lit(present[len(present) // 2], dtype=whole.schema[name])
        for condition in (polars.col(name) >= pivot, polars.col(name) == pivot, polars.col(name) < pivot):
            assert polars.scan_parquet(path).filter(condition).collect().equals(whole.filter(condition)), name


def as_pandas_has_it(name, value):
    """A value in pandas' form: decimals are doubles, times of day are spans, instants have no zone."""
    if value is None:
        return None
    if name in ("d9", "d18", "d20", "d38"):
        return float(value)
    if name == "hour":
        return datetime.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if name == "day":
        # Days become nanoseconds: those of other centuries do not fit.
        return datetime.datetime(value.year, value.month, value.day) if 1678 <= value.year <= 2261 else ...
    return value.replace(tzinfo=None) if name == "instant" else value


def is_same(name, found, expected):
    if expected is ... or found is None or expected is None:
        return expected is ... or found is expected
    return math.isclose(found, expected, rel_tol=1e-14) if name in ("d9", "d18", "d20", "d38") else found == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_fastparquet_reads_the_same_values(tmp_path, seed):
    table = Table(seed + 7000)
    # One row group: fastparquet 2026.9 loses texts when they are in a dictionary in one chunk and PLAIN in another.
    codec = options_for(seed)[4:]
    path, _ = write(tmp_path, table, "--page-rows", str(1 + seed * 13), *codec)
    found = fastparquet.ParquetFile(str(path)).to_pandas(columns=table.names)
    assert len(found) == len(table.rows)
    for name in table.names:
        expected = [as_pandas_has_it(name, row[table.names.index(name)]) for row in table.rows]
        values = [None if pandas.isna(value) else value for value in found[name].tolist()]
        assert all(is_same(name, *pair) for pair in zip(values, expected)), name


@pytest.mark.parametrize("seed", SEEDS)
def test_fastparquet_filters_give_the_rows_of_a_full_scan(tmp_path, seed):
    table = Table(seed + 7500, row_count=400)
    path, _ = write(tmp_path, table, "--row-group-rows", "90", "--page-rows", "20")
    for name in [name for name in ("i8", "i32", "u32", "i64", "wall") if name in table.names]:
        values = [row[table.names.index(name)] for row in table.rows]
        present = [value for value in values if value is not None]
        if not present:
            continue
        pivot = present[len(present) // 2]
        for operator, holds in ((">=", lambda value: value >= pivot), ("==", lambda value: value == pivot), ("<", lambda value: value < pivot)):
            # It leaves out row groups by their statistics; its filter of rows goes wrong where a chunk has several pages.
            rows = fastparquet.ParquetFile(str(path)).to_pandas(columns=[name], filters=[(name, operator, pivot)])
            found = [value for value in rows[name].tolist() if not pandas.isna(value) and holds(value)]
            assert found == [value for value in present if holds(value)], (name, operator)


@pytest.fixture(scope="module")
def spark():
    session = (
        pyspark.sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC").config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.timeType.enabled", "true").getOrCreate()
    )
    yield session
    session.stop()


@pytest.mark.parametrize("seed", range(12))
def test_spark_reads_the_same_values(tmp_path, spark, seed):
    table = Table(seed + 8000)
    path, _ = write(tmp_path, table, *options_for(seed))
    # Spark's client has no time of day, and local time gets in the way of old dates: microseconds and days are compared.
    names = [name for name in table.names if name != "hour"]
    if not names:
        return
    frame = spark.read.parquet(str(path))
    assert frame.columns[: len(table.names)] == table.names
    chosen = []
    for name in names:
        if name == "instant":
            chosen.append(f"unix_micros({name}) AS {name}")
        elif name == "wall":
            chosen.append(f"unix_micros(CAST({name} AS TIMESTAMP)) AS {name}")
        elif name == "day":
            chosen.append(f"unix_date({name}) AS {name}")
        else:
            chosen.append(name)

    def plain(name, value):
        if value is None:
            return None
        if name in ("instant", "wall"):
            return (value.replace(tzinfo=None) - EPOCH) // datetime.timedelta(microseconds=1)
        return (value - EPOCH.date()).days if name == "day" else value

    found = [tuple(row) for row in frame.selectExpr(*chosen).collect()]
    expected = [
        tuple(plain(name, row[table.names.index(name)]) for name in names) for row in table.rows
    ]
    assert collections.Counter(found) == collections.Counter(expected)
    assert frame.count() == len(table.rows)


@pytest.mark.parametrize("seed", range(6))
def test_spark_filters_give_the_rows_of_a_full_scan(tmp_path, spark, seed):
    table = Table(seed + 9000, row_count=400)
    path, _ = write(tmp_path, table, "--row-group-rows", "90", "--page-rows", "20")
    frame = spark.read.parquet(str(path))
    for name in [name for name in ("i32", "i64", "code", "text", "d9", "real") if name in table.names]:
        values = [row[table.names.index(name)] for row in table.rows]
        present = [value for value in values if value is not None]
        if not present:
            continue
        pivot = present[len(present) // 2]
        order = str.encode if isinstance(pivot, str) else lambda value: value
        for operator, holds in (
            (">=", lambda value: order(value) >= order(pivot)), ("<", lambda value: order(value) < order(pivot)),
        ):
            column = frame[name]
            condition = column >= pivot if operator == ">=" else column < pivot
            assert frame.filter(condition).count() == sum(value is not None and holds(value) for value in values), name
