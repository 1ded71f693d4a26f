"""Lists and groups, as deep as the rows are, are read back by pyarrow and DuckDB as they were written."""

import json
import random
import subprocess

import duckdb
import pyarrow.parquet as pq
import pytest

from test_parquet import PROGRAM

# What a value may be: a maker, or a list of one, or a group of several.
SHAPES = [
    ["number"], [["text"]], {"a": "number", "b": "text"}, [{"code": "text", "langs": ["text"]}], {"deep": {"list": [{"x": ["flag"]}]}},
    [[["number"]]],
]
VALUES = {
    "number": lambda rng: rng.randint(-(2**63), 2**63 - 1), "text": lambda rng: rng.choice(["", "a", "São Paulo", "x" * 80]),
    "flag": lambda rng: rng.random() < 0.5,
}


def draw(shape, rng, depth=0):
    if depth and rng.random() < 0.2:
        return None
    if isinstance(shape, list):
        return [draw(shape[0], rng, depth + 1) for _ in range(rng.choice([0, 0, 1, 2, 5]))]
    if isinstance(shape, dict):
        return {name: draw(member, rng, depth + 1) for name, member in shape.items() if rng.random() < 0.8}
    return VALUES[shape](rng)


def whole(shape, value):
    """The value as a reader gives it: absent members are null."""
    if value is None or isinstance(shape, str):
        return value
    if isinstance(shape, list):
        return [whole(shape[0], item) for item in value]
    return {name: whole(member, value.get(name)) for name, member in shape.items()}


def example(shape):
    """A value in which nothing is absent, so that everything is inferred, in order."""
    if isinstance(shape, list):
        return [example(shape[0])]
    if isinstance(shape, dict):
        return {name: example(member) for name, member in shape.items()}
    return {"number": 1, "text": "x", "flag": True}[shape]


@pytest.mark.parametrize("seed", range(24))
def test_nested_values_come_back(tmp_path, seed):
    rng = random.Random(seed)
    shapes = {f"c{number}": SHAPES[(seed + number) % len(SHAPES)] for number in range(1 + seed % 3)}
    rows = [{name: example(shape) for name, shape in shapes.items()}]
    for _ in range(rng.choice([0, 1, 7, 8, 100, 333])):
        row = {name: None if rng.random() < 0.1 else draw(shape, rng) for name, shape in shapes.items()}
        rows.append({name: value for name, value in row.items() if rng.random() < 0.9})
    (tmp_path / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
    path = tmp_path / "rows.parquet"
    done = subprocess.run(
        [PROGRAM, tmp_path / "rows.ndjson", "--infer", "--nested", "-o", path, "--page-rows", str(1 + seed % 9),
         "--row-group-rows", str(10 + seed * 7), "--threads", str(1 + seed % 2)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    expected = [{name: whole(shape, row.get(name)) for name, shape in shapes.items()} for row in rows]
    found = pq.read_table(path, page_checksum_verification=True)
    assert found.to_pylist() == expected
    columns = ", ".join(shapes)
    assert [dict(zip(shapes, row)) for row in duckdb.sql(f"SELECT {columns} FROM '{path}'").fetchall()] == expected
