"""Real workbooks with the readings of three programs, outside the project (SLUICE_CORPUS): xlsx2ndjson as its users run it
gives what the three agree on. The unit tests compare both of the library's roads; here the whole program does."""

import json
import os
import pathlib

import openpyxl.utils
import pytest

from duration_text import seconds
from test_xlsx_oddities import ROOT, read

CORPUS = pathlib.Path(os.environ.get("SLUICE_CORPUS") or ROOT.parent / "shared" / "corpus")
ENTRIES = sorted((CORPUS / "expect").glob("*.json"))
# Rows and columns that expectations go to.
ROWS, COLUMNS = 2000, 512


def test_the_corpus_is_there_where_it_has_to_be():
    assert ENTRIES or os.environ.get("CI") != "true", "CI needs the corpus: set SLUICE_CORPUS"


def trimmed(text):
    """A time without the zeros at the end of its fraction."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def same(ours, theirs) -> bool:
    if isinstance(theirs, float) and isinstance(ours, int) and not isinstance(ours, bool):
        # 489290024005183000 has the digits of the number, and more of them than a binary64 holds.
        return float(ours) == theirs
    if not isinstance(theirs, dict):
        return ours == theirs and isinstance(ours, bool) == isinstance(theirs, bool)
    (tag, value), = theirs.items()
    if tag == "$duration":
        return isinstance(ours, str) and seconds(ours) is not None and abs(seconds(ours) - float(value)) < 0.0006
    if tag in ("$date", "$datetime", "$time", "$iso"):
        return isinstance(ours, str) and trimmed(ours) == trimmed(value)
    return ours == (json.loads(value) if tag == "$num" else value)



@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.stem)
def test_sheets_on_which_three_readers_agree_come_out_the_same(entry, tmp_path):
    expected = json.loads(entry.read_text())
    sheets = [sheet for sheet in expected["sheets"] if sheet.get("rows_from") == "all-agree"]
    workbook = next((CORPUS / "xlsx").glob(f"{entry.stem}*"))
    link = tmp_path / "book.xlsx"
    link.symlink_to(workbook)
    for sheet in sheets:
        status, message, cells, _ = read(link, "--sheet", sheet["name"])
        assert status == 0, message
        found = {}
        for place, value in cells.items():
            column = openpyxl.utils.cell.coordinate_from_string(place.rpartition("!")[2])
            found[column[1], openpyxl.utils.column_index_from_string(column[0])] = value
        wanted = {(row, column): value for row, values in enumerate(sheet["rows"], 1) for column, value in enumerate(values, 1) if value is not None}
        different = [f"{place}: ours {found.get(place)!r}, theirs {wanted.get(place)!r}" for place in found.keys() | wanted.keys()
                     if place[0] <= ROWS and place[1] <= COLUMNS
                     and (place not in found or place not in wanted or not same(found[place], wanted[place]))]
        assert not different, different[:5]
