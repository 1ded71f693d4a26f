"""One reader's way from a workbook to NDJSON: xlsx_peers.py READER WORKBOOK OUT [SHEET]"""
import sys

reader, workbook, out = sys.argv[1:4]
sheet = sys.argv[4] if len(sys.argv) > 4 else None

if reader == "fastexcel":
    import fastexcel

    book = fastexcel.read_excel(workbook)
    book.load_sheet(sheet or 0).to_polars().write_ndjson(out)
elif reader == "calamine":
    import orjson
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(workbook)
    rows = (book.get_sheet_by_name(sheet) if sheet else book.get_sheet_by_index(0)).iter_rows()
    names = [str(name) for name in next(rows)]
    with open(out, "wb") as file:
        for row in rows:
            file.write(orjson.dumps(dict(zip(names, row)), option=orjson.OPT_APPEND_NEWLINE))
else:
    import openpyxl
    import orjson

    book = openpyxl.load_workbook(workbook, read_only=True, data_only=True)
    rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
    names = [str(name) for name in next(rows)]
    with open(out, "wb") as file:
        for row in rows:
            file.write(orjson.dumps(dict(zip(names, row)), option=orjson.OPT_APPEND_NEWLINE, default=str))
