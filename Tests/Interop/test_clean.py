"""clean, from outside: what must hold for any rows, and Python's decimals and dates as a second opinion."""

import datetime
import decimal
import json
import os
import pathlib
import re
import string
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "clean"

CONTRACT = """
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    physicalType: table
    logicalType: object
    customProperties:
      - {property: cleaning, value: {rulesVersion: 1, nullTokens: ["", "-", "N/A"], headerMatch: snake%s}}
    properties:
      - {name: id, logicalType: string, physicalType: VARCHAR(6), required: true, customProperties: [
          {property: cleaning, value: {ops: [squeeze, lower]}}]}
      - {name: n, logicalType: integer, logicalTypeOptions: {minimum: -5, maximum: 1000}, physicalType: INTEGER}
      - {name: price, logicalType: number, physicalType: "DECIMAL(8,2)", customProperties: [
          {property: precision, value: 8}, {property: scale, value: 2},
          {property: cleaning, value: {parse: {decimal: ",", group: ".", strip: ["R$"]}}}]}
      - {name: ratio, logicalType: number, physicalType: DOUBLE}
      - {name: paid, logicalType: boolean, physicalType: BOOLEAN, customProperties: [
          {property: cleaning, value: {parse: {trueValues: ["sim", "true"], falseValues: ["não", "false"]}, map: {"x": "true"}}}]}
      - {name: day, logicalType: date, physicalType: DATE, customProperties: [
          {property: cleaning, value: {parse: {formats: ["dd/MM/yyyy", "d MMM yyyy"], language: pt}}}]}
      - {name: moment, logicalType: timestamp, logicalTypeOptions: {timezone: false}, physicalType: TIMESTAMP_NTZ(6)}
      - {name: note, logicalType: string, physicalType: VARCHAR}
      - {name: tree, logicalType: object, physicalType: VARIANT}
"""
FIRST = ", dedupe: {keys: [id, n], keep: first}"
LATEST = ", dedupe: {keys: [id], keep: latest, orderBy: [moment, n], ties: lastSeen}"
FIELDS = ["id", "n", "price", "ratio", "paid", "day", "moment", "note", "tree"]

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
spaced = st.sampled_from(["", " ", "\u00a0", "\t", "\u200b", "\ufeff"])
numbers = st.one_of(
    st.integers(-20, 1100), st.integers(-2**65, 2**65), st.floats(allow_nan=False, allow_infinity=False),
    st.decimals(-10_000, 10_000, places=2).map(float))
number_texts = st.one_of(
    numbers.map(str), st.sampled_from(["1.234,56", "R$ 5,00", "1,5", "12,34,56", "1.23", "--1", "1e3", "0001", "999999,99", "1000000"]))
dates = st.one_of(
    st.dates().map(lambda day: day.isoformat()), st.dates().map(lambda day: f"{day.day:02}/{day.month:02}/{day.year:04}"),
    st.datetimes().map(lambda moment: moment.isoformat()), st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    st.sampled_from(["31/02/2018", "7 fev 2018", "31 DEZ 1999", "2018-02-29", "ontem"]))
words = st.sampled_from(["", "-", "N/A", "n/a", "Sim", "NÃO", "true", "x", "e\u0301", "é", "a  b", " A1", "a1", "A1 "])
trees = st.recursive(st.one_of(st.none(), st.booleans(), numbers, texts), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=4)
values = st.one_of(st.none(), st.booleans(), numbers, texts, number_texts, dates, words, st.tuples(spaced, words, spaced).map("".join))
names = st.sampled_from(["id", "ID", "n", "price", "Price ", "ratio", "paid", "day", "moment", "note", "tree", "other", "Other two", "_source_row"])
records = st.dictionaries(names, values, max_size=10).flatmap(
    lambda record: st.one_of(st.just(record), trees.map(lambda tree: {**record, "tree": tree})))
lines = st.one_of(
    records.map(lambda record: json.dumps(record, ensure_ascii=False)), records.map(json.dumps),
    records.map(lambda record: json.dumps(record, separators=(",", ":"), ensure_ascii=False)),
    st.sampled_from(["", "  ", "[1]", "{", '{"id":"a","id":"b"}', '{"id":"\\ud800"}', '{"id":01}']))
tables = st.lists(lines, max_size=25).map("\n".join)
ways = st.tuples(st.sampled_from([64, 100, 500, 1 << 20]), st.integers(1, 4), st.sampled_from(["64K", "512M"]))
relaxed = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Run:
    """One run of clean over some bytes, with all that came out."""

    def __init__(self, folder, data, dedupe="", way=(1 << 20, 1, "512M"), more=()):
        (folder / "contract.odcs.yaml").write_text(CONTRACT % dedupe)
        (folder / "in.ndjson").write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        out, rejects, report = folder / "out.ndjson", folder / "rejects.ndjson", folder / "report.json"
        block, threads, memory = way
        done = subprocess.run(
            [CLEAN, "--quiet", "--contract", folder / "contract.odcs.yaml", folder / "in.ndjson", "-o", out, "--rejects", rejects,
             "--report", report, "--block-bytes", str(block), "--threads", str(threads), "--memory", memory, *more],
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        self.out, self.rejects = out.read_bytes(), rejects.read_bytes()
        self.counts = json.loads(report.read_text())["counts"]
        self.rows = [json.loads(line, parse_float=decimal.Decimal) for line in self.out.splitlines()]
        self.codes = [[error["code"] for error in json.loads(line)["errors"]] for line in self.rejects.splitlines()]


@pytest.mark.parametrize("dedupe", ["", FIRST, LATEST], ids=["all", "first", "latest"])
@relaxed
@given(table=tables, way=ways)
def test_rows_are_counted_once_and_clean_rows_stay_as_they_are(tmp_path, dedupe, table, way):
    run = Run(tmp_path, table, dedupe)
    counts = run.counts
    assert counts["read"] == len(table.split("\n")) - (1 if table.split("\n")[-1] == "" else 0)
    assert counts["read"] == counts["emitted"] + counts["rejected"] + counts["duplicates"] + counts["blank"]
    assert counts["emitted"] == len(run.out.splitlines()) and counts["rejected"] == len(run.codes)
    # However the work is cut and spread, and wherever the keys are kept, the bytes are the same.
    other = Run(tmp_path, table, dedupe, way)
    assert (other.out, other.rejects, other.counts) == (run.out, run.rejects, counts)
    again = Run(tmp_path, run.out, dedupe, way)
    assert again.out == run.out
    assert again.counts == {**counts, "read": counts["emitted"], "rejected": 0, "duplicates": 0, "blank": 0}


@relaxed
@given(table=tables, way=ways)
def test_refused_rows_are_refused_again_for_the_same_reasons(tmp_path, table, way):
    run = Run(tmp_path, table)
    again = Run(tmp_path, run.rejects, way=way, more=["--from-rejects"])
    assert again.codes == run.codes and again.out == b""


@relaxed
@given(table=st.lists(lines, max_size=15), seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing_without_duplicates(tmp_path, table, seed):
    shuffled = list(table)
    seed.shuffle(shuffled)
    first, second = Run(tmp_path, "\n".join(table)), Run(tmp_path, "\n".join(shuffled))
    assert sorted(first.out.splitlines()) == sorted(second.out.splitlines())
    assert sorted(first.codes) == sorted(second.codes)


@relaxed
@given(table=tables)
def test_every_row_is_canonical(tmp_path, table):
    run = Run(tmp_path, table)
    for line, row in zip(run.out.split(b"\n"), run.rows):
        assert list(row)[:10] == [*FIELDS, "_extra"]
        assert line.startswith(b'{"id":"') and b'": ' not in re.sub(rb'"(?:[^"\\]|\\.)*"', b'""', line)
        assert re.fullmatch(r"-?\d+\.\d\d|None", str(row["price"]))
        assert row["id"] == row["id"].strip() and 1 <= len(row["id"]) <= 6
        assert row["n"] is None or (isinstance(row["n"], int) and -5 <= row["n"] <= 1000)
        assert row["paid"] in (None, True, False)
        assert row["day"] is None or datetime.date.fromisoformat(row["day"]).isoformat() == row["day"]
        assert row["moment"] is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?", row["moment"])
        assert row["_extra"] is None or all(value is not None for value in row["_extra"].values())


def only_value(folder, column, value):
    """What becomes of one value: its clean form, or the codes of its refusal."""
    run = Run(folder, json.dumps({"id": "a", column: value}))
    return run.rows[0][column] if run.rows else run.codes[0]


@relaxed
@given(sign=st.sampled_from(["", "-", "+"]), whole=st.text(string.digits, min_size=1, max_size=9), places=st.text(string.digits, max_size=4))
def test_decimals_are_those_of_python(tmp_path, sign, whole, places):
    found = only_value(tmp_path, "price", sign + whole + ("," + places if places else ""))
    exact = decimal.Decimal(f"{sign}{whole}.{places or 0}")
    fits = exact == exact.quantize(decimal.Decimal("0.01")) and abs(exact) < 1_000_000
    assert found == (exact if fits else ["range.precision"])


@relaxed
@given(year=st.integers(0, 10_000), month=st.integers(0, 13), day=st.integers(0, 32))
def test_dates_are_those_of_python(tmp_path, year, month, day):
    try:
        expected = datetime.date(year, month, day).isoformat()
    except ValueError:
        expected = ["parse.date"]
    assert only_value(tmp_path, "day", f"{day:02}/{month:02}/{year:04}") == expected
    assert only_value(tmp_path, "day", f"{year:04}-{month:02}-{day:02}") == expected


@relaxed
@given(value=st.floats(allow_nan=False, allow_infinity=False))
def test_doubles_are_those_of_python(tmp_path, value):
    run = Run(tmp_path, json.dumps({"id": "a", "ratio": value}))
    assert json.loads(run.out)["ratio"] == value
