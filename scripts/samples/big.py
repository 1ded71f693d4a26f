"""A tidy order_items workbook of any size, written as XML directly: fast enough for a million rows."""

import json
import os
import zipfile
from datetime import timezone
from decimal import Decimal

from .days import DAYS
from .dice import Dice

DRIVE_PATH = "Sales/order_items.xlsx"
SHEET_NAME = "Order Items"
HEADERS = ("order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value")
# Rows made before they are compressed together.
BLOCK_ROWS = 4096
# The fastest one; other writers (openpyxl, XlsxWriter, Excel) take 6.
COMPRESSION_LEVEL = 1
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
DAY_SECONDS = 86_400
# 2017-01-01 as Excel counts days.
FIRST_DAY = 42_736
PRODUCTS_PER_ROW, SELLERS_PER_ROW = 0.29, 0.027

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"

PARTS = {
    "[Content_Types].xml": f'''<Types xmlns="{PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{CONTENT}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{CONTENT}.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{CONTENT}.sharedStrings+xml"/>
</Types>''',
    "_rels/.rels": f'''<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{RELATIONSHIPS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>''',
    "xl/workbook.xml": f'''<workbook xmlns="{MAIN}" xmlns:r="{RELATIONSHIPS}">
<sheets><sheet name="{SHEET_NAME}" sheetId="1" r:id="rId1"/></sheets>
</workbook>''',
    "xl/_rels/workbook.xml.rels": f'''<Relationships xmlns="{PACKAGE}/relationships">
<Relationship Id="rId1" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{RELATIONSHIPS}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{RELATIONSHIPS}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>''',
    "xl/styles.xml": f'''<styleSheet xmlns="{MAIN}">
<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>
<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>''',
}


class SharedTexts:
    """Texts in the order of their first use; each cell holds a number."""

    def __init__(self):
        self.numbers, self.uses = {}, 0

    def cell(self, reference, text):
        self.uses += 1
        return f'<c r="{reference}" t="s"><v>{self.numbers.setdefault(text, len(self.numbers))}</v></c>'


class InlineTexts:
    """Texts in the cells themselves."""

    numbers, uses = {}, 0

    def cell(self, reference, text):
        return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def make_big_order_items(out, row_count, seed, strings, level=COMPRESSION_LEVEL):
    """Writes OUT/drive/Sales/order_items.xlsx and what is in it, in total, to OUT/truth/truth.json."""
    path = out / "drive" / DRIVE_PATH
    path.parent.mkdir(parents=True)
    texts = SharedTexts() if strings == "shared" else InlineTexts()
    totals = {"price": 0, "freight_value": 0}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in PARTS.items():
            with open_part(archive, name, level) as part:
                part.write((DECLARATION + content).encode())
        with open_part(archive, "xl/worksheets/sheet1.xml", level) as part:
            write_sheet(part, row_count, Dice(f"{seed}/big"), texts, totals)
        with open_part(archive, "xl/sharedStrings.xml", level) as part:
            write_shared_texts(part, texts)
    seconds = int(DAYS[1].replace(tzinfo=timezone.utc).timestamp())
    os.utime(path, (seconds, seconds))
    summary = {"format": 1, "seed": seed, "strings": strings, "drive_path": DRIVE_PATH, "sheet": SHEET_NAME, "rows": row_count,
               **{name: str(Decimal(cents).scaleb(-2)) for name, cents in totals.items()}}
    (out / "truth" / "truth.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")


def open_part(archive, name, level):
    return archive.open(part_description(name, level), "w", force_zip64=True)


def part_description(name, level):
    description = zipfile.ZipInfo(name, ZIP_TIME)
    description.compress_type = zipfile.ZIP_DEFLATED
    # A description of one's own brings its own level, and zipfile has no public way to give it one before Python 3.13.
    description._compresslevel = level
    return description


def write_sheet(part, row_count, dice, texts, totals):
    part.write(f'{DECLARATION}<worksheet xmlns="{MAIN}"><dimension ref="A1:G{row_count + 1}"/><sheetData><row r="1">'.encode())
    part.write("".join(texts.cell(f"{'ABCDEFG'[column]}1", name) for column, name in enumerate(HEADERS)).encode())
    part.write(b"</row>")
    products = [dice.hex_id() for _ in range(1 + int(row_count * PRODUCTS_PER_ROW))]
    sellers = [dice.hex_id() for _ in range(1 + int(row_count * SELLERS_PER_ROW))]
    block, order_id, number = [], "", 0
    draw = dice.random
    for row in range(2, row_count + 2):
        # One order in eight has another item.
        number = number + 1 if number and draw() < 0.125 else 1
        if number == 1:
            order_id = dice.hex_id()
        price, freight = 500 + int(draw() ** 3 * 60_000), 800 + int(draw() ** 2 * 5_000)
        totals["price"] += price
        totals["freight_value"] += freight
        moment = FIRST_DAY + int(draw() * 600) + int(draw() * DAY_SECONDS) / DAY_SECONDS
        block.append(
            f'<row r="{row}">{texts.cell(f"A{row}", order_id)}<c r="B{row}"><v>{number}</v></c>'
            f'{texts.cell(f"C{row}", products[int(draw() * len(products))])}{texts.cell(f"D{row}", sellers[int(draw() * len(sellers))])}'
            f'<c r="E{row}" s="1"><v>{moment!r}</v></c><c r="F{row}"><v>{price / 100!r}</v></c><c r="G{row}"><v>{freight / 100!r}</v></c></row>')
        if len(block) == BLOCK_ROWS:
            part.write("".join(block).encode())
            block.clear()
    part.write("".join(block).encode())
    part.write(b"</sheetData></worksheet>")


def write_shared_texts(part, texts):
    part.write(f'{DECLARATION}<sst xmlns="{MAIN}" count="{texts.uses}" uniqueCount="{len(texts.numbers)}">'.encode())
    block = []
    for text in texts.numbers:
        block.append(f"<si><t>{text}</t></si>")
        if len(block) == BLOCK_ROWS:
            part.write("".join(block).encode())
            block.clear()
    part.write("".join(block).encode())
    part.write(b"</sst>")
