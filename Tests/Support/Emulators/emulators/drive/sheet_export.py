"""Exports of Google Sheets. As with the real ones, two exports of the same Sheet are never the same bytes."""

import csv
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr

from ..kit.byte_content import MemoryContent
from . import mime_types

FORMATS = {"xlsx": mime_types.XLSX, "csv": mime_types.CSV, "tsv": mime_types.TSV}
COMPRESS_LEVEL = 1
SECONDS_STEP = 2
SHEET_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def exportable(item, mime_type):
    """Text formats give the first sheet, so its rows must be known."""
    return mime_type == mime_types.XLSX or (mime_type in (mime_types.CSV, mime_types.TSV) and item.rows is not None)


def exported(item, mime_type, number):
    """The content of one export; `number` counts exports, and is what makes them differ."""
    if mime_type == mime_types.XLSX:
        return MemoryContent(repacked(item.workbook, number))
    text = io.StringIO()
    writer = csv.writer(text, "excel" if mime_type == mime_types.CSV else "excel-tab")
    writer.writerows(next(iter(item.rows.values()), []))
    return MemoryContent(text.getvalue().encode("utf-8"))


def repacked(workbook, number):
    """The same parts in a new package, dated by the number of the export."""
    made = io.BytesIO()
    moment = (1980 + number // 10_000_000 % 100, 1, 1 + number // 43_200 % 28, number // 1_800 % 24, number // 30 % 60,
              number % 30 * SECONDS_STEP)
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, package_into(made) as new:
        for part in old.infolist():
            entry = zipfile.ZipInfo(part.filename, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(part))
    return made.getvalue()


def package_into(file):
    return zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESS_LEVEL)


def check_workbook(data):
    """ValueError when the bytes are no xlsx package."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            package.getinfo("[Content_Types].xml")
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(f"a Sheet's content must be an xlsx workbook: {error}") from None
    return data


def workbook(sheets):
    """The smallest workbook with these sheets: name -> rows of texts, numbers, booleans and nulls."""
    made = io.BytesIO()
    with package_into(made) as package:
        for name, text in parts(sheets):
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), HEAD + text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def parts(sheets):
    numbers = range(1, len(sheets) + 1)
    override = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    yield "[Content_Types].xml", (
        f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{override}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{override}.worksheet+xml"/>' for n in numbers)
        + "</Types>")
    yield "_rels/.rels", (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>')
    yield "xl/workbook.xml", (
        f'<workbook xmlns="{SHEET_NAMESPACE}" xmlns:r="{RELATION}"><sheets>'
        + "".join(f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, sheets))
        + "</sheets></workbook>")
    yield "xl/_rels/workbook.xml.rels", (
        f'<Relationships xmlns="{PACKAGE}/relationships">'
        + "".join(f'<Relationship Id="rId{n}" Type="{RELATION}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers)
        + "</Relationships>")
    for n, rows in zip(numbers, sheets.values()):
        yield f"xl/worksheets/sheet{n}.xml", worksheet(rows)


def worksheet(rows):
    text = [f'<worksheet xmlns="{SHEET_NAMESPACE}"><sheetData>']
    for number, row in enumerate(rows, 1):
        text.append(f'<row r="{number}">')
        text.extend(cell(f"{column_letters(index)}{number}", value) for index, value in enumerate(row))
        text.append("</row>")
    return "".join(text) + "</sheetData></worksheet>"


def cell(reference, value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{reference}"><v>{value!r}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def column_letters(index):
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
