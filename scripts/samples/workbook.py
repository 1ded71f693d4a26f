"""Planned sheets to .xlsx files, the same bytes for the same plan."""

from datetime import datetime

import xlsxwriter

from .mess import DateCell, FormulaCell
from .places import STATES

# Above this many rows strings are written inline, row by row, so that memory stays flat.
LARGEST_BUFFERED_ROW_COUNT = 20_000
CREATED = datetime(2018, 1, 2, 9, 0, 0)
COLUMN_WIDTH = 18


class SheetPainter:
    """Writes cells of one workbook, making each number format once."""

    def __init__(self, workbook):
        self.workbook = workbook
        self.bold = workbook.add_format({"bold": True})
        self.formats = {}

    def number_format(self, text):
        if text not in self.formats:
            self.formats[text] = self.workbook.add_format({"num_format": text})
        return self.formats[text]

    def write(self, worksheet, row, column, cell, cell_format=None):
        """Writes one cell; None leaves it out."""
        if cell is None:
            return
        if isinstance(cell, DateCell):
            worksheet.write_datetime(row, column, cell.value, self.number_format(cell.number_format))
        elif isinstance(cell, FormulaCell):
            worksheet.write_formula(row, column, cell.formula, cell_format, cell.value)
        elif isinstance(cell, str):
            worksheet.write_string(row, column, cell, cell_format)
        else:
            worksheet.write_number(row, column, cell, cell_format)


def open_workbook(path, row_count=0, date_1904=False, inline_strings=False):
    """A workbook whose bytes depend on what is written into it and on nothing else."""
    row_by_row = inline_strings or row_count > LARGEST_BUFFERED_ROW_COUNT
    workbook = xlsxwriter.Workbook(str(path), {
        "constant_memory": row_by_row, "in_memory": not row_by_row, "date_1904": date_1904,
        "strings_to_formulas": False, "strings_to_urls": False,
    })
    workbook.set_properties({"title": "", "author": "Shop", "created": CREATED})
    return workbook


def write_book(path, book, planned_sheets):
    """Writes a workbook: the data sheets, a notes sheet before or behind them, a hidden list."""
    workbook = open_workbook(path, sum(len(sheet.rows) for sheet in planned_sheets), book.date_1904, book.inline_strings)
    painter = SheetPainter(workbook)
    if book.notes and book.notes_first:
        write_lines(workbook, "Notes", book.notes)
    for number, sheet in enumerate(planned_sheets):
        worksheet = write_sheet(workbook, painter, sheet)
        if number == 0:
            worksheet.activate()
    if book.notes and not book.notes_first:
        write_lines(workbook, "Notes", book.notes)
    if book.hidden_list:
        write_lines(workbook, "Lists", sorted(STATES)).hide()
    workbook.close()


def write_sheet(workbook, painter, sheet):
    worksheet = workbook.add_worksheet(sheet.name)
    worksheet.set_column(0, len(sheet.headers) - 1, COLUMN_WIDTH)
    for row, title in enumerate(sheet.titles):
        for column, text in enumerate(title):
            worksheet.write_string(row, column, text, painter.bold if row == 0 else None)
    top = len(sheet.titles)
    for column, header in enumerate(sheet.headers):
        worksheet.write_string(top, column, header, painter.bold)
    for row, planned in enumerate(sheet.rows, top + 1):
        for column, cell in enumerate(planned.cells):
            painter.write(worksheet, row, column, cell)
    return worksheet


def write_lines(workbook, sheet_name, lines):
    worksheet = workbook.add_worksheet(sheet_name)
    for row, line in enumerate(lines):
        worksheet.write_string(row, 0, line)
    return worksheet


def write_unmatched(path):
    """A workbook that belongs to no dataset."""
    workbook = open_workbook(path)
    write_lines(workbook, "Ideas", ("Campaign ideas", "Free freight in March", "Two for one on coffee"))
    workbook.close()
