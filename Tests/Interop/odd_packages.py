"""Odd packages: names, relationships, encodings, styles and sheets as other programs have written them."""

from odd_workbooks import CONTENT, MAIN, PACKAGE, TYPES, Odd, RawZip, book, one_row, relationships, renamed, replaced, sheet, strict, strings, styles, without

ROW = one_row('<c r="A1" t="s"><v>0</v></c>', '<c r="B1" s="1"><v>43131</v></c>')
CELLS = {"A1": "text", "B1": "2018-01-31"}
PLAIN = book(ROW, shared=["<t>text</t>"], formats=styles("yyyy-mm-dd"))
RELATIONSHIPS = "xl/_rels/workbook.xml.rels"
NUMBER = one_row('<c r="A1"><v>1</v></c>')
MISSING = "does not look for parts that are not where they are said to be"


# Serial 43131.75 under the formats with numbers that stand for dates and times somewhere.
NOON = "2018-01-31T18:00:00"
BUILT_IN = {1: 43131.75, 9: 43131.75, 11: 43131.75, 13: 43131.75, **{number: NOON for number in range(14, 23)}, 37: 43131.75, 40: 43131.75,
            **{number: NOON for number in range(27, 37)}, 45: NOON, 46: "PT1035162H", 47: NOON, 48: 43131.75, 49: 43131.75,
            **{number: NOON for number in range(50, 59)}, 59: 43131.75}


def plain(name, parts, **more):
    return Odd(name, parts, CELLS, **more)


def related(*lines):
    return {**PLAIN, RELATIONSHIPS: relationships(*lines)}


def encoded(text, encoding):
    return text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)


NAMES = [
    plain("the plain workbook", PLAIN),
    plain("backslashes in names", renamed(PLAIN, lambda name: name.replace("/", "\\")), others={"openpyxl": MISSING}),
    plain("slashes before names", renamed(PLAIN, lambda name: "/" + name), others={"openpyxl": MISSING, "calamine": MISSING}),
    plain("./ before names", renamed(PLAIN, lambda name: "./" + name), others={"openpyxl": MISSING, "calamine": MISSING}),
    plain("capitals in names", renamed(PLAIN, str.upper), others={"openpyxl": MISSING}),
    plain("folders listed, twice", PLAIN, pack=lambda path, parts: RawZip()(path, {"xl/": b"", "XL\\": b"", "_rels/": b"", **parts})),
    plain("%20 for a space in a target", {**renamed(PLAIN, lambda name: name.replace("sheet1", "my sheet")), **{RELATIONSHIPS: replaced(
        PLAIN, "worksheets/sheet1", "worksheets/my%20sheet")[RELATIONSHIPS]}}, others={"openpyxl": MISSING, "calamine": MISSING}),
    plain("absolute targets", related(("rId1", "worksheet", "/xl/worksheets/sheet1.xml"), ("rS", "styles", "/xl/styles.xml"),
                                      ("rT", "sharedStrings", "/xl/sharedStrings.xml"))),
    plain("targets with dots", related(("rId1", "worksheet", "./worksheets/../worksheets/sheet1.xml"), ("rS", "styles", "../xl/styles.xml"),
                                       ("rT", "sharedStrings", "sharedStrings.xml")), others={"calamine": MISSING}),
    plain("targets with backslashes", related(("rId1", "worksheet", "worksheets\\sheet1.xml"), ("rS", "styles", "\\xl\\styles.xml"),
                                              ("rT", "sharedStrings", "sharedStrings.xml")), others={"openpyxl": MISSING, "calamine": MISSING}),
    plain("targets in another case", related(("rId1", "worksheet", "Worksheets/Sheet1.XML"), ("rS", "styles", "Styles.xml"),
                                             ("rT", "sharedStrings", "SharedStrings.xml")), others={"openpyxl": MISSING}),
    plain("other names and folders for all parts", {
        **replaced(renamed(without(PLAIN, RELATIONSHIPS, "_rels/.rels"), lambda name: {
            "xl/workbook.xml": "book/main.xml", "xl/worksheets/sheet1.xml": "data/one.xml", "xl/styles.xml": "book/look.xml",
            "xl/sharedStrings.xml": "texts.xml"}.get(name, name)), "/xl/workbook.xml", "/book/main.xml"),
        "_rels/.rels": relationships(("r1", "officeDocument", "/book/main.xml")),
        "book/_rels/main.xml.rels": relationships(("rId1", "worksheet", "../data/one.xml"), ("rS", "styles", "look.xml"), ("rT", "sharedStrings", "/texts.xml"))},
        others={"openpyxl": "looks in xl for some parts", "calamine": "takes the folder from the package and the name from itself"}),
    plain("the workbook at the top", {**renamed(PLAIN, lambda name: name.removeprefix("xl/")), "[Content_Types].xml": PLAIN["[Content_Types].xml"].replace("/xl/", "/"),
          "_rels/.rels": relationships(("rId1", "officeDocument", "workbook.xml")), "_rels/workbook.xml.rels": PLAIN[RELATIONSHIPS]},
        others={"openpyxl": "looks in xl for styles"}),
    plain("texts and styles of the usual name without a relationship", related(("rId1", "worksheet", "worksheets/sheet1.xml"))),
    plain("texts and styles where their relationships do not lead", related(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rS", "styles", "look.xml"), ("rT", "sharedStrings", "texts.xml"))),
    plain("no content types", without(PLAIN, "[Content_Types].xml"), others={"openpyxl": MISSING}),
    plain("no relationships of the package", without(PLAIN, "_rels/.rels"), others={"calamine": MISSING}),
    plain("broken relationships of the package", {**PLAIN, "_rels/.rels": "<Relationships"}, others={"calamine": MISSING}),
    plain("only the content types say where the workbook is", {
        **replaced(renamed(without(PLAIN, "_rels/.rels"), lambda name: name.replace("workbook", "book")), "/xl/workbook.xml", "/xl/book.xml")},
        others={"calamine": MISSING}),
    plain("relationships to what is no part", related(
        ("rId1", "worksheet", "worksheets/sheet1.xml"), ("rS", "styles", "styles.xml"), ("rT", "sharedStrings", "sharedStrings.xml"),
        ("r9", "externalLink", "externalLinks/none.xml"), ("r8", "urn:own", "x"), ("r7", "theme", "NULL"))),
    plain("a part that is no XML and nobody reads", {**PLAIN, "xl/vbaProject.bin": b"\x00\xff", "xl/theme/theme1.xml": "<broken"}),
]

ZIPS = [
    plain("stored parts", PLAIN, pack=RawZip(stored=True)),
    plain("sizes behind the data", PLAIN, pack=RawZip(descriptor=True)),
    plain("zip64 numbers", PLAIN, pack=RawZip(zip64=True)),
    plain("bytes before the zip", PLAIN, pack=RawZip(prefix=b"#!/bin/sh\nexit\n")),
    plain("a comment behind the zip", PLAIN, pack=RawZip(comment=b"PK\x05\x06 made by hand" * 20), others={"openpyxl": "takes the comment for the end"}),
    plain("bytes between the directory and its end", PLAIN, pack=RawZip(gap=b"signature" * 3), others={"openpyxl": "counts places wrong"}),
    plain("other names in the local headers", PLAIN, pack=RawZip(local_name="x"), others={"openpyxl": "refuses it"}),
    plain("a part packed by another method that nobody reads", {**PLAIN, "docProps/app.xml": "<x/>"}, pack=RawZip(methods={"docProps/app.xml": 12})),
    Odd("two parts of one name", PLAIN, {}, pack=lambda path, parts: RawZip()(path, {**parts, "XL/Worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"]}),
        refused="damaged workbook: two members are named XL/Worksheets/sheet1.xml"),
    Odd("a sheet packed by another method", PLAIN, {}, pack=RawZip(methods={"xl/worksheets/sheet1.xml": 9}),
        refused="xl/worksheets/sheet1.xml: damaged: compressed by method 9, which workbooks do not use"),
]

ENCODINGS = [
    plain("strict OOXML", strict(PLAIN), others={"openpyxl": "finds no workbook in it"}),
    plain("a prefix on every element", {name: content.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
                                        if name.startswith("xl/") and not name.endswith(".rels") else content for name, content in PLAIN.items()}),
    plain("UTF-16", {name: ("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + content.split("?>\n")[-1]).encode("utf-16") for name, content in PLAIN.items()},
          others={"calamine": "reads UTF-8 alone"}),
    plain("a byte order mark", {name: b"\xef\xbb\xbf" + content.encode() for name, content in PLAIN.items()}),
    Odd("Latin-1", {**book(one_row('<c r="A1" t="inlineStr"><is><t>é</t></is></c>')),
                    "xl/worksheets/sheet1.xml": encoded(sheet(one_row('<c r="A1" t="inlineStr"><is><t>é</t></is></c>')), "ISO-8859-1")}, {"A1": "é"},
        others={"calamine": "reads UTF-8 alone"}),
    Odd("bytes that are no UTF-8", {**PLAIN, "xl/worksheets/sheet1.xml": sheet(one_row('<c t="str"><v>QQ</v></c>')).encode().replace(b"QQ", b"\xff")}, {},
        refused="xl/worksheets/sheet1.xml: cell A1: it is no well-formed XML*"),
]

WORKBOOKS = [
    Odd("date system 1904 in words", book(one_row('<c r="A1" s="1"><v>1</v></c>'), formats=styles("yyyy-mm-dd"), properties='<workbookPr date1904="true"/>'),
        {"A1": "1904-01-02"}),
    Odd("hidden sheets", book(NUMBER, NUMBER, NUMBER, attributes=("", 'state="hidden"', 'state="veryHidden"')),
        {"Sheet1!A1": 1, "Sheet2!A1": 1, "Sheet3!A1": 1}),
    Odd("a sheet without a relationship", {**book(NUMBER, NUMBER), RELATIONSHIPS: relationships(("rId2", "worksheet", "worksheets/sheet2.xml"))},
        {"Sheet2!A1": 1}, warnings=["excel.unreadableSheet"], others={"openpyxl": "refuses it", "calamine": "refuses it"}),
    Odd("a sheet whose part is missing", without(book(NUMBER, NUMBER), "xl/worksheets/sheet1.xml"),
        {"Sheet2!A1": 1}, warnings=["excel.unreadableSheet"], others={"calamine": "refuses that sheet"}),
    Odd("chart, dialog and macro sheets", {**book(NUMBER, NUMBER, NUMBER, NUMBER), RELATIONSHIPS: relationships(
        ("rId1", "chartsheet", "chartsheets/sheet1.xml"), ("rId2", "dialogsheet", "dialogsheets/sheet1.xml"),
        ("rId3", "http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "macrosheets/sheet1.xml"), ("rId4", "worksheet", "worksheets/sheet4.xml")),
        "xl/chartsheets/sheet1.xml": f'<chartsheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"/></sheetViews></chartsheet>',
        "xl/dialogsheets/sheet1.xml": f'<dialogsheet xmlns="{MAIN}"/>',
        "xl/macrosheets/sheet1.xml": f'<xm:macrosheet xmlns="{MAIN}" xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData>{NUMBER}</sheetData></xm:macrosheet>'},
        {"Sheet4!A1": 1}, others={"openpyxl": "has other sheets, too", "calamine": "has other sheets, too"}),
    Odd("texts that are said to be there and are not", {**without(PLAIN, "xl/sharedStrings.xml")}, {"B1": "2018-01-31"},
        warnings=["excel.unreadablePart", "excel.missingSharedString"], others={"openpyxl": "refuses it", "calamine": "refuses it"}),
    Odd("an empty part of texts", {**PLAIN, "xl/sharedStrings.xml": "", "xl/worksheets/sheet1.xml": sheet(NUMBER)}, {"A1": 1}, warnings=["excel.unreadablePart"],
        others={"openpyxl": "refuses it", "calamine": "refuses it"}),
    Odd("no texts in the part of texts", book(NUMBER, shared=f'<sst xmlns="{MAIN}" count="0" uniqueCount="0"/>'), {"A1": 1}),
    Odd("counts of texts that are wrong", book(ROW.replace(' s="1"', ""), shared=strings("<t>text</t>").replace("<sst", '<sst count="9" uniqueCount="99999999"')),
        {"A1": "text", "B1": 43131}),
    Odd("no styles", book(ROW, shared=["<t>text</t>"]), {"A1": "text", "B1": 43131}, others={"openpyxl": "refuses a style that is not there"}),
    Odd("styles that break off", {**PLAIN, "xl/styles.xml": PLAIN["xl/styles.xml"].replace("</cellXfs></styleSheet>", "<xf")}, CELLS,
        warnings=["excel.unreadablePart"], others={"openpyxl": "refuses it", "calamine": "refuses it"}),
    Odd("styles without cell formats", {**PLAIN, "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>'}, {"A1": "text", "B1": 43131},
        others={"openpyxl": "refuses it"}),
    Odd("built-in formats that no workbook spells out", book(one_row(*(
        f'<c s="{place}"><v>43131.75</v></c>' for place in range(1, len(BUILT_IN) + 1))), formats=styles(built_in=BUILT_IN)),
        {f"{chr(65 + place) if place < 26 else 'A' + chr(39 + place)}1": shown for place, shown in enumerate(BUILT_IN.values())},
        others={"openpyxl": "knows those of the United States alone"}),
    Odd("a style that is not there", {**PLAIN, "xl/worksheets/sheet1.xml": sheet(ROW.replace('s="1"', 's="99"'))}, {"A1": "text", "B1": 43131},
        others={"openpyxl": "refuses it"}),
    Odd("alternate content", {**PLAIN, "xl/workbook.xml": PLAIN["xl/workbook.xml"].replace("<sheets>",
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x15"><x15ac:absPath '
        'xmlns:x15ac="http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac" url="C:\\"/></mc:Choice></mc:AlternateContent><sheets>')}, CELLS),
    Odd("the macro-enabled and template types", replaced(PLAIN, f"{CONTENT}.sheet.main+xml", "application/vnd.ms-excel.template.macroEnabled.main+xml"), CELLS),
    Odd("a package of another kind", {"[Content_Types].xml": f'<Types xmlns="{TYPES}"/>', "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"/>', "x": "y"}, {},
        refused="not a workbook: the zip holds no workbook part"),
]

FORMATS = {
    "number": ["0", "0.00", "#,##0.00_);[Red](#,##0.00)", "0%", "0.00E+00", "##0.0E+0", "# ?/?", "# ??/16", "@", "General", 'General" pcs"', '"day" 0',
               "\\d0", '0" h"', "0.0_ ;\\-0.0\\ ", '_-* #,##0.00\\ "€"_-', "[$€-407] #,##0.00", "[$-409]0.00", "[Red][<0]-0;[Blue]0", "[Color10]0", "0;;;@",
               "[<=9999999]###\\-####;\\(###\\)\\ ###\\-####", "000-00-0000", "00000", '"Yes";"Yes";"No"', "[DBNum1][$-804]General", "#,##0,,\"M\"", "0\\ \\m\\s"],
    "date": ["yyyy-mm-dd", "d/m/yy", "dd.mm.yyyy;@", "[$-409]mmm\\-yy;@", "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "[Red]d/m/yyyy", "yyyy\"年\"m\"月\"d\"日\"", "mmmm",
             "[$-411]ge.m.d", "[$-x-sysdate]dddd, mmmm dd, yyyy", "dd/mm/yyyy;;", "mm", "MM/DD/YYYY", "_-d\\-mmm_-", "[>0]yyyy;0", "yyyy;0;0"],
    "datetime": ["yyyy-mm-dd hh:mm:ss", "d/m/yy h:mm", "m/d/yyyy h:mm AM/PM", "yyyy-mm-ddThh:mm:ss", "dd/mm/yyyy\\ hh:mm", "[$-409]m/d/yy\\ h:mm\\ AM/PM;@"],
    "time": ["h:mm", "hh:mm:ss", "h:mm:ss AM/PM", "mm:ss.0", "[$-F400]h:mm:ss\\ AM/PM", "h\"時\"mm\"分\"", "hh\\hmm"],
    "duration": ["[h]:mm:ss", "[hh]:mm", "[mm]:ss", "[ss].00", "[Red][h]:mm"],
}
# Serial 43131.75 and 0.75 under each.
SHOWN = {"number": (43131.75, 0.75), "date": ("2018-01-31T18:00:00", "18:00:00"), "datetime": ("2018-01-31T18:00:00", "18:00:00"),
         "time": ("2018-01-31T18:00:00", "18:00:00"), "duration": ("PT1035162H", "PT18H")}
STYLED = [
    Odd(f"the {kind} format {code}", book(one_row('<c r="A1" s="1"><v>43131.75</v></c>', '<c r="B1" s="1"><v>0.75</v></c>'), formats=styles(code)),
        dict(zip(("A1", "B1"), SHOWN[kind])))
    for kind, codes in FORMATS.items() for code in codes
]

ALL = NAMES + ZIPS + ENCODINGS + WORKBOOKS + STYLED
