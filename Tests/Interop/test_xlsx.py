"""What openpyxl and XlsxWriter write, xlsx2ndjson reads: any table of values, cell by cell."""

import datetime
import json
import math
import os
import pathlib
import re
import subprocess

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings, strategies

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "xlsx2ndjson"
EXAMPLES = int(os.environ.get("SLUICE_XLSX_EXAMPLES", "25"))

# Control characters are no XML; XlsxWriter writes them as _xHHHH_, openpyxl refuses them. A text that begins with "="
# is a formula for both, and edges are white space that each writer keeps in a way of its own.
TEXTS = strategies.text(
    strategies.characters(exclude_categories=("Cs", "Cc", "Cn"), exclude_characters="\ufffe\uffff"), max_size=40
) | strategies.sampled_from(["a\nb", " edge ", "\ttab", "_x0041_", "_x005F_", "a_x000D_", "<&>\"'", "0012", "#N/A ", "\u00a0x\u00a0"])
NUMBERS = strategies.integers(-10**15, 10**15) | strategies.floats(-1e307, 1e307)
MOMENTS = strategies.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 31, 23, 59, 59))
VALUES = strategies.one_of(
    strategies.none(), strategies.booleans(), NUMBERS, TEXTS, MOMENTS.map(lambda value: value.replace(microsecond=0)),
    strategies.dates(datetime.date(1900, 3, 1)),
    strategies.integers(0, 86_399).map(lambda second: (datetime.datetime.min + datetime.timedelta(seconds=second)).time()),
    strategies.integers(0, 10**8).map(lambda second: datetime.timedelta(seconds=second)),
)
TABLES = strategies.lists(strategies.lists(VALUES, min_size=1, max_size=6), min_size=1, max_size=12)


def is_changed(value) -> bool:
    """True for texts that openpyxl makes something else of: formulas, error codes, and escapes that it leaves bare."""
    return isinstance(value, str) and (value[:1] in ("=", "#") or re.search("_x[0-9A-Fa-f]{4}_", value) is not None)


def write_openpyxl(path, table, write_only):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet() if write_only else book.active
    for row in table:
        cells = []
        for value in row:
            cell = openpyxl.cell.WriteOnlyCell(sheet, value) if write_only else value
            if write_only and isinstance(value, datetime.timedelta):
                cell.number_format = "[h]:mm:ss"
            cells.append(cell)
        sheet.append(cells)
        if not write_only:
            for cell in sheet[sheet.max_row]:
                if isinstance(cell.value, datetime.timedelta):
                    cell.number_format = "[h]:mm:ss"
    book.save(path)


def write_xlsxwriter(path, table, constant_memory):
    book = xlsxwriter.Workbook(path, {"constant_memory": constant_memory, "strings_to_urls": False, "strings_to_formulas": False})
    formats = {name: book.add_format({"num_format": code}) for name, code in
               {"datetime": "yyyy-mm-dd hh:mm:ss", "date": "dd/mm/yyyy", "time": "hh:mm:ss", "timedelta": "[h]:mm:ss"}.items()}
    sheet = book.add_worksheet()
    for place, row in enumerate(table):
        for column, value in enumerate(row):
            if value is None:
                continue
            kind = type(value).__name__
            if kind in formats:
                sheet.write_datetime(place, column, value, formats[kind])
            elif isinstance(value, str):
                sheet.write_string(place, column, value)
            else:
                sheet.write(place, column, value)
    book.close()


WRITERS = {
    "openpyxl": lambda path, table: write_openpyxl(path, table, False),
    "openpyxl write-only": lambda path, table: write_openpyxl(path, table, True),
    "XlsxWriter": lambda path, table: write_xlsxwriter(path, table, False),
    "XlsxWriter constant memory": lambda path, table: write_xlsxwriter(path, table, True),
}


def expected(value):
    """The value as the program writes it."""
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return value


def seconds(text):
    """The seconds of PT26H30M1S."""
    total, digits = 0.0, ""
    for character in text.removeprefix("PT"):
        if character in "HMS":
            total += float(digits) * {"H": 3600, "M": 60, "S": 1}[character]
            digits = ""
        else:
            digits += character
    return total


def same(found, value) -> bool:
    if isinstance(value, datetime.timedelta):
        return isinstance(found, str) and found.startswith("PT") and seconds(found) == value.total_seconds()
    if isinstance(value, bool) or isinstance(found, bool):
        return found is value
    if isinstance(value, float):
        # XlsxWriter writes 16 digits, which are not always enough.
        return isinstance(found, (int, float)) and math.isclose(found, value, rel_tol=1e-15, abs_tol=5e-324)
    return found == expected(value)


def read(path):
    done = subprocess.run(
        [PROGRAM, path, "--header", "none", "--provenance", "--empty", "omit"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    cells = {}
    for line in done.stdout.splitlines():
        record = json.loads(line)
        for key, value in record.items():
            if not key.startswith("_"):
                cells[record["_source_row"], key] = value
    return cells


@pytest.mark.parametrize("writer", WRITERS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(table=TABLES)
def test_what_a_writer_writes_is_read(writer, table, tmp_path):
    if writer.startswith("openpyxl"):
        table = [[None if is_changed(value) else value for value in row] for row in table]
    path = tmp_path / "book.xlsx"
    path.unlink(missing_ok=True)
    WRITERS[writer](path, table)
    cells = read(path)
    for row, values in enumerate(table, 1):
        for column, value in enumerate(values):
            found = cells.pop((row, "ABCDEF"[column]), None)
            if value == "":
                # No cell for openpyxl, a cell for XlsxWriter.
                assert found in (None, "")
                continue
            assert value is None and found is None or same(found, value), f"{writer}: row {row}, {'ABCDEF'[column]}: {found!r}, not {value!r}"
    assert not cells, f"{writer}: {cells} were never written"
