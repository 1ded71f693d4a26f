"""Traps that each cost somebody data, by clean's release build: a value, the column's rules, and what must come out."""

import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "clean"
GOLDEN = ROOT / "Tests" / "Golden" / "clean"
LOGICAL = {"VARCHAR": "string", "BIGINT": "integer", "INTEGER": "integer", "DECIMAL": "number", "DOUBLE": "number", "BOOLEAN": "boolean",
           "DATE": "date", "TIMESTAMP_NTZ": "timestamp", "TIMESTAMP_TZ": "timestamp", "VARIANT": "object"}


def column(name, kind, cleaning="", options="", more=""):
    word = kind.split("(")[0]
    custom = [f"{{property: cleaning, value: {{{cleaning}}}}}"] if cleaning else []
    if word == "DECIMAL":
        precision, scale = kind[8:-1].split(",")
        custom += [f"{{property: precision, value: {precision}}}", f"{{property: scale, value: {scale}}}"]
    if word.startswith("TIMESTAMP"):
        options = f"timezone: {str(word == 'TIMESTAMP_TZ').lower()}" + (f", {options}" if options else "")
    return (f'      - {{name: {name}, logicalType: {LOGICAL[word]}, physicalType: "{kind}"'
            + (f", logicalTypeOptions: {{{options}}}" if options else "") + (f", {more}" if more else "")
            + (f", customProperties: [{', '.join(custom)}]" if custom else "") + "}")


def clean(folder, columns, data, schema="", *more):
    """Runs clean over bytes; gives the rows, the codes of each refused row, the report and what was said."""
    (folder / "t.odcs.yaml").write_text("\n".join([
        "apiVersion: v3.1.0", "kind: DataContract", "id: t", "version: 1.0.0", "status: active", "schema:", "  - name: t", "    customProperties:",
        f"      - {{property: cleaning, value: {{rulesVersion: 1, headerMatch: snake{schema}}}}}", "    properties:", *columns, ""]))
    data = data if isinstance(data, bytes) else data.encode()
    done = subprocess.run(
        [CLEAN, "--contract", folder / "t.odcs.yaml", "--rejects", folder / "rejects.ndjson", "--report", folder / "report.json",
         "-o", folder / "rows.ndjson", *more], input=data, capture_output=True, timeout=60)
    report = json.loads((folder / "report.json").read_text())
    rows = (folder / "rows.ndjson").read_text() if (folder / "rows.ndjson").exists() else None
    rejects = [json.loads(line) for line in (folder / "rejects.ndjson").read_text().split("\n") if line] if (folder / "rejects.ndjson").exists() else []
    return done.returncode, rows, [[error["code"] for error in reject["errors"]] for reject in rejects], report, done.stderr.decode()


COMMA = "parse: {decimal: ',', group: '.', strip: ['R$']}"
POINT = "parse: {decimal: '.', group: ','}"
SERIAL = "parse: {excelSerial: 1900}, minimum: '1900-01-01'"
# column, JSON of the value, what stands in the row or the codes of the refusal
VALUES = {
    "a zip keeps its leading zero": (column("v", "VARCHAR(5)"), '"01310"', '"01310"'),
    "a zip that became a number is not guessed": (column("v", "VARCHAR(5)"), "1310", '"1310"'),
    "a lost zero comes back where declared": (column("v", "VARCHAR(5)", "ops: [{padLeft: {width: 5, with: '0'}}]"), "1310", '"01310"'),
    "an id beyond 2^53": (column("v", "BIGINT"), "9007199254740993", "9007199254740993"),
    "an id below 2^53": (column("v", "BIGINT"), "9007199254740991", "9007199254740991"),
    "the largest id": (column("v", "BIGINT"), "9223372036854775807", "9223372036854775807"),
    "one more than the largest id": (column("v", "BIGINT"), "9223372036854775808", ["range.max"]),
    "the smallest id": (column("v", "BIGINT"), "-9223372036854775808", "-9223372036854775808"),
    "one less than the smallest id": (column("v", "BIGINT"), "-9223372036854775809", ["range.min"]),
    "an id beyond 2^53 as text": (column("v", "BIGINT"), '"9007199254740993"', "9007199254740993"),
    "an id beyond 2^53 deep in JSON": (column("v", "VARIANT"), '{"a":[9007199254740993]}', '{"a":[9007199254740993]}'),
    "comma amounts under comma": (column("v", "DECIMAL(12,2)", COMMA), '"1.234,56"', "1234.56"),
    "point amounts under comma": (column("v", "DECIMAL(12,2)", COMMA), '"1,234.56"', ["parse.decimal"]),
    "point amounts under point": (column("v", "DECIMAL(12,2)", POINT), '"1,234.56"', "1234.56"),
    "comma amounts under point": (column("v", "DECIMAL(12,2)", POINT), '"1.234,56"', ["parse.decimal"]),
    "1,234 without a group": (column("v", "DECIMAL(12,2)"), '"1,234"', ["parse.decimal"]),
    "1,234 where the comma groups": (column("v", "DECIMAL(12,2)", POINT), '"1,234"', "1234.00"),
    "1,234 where the comma is the point": (column("v", "DECIMAL(12,3)", COMMA), '"1,234"', "1.234"),
    "9,99 where the comma groups": (column("v", "DECIMAL(12,2)", POINT), '"9,99"', ["parse.decimal"]),
    "1,234 as an integer": (column("v", "BIGINT"), '"1,234"', ["parse.integer"]),
    "parentheses are no minus unless declared": (column("v", "DECIMAL(12,2)", COMMA), '"(12,00)"', ["parse.decimal"]),
    "a currency and a no-break space": (column("v", "DECIMAL(12,2)", COMMA), '"R$\\u00a01.234,56"', "1234.56"),
    "minus zero": (column("v", "DECIMAL(12,2)"), '"-0.00"', "0.00"),
    "1e3 as an integer": (column("v", "INTEGER"), "1e3", "1000"),
    "1e3 as text": (column("v", "INTEGER"), '"1e3"', ["parse.integer"]),
    "38 digits": (column("v", "DECIMAL(38,0)"), "9" * 38, "9" * 38),
    "39 digits": (column("v", "DECIMAL(38,0)"), "9" * 39, ["range.precision"]),
    "40 digits as an integer": (column("v", "BIGINT"), "1" * 40, ["range.max"]),
    "40 digits as text stay": (column("v", "VARCHAR"), "1" * 40, '"' + "1" * 40 + '"'),
    "NaN as text": (column("v", "DOUBLE"), '"NaN"', ["parse.number"]),
    "the word null": (column("v", "VARCHAR"), '"null"', '"null"'),
    "a surname": (column("v", "VARCHAR"), '"Null"', '"Null"'),
    "Namibia": (column("v", "VARCHAR"), '"NA"', '"NA"'),
    "a null": (column("v", "VARCHAR"), "null", "null"),
    "a cell of one no-break space": (column("v", "VARCHAR"), '"\\u00a0"', "null"),
    "a required cell of one no-break space": (column("v", "VARCHAR", more="required: true"), '"\\u00a0"', ["null.required"]),
    "a composed letter": (column("v", "VARCHAR"), '"\\u00e9"', '"é"'),
    "a letter and its accent": (column("v", "VARCHAR"), '"e\\u0301"', '"é"'),
    "day before month": (column("v", "DATE", "parse: {formats: ['dd/MM/yyyy']}"), '"12/03/2024"', '"2024-03-12"'),
    "month before day": (column("v", "DATE", "parse: {formats: ['MM/dd/yyyy']}"), '"12/03/2024"', '"2024-12-03"'),
    "31 February": (column("v", "DATE", "parse: {formats: ['dd/MM/yyyy']}"), '"31/02/2024"', ["parse.date"]),
    "29 February of a century": (column("v", "DATE"), '"1900-02-29"', ["parse.date"]),
    "a serial": (column("v", "DATE", SERIAL), "43831", '"2020-01-01"'),
    "serial 59": (column("v", "DATE", SERIAL), "59", '"1900-02-28"'),
    "serial 60, a day that never was": (column("v", "DATE", SERIAL), "60", ["parse.date"]),
    "serial 61": (column("v", "DATE", SERIAL), "61", '"1900-03-01"'),
    "a serial where none is declared": (column("v", "DATE"), "43831", ["parse.date"]),
    "Sim": (column("v", "BOOLEAN", "parse: {trueValues: [sim], falseValues: [não]}"), '"Sim"', "true"),
    "NÃO": (column("v", "BOOLEAN", "parse: {trueValues: [sim], falseValues: [não]}"), '"NÃO"', "false"),
    "NÃO in two characters": (column("v", "BOOLEAN", "parse: {trueValues: [sim], falseValues: [não]}"), '"NA\\u0303O"', "false"),
    "an hour that the clocks left out": (
        column("v", "TIMESTAMP_TZ(6)", options="defaultTimezone: America/Sao_Paulo"), '"2018-11-04T00:30:00"', ["parse.timestamp"]),
    "an hour that was there twice": (
        column("v", "TIMESTAMP_TZ(6)", options="defaultTimezone: America/Sao_Paulo"), '"2018-02-17T23:30:00"', '"2018-02-18T01:30:00Z"'),
    "a lone surrogate": (column("v", "VARCHAR"), '"\\ud800"', ["json.syntax"]),
}


@pytest.mark.parametrize("trap", VALUES)
def test_a_value_is_kept_or_refused_with_a_reason(tmp_path, trap):
    definition, value, expected = VALUES[trap]
    status, rows, codes, _, _ = clean(tmp_path, [definition], f'{{"v":{value}}}\n')
    assert status == 0
    if isinstance(expected, list):
        assert (rows, codes) == ("", [expected])
    else:
        assert (rows, codes) == (f'{{"v":{expected},"_extra":null}}\n', [])


KEYED = [column("k", "VARCHAR"), column("n", "INTEGER")]


def test_composed_and_decomposed_letters_are_one_key(tmp_path):
    _, rows, _, report, _ = clean(tmp_path, KEYED, '{"k":"\\u00e9"}\n{"k":"e\\u0301"}\n', ", dedupe: {keys: [k], keep: first}")
    assert rows.count("\n") == 1 and report["counts"]["duplicates"] == 1


def test_keys_that_differ_in_case_are_two(tmp_path):
    _, rows, _, report, _ = clean(tmp_path, KEYED, '{"k":"a"}\n{"k":"A"}\n', ", dedupe: {keys: [k], keep: first}")
    assert rows.count("\n") == 2 and report["counts"]["duplicates"] == 0


@pytest.mark.parametrize("ties, kept", [("firstSeen", "1"), ("lastSeen", "3"), ("reject", None)])
def test_equal_moments_are_settled_as_declared(tmp_path, ties, kept):
    columns = [*KEYED, column("at", "TIMESTAMP_NTZ(6)")]
    data = "".join(f'{{"k":"a","n":{number},"at":"2018-01-01T00:00:00"}}\n' for number in (1, 2, 3))
    _, rows, codes, report, _ = clean(tmp_path, columns, data, f", dedupe: {{keys: [k], keep: latest, orderBy: [at], ties: {ties}}}")
    counts = report["counts"]
    if kept is None:
        assert rows == "" and codes == [["dup.key"]] * 3 and counts["rejected"] == 3
    else:
        assert [json.loads(line)["n"] for line in rows.splitlines()] == [int(kept)] and counts["duplicates"] == 2
    assert counts["read"] == counts["emitted"] + counts["rejected"] + counts["duplicates"] + counts["blank"]


def test_headers_with_marks_and_spaces_are_found(tmp_path):
    _, rows, codes, _, _ = clean(tmp_path, [column("order_id", "VARCHAR")], '{"\ufefforder_id":"a"}\n{"Order ID ":"b"}\n{"ｏｒｄｅｒ　ｉｄ":"c"}\n')
    assert [json.loads(line)["order_id"] for line in rows.splitlines()] == ["a", "b", "c"] and codes == []


def test_an_absent_column_and_a_null_are_the_same_row(tmp_path):
    _, rows, _, _, _ = clean(tmp_path, KEYED, '{"k":"a"}\n{"k":"a","n":null}\n')
    first, second = rows.splitlines()
    assert first == second


def test_lines_may_end_as_on_windows(tmp_path):
    _, rows, codes, report, _ = clean(tmp_path, KEYED, b'{"k":"a"}\r\n\r\n{"k":"b"}\r\n')
    assert rows == '{"k":"a","n":null,"_extra":null}\n{"k":"b","n":null,"_extra":null}\n'
    assert codes == [] and report["counts"]["blank"] == 1


def test_a_line_of_20_megabytes_is_refused_and_the_next_one_read(tmp_path):
    data = b'{"k":"' + b"x" * 20_000_000 + b'"}\n{"k":"b"}\n'
    _, rows, codes, _, _ = clean(tmp_path, KEYED, data)
    assert codes == [["json.tooLong"]] and rows == '{"k":"b","n":null,"_extra":null}\n'


def test_a_cut_last_line_is_refused_not_dropped(tmp_path):
    _, rows, codes, report, _ = clean(tmp_path, KEYED, b'{"k":"a"}\n{"k":"b"')
    assert codes == [["json.syntax"]] and rows.count("\n") == 1 and report["counts"]["read"] == 2


def test_no_rows_at_all_break_a_rule_about_their_number(tmp_path):
    (tmp_path / "plain").mkdir()
    status, rows, _, _, _ = clean(tmp_path / "plain", KEYED, b"")
    assert (status, rows) == (0, "")
    contract = (tmp_path / "plain" / "t.odcs.yaml").read_text()
    ruled = contract.replace("    properties:", "    quality: [{id: some, metric: rowCount, mustBeGreaterThan: 0}]\n    properties:")
    (tmp_path / "r.odcs.yaml").write_text(ruled)
    done = subprocess.run([CLEAN, "--contract", tmp_path / "r.odcs.yaml", "-o", tmp_path / "out.ndjson"], input=b"", capture_output=True, timeout=60)
    assert done.returncode == 65 and b"some" in done.stderr and not (tmp_path / "out.ndjson").exists()


def test_all_rows_refused_are_all_told(tmp_path):
    data = "".join(f'{{"k":"a","n":"x{number}"}}\n' for number in range(50))
    status, rows, codes, report, _ = clean(tmp_path, KEYED, data)
    assert (status, rows) == (0, "") and codes == [["parse.integer"]] * 50 and report["counts"]["rejected"] == 50
    (tmp_path / "limited").mkdir()
    status, rows, codes, _, _ = clean(tmp_path / "limited", KEYED, data, "", "--max-rejects", "99%")
    assert (status, rows) == (65, None) and len(codes) == 50


def test_a_duplicate_member_is_refused_even_when_written_differently(tmp_path):
    _, _, codes, _, _ = clean(tmp_path, KEYED, '{"k":"a","\\u006b":"b"}\n')
    assert codes == [["json.duplicateKey"]]


def codes_of_the_program():
    source = (ROOT / "Sources" / "Stages" / "clean" / "RejectCode.swift").read_text().split("enum RejectCode", 1)[1].split("\n}", 1)[0]
    return {match[1] or match[0] for match in re.findall(r'^    case (\w+)(?: = "([^"]+)")?$', source, re.M)}


def test_each_code_has_a_golden_case_that_shows_it():
    codes = codes_of_the_program()
    assert len(codes) > 30
    for code in codes:
        shown = GOLDEN / f"{code}.stdout.exact"
        assert shown.exists(), f"no golden case {code}.sh"
        assert code in shown.read_text()


def test_each_code_is_explained_and_nothing_else_is():
    table = (ROOT / "compose" / "contracts" / "README.md").read_text().split("| code | the row is refused because |")[1].split("\n\n")[0]
    named = {code for line in table.splitlines()[2:] for code in re.findall(r"[\w.*]+", line.split("|")[1])}
    codes = codes_of_the_program()
    groups = {name.removesuffix("*") for name in named if name.endswith("*")}
    assert {name for name in named if not name.endswith("*")} <= codes
    assert all(any(code.startswith(group) for code in codes) for group in groups)
    assert [code for code in sorted(codes) if code not in named and not any(code.startswith(group) for group in groups)] == []
