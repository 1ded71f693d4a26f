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
EVERY_CELL = ["--all-sheets", "--hidden", "include", "--header", "none", "--empty", "omit", "--provenance"]


def read(path, *options):
    """Status, message, cells (`Sheet1!A1` to value) and codes of warnings."""
    report = path.with_suffix(".report")
    done = subprocess.run([PROGRAM, path, *EVERY_CELL, "--report", report, *options], capture_output=True, text=True, timeout=60)
    cells = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        place = f"{record['_source_sheet']}!%s{record['_source_row']}"
        cells.update({place % key: value for key, value in record.items() if not key.startswith("_source_")})
    warnings = json.loads(report.read_text()).get("warnings", {}) if report.exists() else {}
    return done.returncode, done.stderr, cells, set(warnings)


@pytest.mark.parametrize("odd", odd_cells.ALL + odd_packages.ALL, ids=lambda odd: odd.name)
def test_an_odd_workbook_is_read(odd, tmp_path):
    path = tmp_path / "odd.xlsx"
    odd.write(path)
    status, message, cells, warnings = read(path, *odd.options)
    if odd.refused:
        assert status == 65 and message.count("\n") == 1, message
        expected = f"xlsx2ndjson: {path}: {odd.refused}"
        assert message == expected + "\n" or (expected.endswith("*") and message.startswith(expected[:-1])), message
        return
    assert status == 0, message
    assert cells == odd.cells
    assert [type(cells[place]) for place in odd.cells] == [type(value) for value in odd.cells.values()]
    assert warnings == odd.warnings
