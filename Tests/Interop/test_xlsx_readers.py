"""openpyxl and calamine read the odd workbooks as we do, except where the workbook's list of others says why not."""

import datetime

import openpyxl
import openpyxl.utils
import pytest
import python_calamine

import odd_cells
import odd_packages
from duration_text import seconds

EPOCH = datetime.datetime(1899, 12, 30)
# Where calamine would take memory for all cells between.
TOO_FAR = {"the last cell of a sheet"}


def name(sheet, row, column):
    return f"{sheet}!{openpyxl.utils.get_column_letter(column)}{row}"


def read_openpyxl(path):
    book = openpyxl.load_workbook(path, data_only=True)
    return {name(sheet.title, cell.row, cell.column): cell.value for sheet in book.worksheets for row in sheet.iter_rows() for cell in row
            if cell.value is not None}


def read_calamine(path):
    book = python_calamine.CalamineWorkbook.from_path(path)
    cells = {}
    for sheet in book.sheet_names:
        rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        cells.update({name(sheet, row, column): value for row, values in enumerate(rows, 1) for column, value in enumerate(values, 1) if value != ""})
    return cells


def moment(text):
    return datetime.datetime.fromisoformat(text if "-" in text else f"1899-12-30T{text}")


def same(ours, theirs) -> bool:
    """Whether two values say the same: our text of a date, and theirs as an object."""
    if isinstance(theirs, datetime.timedelta):
        wanted = seconds(ours) if isinstance(ours, str) and "T" in ours[:3] else (moment(ours) - EPOCH).total_seconds() if isinstance(ours, str) else None
        return wanted is not None and abs(wanted - theirs.total_seconds()) < 0.001
    if isinstance(theirs, datetime.time):
        theirs = datetime.datetime.combine(EPOCH, theirs)
    elif isinstance(theirs, datetime.date) and not isinstance(theirs, datetime.datetime):
        theirs = datetime.datetime.combine(theirs, datetime.time())
    if isinstance(theirs, datetime.datetime):
        try:
            return abs((moment(ours) - theirs).total_seconds()) < 0.001
        except (TypeError, ValueError):
            elapsed = seconds(ours) if isinstance(ours, str) else None
            return elapsed is not None and abs(elapsed - (theirs - EPOCH).total_seconds()) < 0.001
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    return ours == theirs


def differences(odd, found, reader):
    """What a reader has otherwise. Empty texts and error cells have no cell with some."""
    for place, value in odd.cells.items():
        if place not in found:
            if value != "" and not (reader == "calamine" and isinstance(value, str) and value.startswith("#")):
                yield f"{place} is missing, it is {value!r}"
        elif not same(value, found[place]):
            yield f"{place} is {found[place]!r}, it is {value!r}"
    for place in found.keys() - odd.cells.keys():
        yield f"{place} is {found[place]!r}, and there is nothing"


@pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
@pytest.mark.parametrize("odd", [odd for odd in odd_cells.ALL + odd_packages.ALL if not odd.refused], ids=lambda odd: odd.name)
def test_another_reader_agrees_or_the_reason_is_known(odd, reader, tmp_path):
    if odd.name in TOO_FAR:
        assert reader in odd.others
        return
    path = tmp_path / "odd.xlsx"
    odd.write(path)
    try:
        found = list(differences(odd, {"openpyxl": read_openpyxl, "calamine": read_calamine}[reader](path), reader))
    except BaseException as error:  # calamine's panics are no Exception
        found = [f"{type(error).__name__}: {error}"]
    if reader in odd.others:
        assert found, f"{reader} agrees by now: take it off the list"
    else:
        assert not found, found
