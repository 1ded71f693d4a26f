"""From the rows a sheet should hold to the rows people left in it, cell by cell, with what cleaning must make of each."""

from dataclasses import dataclass, replace
from hashlib import blake2b

from . import faults
from .dice import Dice
from .mess import dress

GOOD, BAD, EXACT_DUPLICATE, KEY_DUPLICATE, BLANK = "good", "bad", "exact duplicate", "key duplicate", "blank"
# Below this many rows a sheet gets no duplicates and no blank rows.
SMALLEST_MESSY_SHEET = 20
# How many rows of a workbook's first sheet are repeated in its second.
CARRIED_ROWS = 2

REMARKS = ("gift", "call customer", "checked with finance", "second parcel", "address confirmed")
CHECKERS = ("Ana", "Bruno", "Carla", "João")
CAMPAIGNS = ("BF2017", "Natal 2017", "App")
EXTRA_COLUMNS = {"Remarks": (0.05, REMARKS), "Checked by": (0.15, CHECKERS), "Campaign": (0.10, CAMPAIGNS)}


@dataclass(frozen=True)
class PlannedRow:
    """One row below the header. `truth` is there if the row must be landed, `errors` if it must be refused."""

    kind: str
    cells: tuple
    truth: tuple = None
    extras: tuple = ()
    errors: tuple = ()


@dataclass(frozen=True)
class PlannedSheet:
    """A data sheet as it will be written: title rows, headers, rows; row numbers count from 1 as Excel shows them."""

    name: str
    titles: tuple
    headers: tuple
    rows: list

    @property
    def header_row(self):
        return len(self.titles) + 1

    def numbered(self):
        """Each row below the header with its row number."""
        return enumerate(self.rows, self.header_row + 1)


def fingerprint(book):
    """A digest of everything that decides the workbook's bytes, besides the seed: two days with the same have the same file."""
    digest = blake2b(digest_size=16)
    digest.update(repr(replace(book, sheets=())).encode())
    for sheet in book.sheets:
        digest.update(repr(replace(sheet, rows=[])).encode())
        for row in sheet.rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


def plan_book(book, seed):
    """The planned data sheets of a workbook."""
    planned, carried = [], ()
    for sheet in book.sheets:
        planned.append(plan_sheet(book, sheet, seed, carried))
        carried = tuple(sheet.rows[:CARRIED_ROWS])
    return planned


def plan_sheet(book, sheet, seed, carried):
    headers = sheet.headers or tuple((column.name, column.name) for column in book.dataset.columns)
    writer = RowWriter(book.dataset, sheet, headers, seed)
    good = [writer.good_row(row) for row in sheet.rows]
    dice = Dice(f"{seed}/{book.drive_path}/{sheet.name}")
    before, after = {}, {}
    if good:
        add_bad_rows(book, sheet, writer, dice, before, after)
    if len(good) >= SMALLEST_MESSY_SHEET:
        add_duplicates(book, sheet, writer, good, dice, after)
        for row in carried:
            after.setdefault(dice.whole(0, len(good) - 1), []).append(writer.row(EXACT_DUPLICATE, row, dice))
        for _ in range(max(1, round(len(good) * faults.SHARE_OF_BLANK_ROWS))):
            before.setdefault(dice.whole(1, len(good) - 1), []).append(writer.blank_row())
    rows = []
    for position, row in enumerate(good):
        rows += before.get(position, ())
        rows.append(row)
        rows += after.get(position, ())
    if sheet.total_of and rows:
        rows += [writer.blank_row(), writer.total_row(sheet)]
    texts = tuple(header for _, header in headers) + sheet.extras
    return PlannedSheet(sheet.name, sheet.titles, texts, rows)


def add_bad_rows(book, sheet, writer, dice, before, after):
    count = faults.bad_row_count(book.dataset.name, len(sheet.rows)) - bool(sheet.total_of)
    kinds = faults.FAULTS[book.dataset.name]
    for number in range(max(0, count)):
        fault = kinds[number % len(kinds)]
        position = dice.whole(0, len(sheet.rows) - 1)
        place = before if fault.typed_again_below else after
        place.setdefault(position, []).append(writer.bad_row(fault, sheet.rows[position], number, dice))


def add_duplicates(book, sheet, writer, good, dice, after):
    """Rows that come a second time further down: as they were, or with the same key and other content."""
    for _ in range(max(2, round(len(good) * faults.SHARE_OF_EXACT_DUPLICATES))):
        position = dice.whole(0, len(good) - 1)
        copy = replace(good[position], kind=EXACT_DUPLICATE, truth=None)
        if dice.chance(0.5):
            copy = writer.row(EXACT_DUPLICATE, sheet.rows[position], dice, good[position].extras)
        after.setdefault(later(position, good, dice), []).append(copy)
    for _ in range(max(1, round(len(good) * faults.SHARE_OF_KEY_DUPLICATES))):
        position = dice.whole(0, len(good) - 1)
        other = faults.with_other_content(book.dataset, sheet.rows[position])
        after.setdefault(later(position, good, dice), []).append(writer.row(KEY_DUPLICATE, other, dice))


def later(position, good, dice):
    return min(len(good) - 1, position + dice.whole(0, 25))


class RowWriter:
    """Makes the planned rows of one sheet, in the order of its columns."""

    def __init__(self, dataset, sheet, headers, seed):
        self.dataset, self.sheet, self.seed = dataset, sheet, seed
        self.columns = [(dataset.positions[name], dataset.columns[dataset.positions[name]]) for name, _ in headers]
        self.row_dice = Dice()

    def good_row(self, row):
        """A row of the truth. Its mess depends on the seed and its key alone: it looks the same on every day."""
        self.row_dice.seed(f"{self.seed}/{self.dataset.name}/{self.dataset.key_of(row)}")
        planned = self.row(GOOD, row, self.row_dice, self.extras(self.row_dice))
        return replace(planned, truth=row)

    def extras(self, dice):
        chosen = []
        for header in self.sheet.extras:
            share, contents = EXTRA_COLUMNS[header]
            chosen.append(dice.one_of(contents) if dice.chance(share) else None)
        return tuple(chosen)

    def row(self, kind, values, dice, extras=None, contents=None, errors=()):
        """A row with the values dressed up, except for the contents (by column name) that are written as they are."""
        contents = contents or {}
        extras = extras if extras is not None else (None,) * len(self.sheet.extras)
        cells = [contents[column.name] if column.name in contents else dress(column, values[position], dice, self.sheet)
                 for position, column in self.columns]
        return PlannedRow(kind, (*cells, *extras), None, extras, errors)

    def bad_row(self, fault, row, number, dice):
        values, contents = faults.spoil(self.dataset, fault, row, number, dice)
        return self.row(BAD, values, dice, None, contents, fault.errors)

    def total_row(self, sheet):
        """The sum of a money column, under the word Total in the first column."""
        cents = sum(row[self.dataset.positions[sheet.total_of]] for row in sheet.rows)
        contents = dict.fromkeys((column.name for _, column in self.columns), None)
        contents[self.columns[0][1].name] = "Total"
        contents[sheet.total_of] = cents / 100
        return self.row(BAD, (), None, None, contents, faults.TOTAL_ERRORS)

    def blank_row(self):
        return PlannedRow(BLANK, ())
