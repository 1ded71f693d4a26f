"""Workbooks as no careful program writes them: xlsx2ndjson reads what there is to read, and tells what there is not."""

import json
import os
import pathlib
import subprocess

import pytest

import odd_cells
import odd_packages

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "xlsx2ndjson"
EVERY_CELL = ["--hidden", "include", "--header", "none", "--empty", "omit", "--provenance"]


def read(path, *options):
    """Status, message, cells (`Sheet1!A1` to value) and codes of warnings."""
    report = path.with_suffix(".report")
    done = subprocess.run([PROGRAM, path, *EVERY_CELL, "--report", report, *options], capture_output=True, text=True, timeout=60)
    cells = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        sheet, row = record["_source_sheet"], record["_source_row"]
        cells.update({f"{sheet}!{key}{row}": value for key, value in record.items() if not key.startswith("_source_")})
    warnings = json.loads(report.read_text()).get("warnings", {}) if report.exists() else {}
    return done.returncode, done.stderr, cells, set(warnings)


@pytest.mark.parametrize("odd", odd_cells.ALL + odd_packages.ALL, ids=lambda odd: odd.name)
def test_an_odd_workbook_is_read(odd, tmp_path):
    path = tmp_path / "odd.xlsx"
    odd.write(path)
    status, message, cells, warnings = read(path, "--all-sheets")
    if odd.refused:
        assert status == 65 and message.count("\n") == 1, message
        expected = f"xlsx2ndjson: {path}: {odd.refused}"
        assert message == expected + "\n" or (expected.endswith("*") and message.startswith(expected[:-1])), message
        return
    assert status == 0, message
    assert cells == odd.cells
    assert [type(cells[place]) for place in odd.cells] == [type(value) for value in odd.cells.values()]
    assert warnings == odd.warnings


# Each case in which readers of real workbooks were seen to disagree, and the workbooks above that show the right answer.
DISAGREEMENTS = {
    "error cells": ["error cells", "error codes of newer Excels"],
    "a date out of range": ["serials at the edges of the 1900 system"],
    "strict OOXML and ISO dates": ["strict OOXML", "ISO dates"],
    "_xHHHH_": ["escapes in shared texts", "escapes in formula texts and inline texts"],
    "edge white space": ["white space at edges", "rich texts and hints", "line ends"],
    "number or date": ["built-in formats that no workbook spells out", "the number format General", "the date format [>0]yyyy;0"],
    "negative serials and serial 60": ["serials at the edges of the 1900 system"],
    "serial 0 in the 1904 system": ["serials of the 1904 system"],
    "a merged area's other cells": ["a merged area whose other cells hold values"],
    "a hyperlink on an empty cell": ["a hyperlink on an empty cell"],
    "white space in <v>": ["white space around values"],
    "missing references, wrong dimensions": ["cells and rows without references", "a dimension far too large", "a dimension that is none"],
    "names and namespaces": ["a prefix on every element", "absolute targets", "capitals in names", "backslashes in names"],
    "missing and broken parts": ["texts that are said to be there and are not", "styles that break off", "chart, dialog and macro sheets",
                                 "a sheet without a relationship", "UTF-16"],
    "two parts of one name": ["two parts of one name"],
    "an inline text with only a value": ["inline texts"],
}


@pytest.mark.parametrize("case", DISAGREEMENTS)
def test_every_known_disagreement_has_a_workbook(case):
    assert set(DISAGREEMENTS[case]) <= {odd.name for odd in odd_cells.ALL + odd_packages.ALL}
