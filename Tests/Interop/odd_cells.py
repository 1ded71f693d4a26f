"""Odd rows, cells, texts and numbers, and what they are."""

from odd_workbooks import Odd, book, one_row, sheet, strings, styles

KEEP = ' xml:space="preserve"'
TRIMS = "keeps white space at edges that xml:space does not preserve"
RAW = "does not decode _xHHHH_ here"

PLACES = [
    Odd("cells and rows without references", book("<row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row><c><v>4</v></c></row>"),
        {"A1": 1, "C1": 3, "A3": 4}),
    Odd("a cell without a reference behind one with", book(one_row('<c r="C1"><v>1</v></c>', "<c><v>2</v></c>")), {"C1": 1, "D1": 2}),
    Odd("rows without a number whose cells have references", book('<row><c r="B5"><v>1</v></c></row><row><c r="B7"><v>2</v></c><c><v>3</v></c></row>'),
        {"B5": 1, "B7": 2, "C7": 3},
        others={"openpyxl": "counts rows by their elements where a cell has no reference", "calamine": "counts rows by their elements where a cell has no reference"}),
    Odd("a cell that names another row than its row does", book('<row r="3"><c r="A4"><v>1</v></c></row><row r="9"><c r="A9"><v>2</v></c></row>'),
        {"A4": 1, "A9": 2}),
    Odd("cells of one row that name two", book('<row r="3"><c r="A3"><v>1</v></c><c r="B4"><v>2</v></c></row>'), {"A3": 1, "B4": 2}),
    Odd("small letters in references", book(one_row('<c r="a1"><v>1</v></c>', '<c r="aa1"><v>2</v></c>')), {"A1": 1, "AA1": 2}),
    Odd("cells from right to left", book(one_row('<c r="C1"><v>3</v></c>', '<c r="A1"><v>1</v></c>')), {"A1": 1, "C1": 3}),
    Odd("rows from bottom to top", book('<row r="2"><c r="A2"><v>2</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'), {"A1": 1, "A2": 2}),
    Odd("two cells at one place", book(one_row('<c r="A1"><v>1</v></c>', '<c r="A1"><v>2</v></c>')), {"A1": 2}),
    Odd("the last cell of a sheet", book('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), {"XFD1048576": 1},
        others={"calamine": "holds all cells between in memory", "openpyxl": "walks through all rows before"}),
    Odd("attributes of other namespaces", book(sheet(
        '<row r="1" x:r="7" x:dyDescent="0.25"><c r="A1" x:t="s" cm="1" vm="1" ph="1"><v>1</v></c></row>').replace(
        "<sheetData>", '<sheetData xmlns:x="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">')), {"A1": 1}),
    Odd("single quotes, spaces and line ends in tags", book("<row  r = '1'\n><c\tr='A1'\r\n t = 'str' ><v >x</v ></c ></row >"), {"A1": "x"}),
    Odd("elements of other namespaces among rows and cells", book(
        '<row r="1"><x:row xmlns:x="urn:x"><x:c r="B1"><x:v>9</x:v></x:c></x:row><c r="A1"><x:v xmlns:x="urn:x">8</x:v><v>1</v>'
        '<extLst><ext uri="{1}"><v>7</v></ext></extLst></c></row><x:row xmlns:x="urn:x" r="2"/>'), {"A1": 1},
        others={"calamine": "looks at names alone"}),
    Odd("comments and instructions among rows and in values", book(
        '<!-- <row r="1"><c r="A1"><v>9</v></c></row> --><row r="1"><?x <c r="A1"/>?><c r="A1"><v>1<!-- 5 -->2</v></c></row>'), {"A1": 12},
        others={"calamine": "reads a value up to a comment"}),
    Odd("a dimension far too large", book(sheet(one_row('<c r="A1"><v>1</v></c>'), '<dimension ref="A1:XFD1048576"/>')), {"A1": 1}),
    Odd("a dimension too small", book(sheet('<row r="5"><c r="C5"><v>1</v></c></row>', '<dimension ref="A1"/>')), {"C5": 1}),
    Odd("a dimension that is none", book(sheet(one_row('<c r="A1"><v>1</v></c>'), '<dimension ref="none"/>')), {"A1": 1},
        others={"calamine": "refuses it"}),
    Odd("a merged area whose other cells hold values", book(sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>', after='<mergeCells><mergeCell ref="A1:B2"/></mergeCells>')),
        {"A1": 1, "B1": 2}, others={"openpyxl": "forgets them"}),
    Odd("a hyperlink on an empty cell", book(sheet(one_row('<c r="A1"><v>1</v></c>', '<c r="B1" s="0"/>'), after=
        '<hyperlinks><hyperlink ref="B1" location="Sheet1!A1" display="there"/></hyperlinks>')), {"A1": 1}, others={"openpyxl": "shows the link"}),
    Odd("empty attributes", book('<row r=""><c r="" s="" t=""><v>1</v></c><c r="B1" t="n"><v>2</v></c></row>'), {"A1": 1, "B1": 2},
        others={"calamine": "refuses it", "openpyxl": "refuses it"}),
    Odd("two parts of data", book(sheet(one_row('<c r="A1"><v>1</v></c>'), after="<sheetData><row r='1'><c r='A1'><v>2</v></c></row></sheetData>")),
        {"A1": 1}, others={"openpyxl": "reads both"}),
    Odd("no rows", book(""), {}, warnings=["excel.blankSheet"]),
    Odd("no sheet data at all", book('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'), {},
        warnings=["excel.blankSheet"]),
]

TYPES = [
    Odd("booleans in many spellings", book(one_row(
        *(f'<c t="b"><v>{text}</v></c>' for text in ("1", "0", "true", "FALSE", "2", " 1 ")))),
        {"A1": True, "B1": False, "C1": True, "D1": False, "E1": True, "F1": True},
        others={"openpyxl": "reads numbers alone", "calamine": "takes all texts but 0 as true"}),
    Odd("error cells", book(one_row(*(
        f'<c t="e"><v>{code}</v></c>' for code in ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")))),
        dict(zip(("A1", "B1", "C1", "D1", "E1", "F1", "G1"), ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")))),
    Odd("error codes of newer Excels", book(one_row(*(
        f'<c t="e"><v>{code}</v></c>' for code in ("#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!")))),
        dict(zip(("A1", "B1", "C1", "D1", "E1", "F1"), ("#GETTING_DATA", "#SPILL!", "#CALC!", "#FIELD!", "#BLOCKED!", "#CONNECT!"))),
        others={"calamine": "refuses codes it does not know"}),
    Odd("formulas with and without values", book(one_row(
        '<c r="A1"><f>1+1</f><v>2</v></c>', '<c r="B1"><f>1+1</f></c>', '<c r="C1" t="str"><f>""</f><v></v></c>',
        '<c r="D1"><f t="shared" ref="D1:E1" si="0">A1</f><v>2</v></c>', '<c r="E1"><f t="shared" si="0"/><v>3</v></c>',
        '<c r="F1"><f t="array" ref="F1">SUM(A1:B1)</f><v>4</v></c>', '<c r="G1" t="b"><f>TRUE()</f><v>1</v></c>',
        '<c r="H1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="I1" t="str"><f>A1&amp;"&lt;"</f><v>2&lt;</v></c>')),
        {"A1": 2, "C1": "", "D1": 2, "E1": 3, "F1": 4, "G1": True, "H1": "#DIV/0!", "I1": "2<"}, warnings=["excel.formulaWithoutValue"]),
    Odd("a value before its formula", book(one_row('<c r="A1"><v>2</v><f>1+1</f></c>')), {"A1": 2},
        others={"calamine": "takes the formula for the end of the cell"}),
    Odd("inline texts", book(one_row(
        '<c t="inlineStr"><is><t>a</t></is></c>', '<c t="inlineStr"><is><r><t>b </t></r><r><rPr><b/></rPr><t> c</t></r></is></c>',
        '<c t="inlineStr"><is><t>d</t><rPh sb="0" eb="1"><t>hint</t></rPh><phoneticPr fontId="1"/></is></c>',
        f'<c t="inlineStr"><is><t{KEEP}> e </t></is></c>', '<c t="inlineStr"><is><t/></is></c>', '<c t="inlineStr"><is/></c>',
        '<c t="inlineStr"><v>f</v></c>', "<c><is><t>12</t></is></c>")),
        {"A1": "a", "B1": "b  c", "C1": "d", "D1": " e ", "E1": "", "F1": "", "G1": "f", "H1": "12"},
        others={"openpyxl": "has no cell for an empty text, and none for inline text without its type",
                "calamine": "has no cell for an empty text"}),
    Odd("texts of other types", book(one_row('<c t="str"><v>12</v></c>', '<c t="n"><v>12</v></c>', '<c t="n"><v>abc</v></c>', '<c t="s"><v>0</v></c>',
        '<c t="s"><v>7</v></c>', '<c t="s"><v></v></c>', '<c t="s"><v>x</v></c>'), shared=["<t>s</t>"]),
        {"A1": "12", "B1": 12, "C1": "abc", "D1": "s"}, warnings=["excel.textInNumberCell", "excel.missingSharedString"],
        others={"calamine": "refuses it", "openpyxl": "refuses it"}),
    Odd("ISO dates", book(one_row(*(f'<c t="d"><v>{text}</v></c>' for text in (
        "2014-02-14", "2014-02-14T08:27", "2014-02-14T08:27:48.765Z", "2014-02-14T08:27:48.500", "08:27:48", "2014-02-14T08:27:48+02:00",
        "PT0H11M0.000S")))),
        {"A1": "2014-02-14", "B1": "2014-02-14T08:27:00", "C1": "2014-02-14T08:27:48.765", "D1": "2014-02-14T08:27:48.5", "E1": "08:27:48",
         "F1": "2014-02-14T08:27:48", "G1": "PT0H11M0.000S"}, others={"calamine": "keeps the text"}),
]

TEXTS = [
    Odd("escapes in shared texts", book(one_row(*(f'<c t="s"><v>{place}</v></c>' for place in range(10))), shared=strings(
        "<t>a_x000D_b</t>", "<t>_x005F_x000D_</t>", "<t>_x0041__x0042_</t>", "<t>_xD83D__xDE00_</t>", "<t>_x00e9_</t>", "<t>_x00E_</t>",
        "<t>_x0_x0041_</t>", "<t>_X0041_</t>", "<t>_x005F_</t>", "<t>x_x0020_</t>")),
        {"A1": "a\rb", "B1": "_x000D_", "C1": "AB", "D1": "\U0001F600", "E1": "é", "F1": "_x00E_", "G1": "_x0A", "H1": "_X0041_", "I1": "_", "J1": "x "},
        others={"openpyxl": RAW, "calamine": RAW}),
    Odd("escapes in formula texts and inline texts", book(one_row('<c t="str"><v>a_x000A_b</v></c>', '<c t="inlineStr"><is><t>_x0009_</t></is></c>')),
        {"A1": "a\nb", "B1": "\t"}, others={"openpyxl": RAW}),
    Odd("line ends", book(one_row(*(f'<c t="s"><v>{place}</v></c>' for place in range(4)), '<c t="str"><v>e\r\nf&#13;g</v></c>'), shared=strings(
        "<t>a\r\nb</t>", "<t>a\rb</t>", "<t>a&#13;&#10;b</t>", "<t>a_x000D_\nb</t>")),
        {"A1": "a\nb", "B1": "a\nb", "C1": "a\r\nb", "D1": "a\r\nb", "E1": "e\nf\rg"}, others={"openpyxl": "does not decode _xHHHH_"}),
    Odd("white space at edges", book(one_row(*(f'<c t="s"><v>{place}</v></c>' for place in range(6)), '<c t="str"><v> f </v></c>',
        f'<c t="str"><v{KEEP}> g </v></c>'), shared=strings(
        "<t> a\t\n</t>", f"<t{KEEP}> b </t>", "<t>\u00a0c\u00a0</t>", "<r><t> d </t></r><r><t> e </t></r>", f"<t{KEEP}> </t>", "<t> </t>")),
        {"A1": "a", "B1": " b ", "C1": "\u00a0c\u00a0", "D1": " d  e ", "E1": " ", "F1": "", "G1": "f", "H1": " g "},
        others={"openpyxl": TRIMS, "calamine": TRIMS}),
    Odd("rich texts and hints", book(one_row('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>', '<c t="s"><v>2</v></c>', '<c t="s"><v>3</v></c>'),
        shared=strings(
        '<r><rPr><b/><sz val="11"/></rPr><t>bold</t></r><r><t xml:space="preserve"> plain</t></r>',
        '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>', "", "<r><rPr><b/></rPr></r><r><t>x</t></r>")),
        {"A1": "bold plain", "B1": "東京", "C1": "", "D1": "x"}),
    Odd("references, CDATA and characters of all sizes", book(one_row(*(f'<c t="s"><v>{place}</v></c>' for place in range(4)),
        "<c t=\"str\"><v>&#x1F600;&amp;lt;</v></c>"), shared=strings(
        "<t>&lt;a&gt; &amp; &quot;b&quot; &apos;c&apos;</t>", "<t><![CDATA[<x> & y]]></t>", "<t>&#65;&#x42;&#x1F600;</t>", "<t>ñ — 漢 😀</t>")),
        {"A1": "<a> & \"b\" 'c'", "B1": "<x> & y", "C1": "AB\U0001F600", "D1": "ñ — 漢 😀", "E1": "\U0001F600&lt;"}),
]

NUMBERS = [
    Odd("numbers in many spellings", book(one_row(*(f"<c><v>{text}</v></c>" for text in (
        "1E3", "1.5E-7", ".5", "5.", "-0", "007", "1e+2", "12345678901234567", "0.1", "1.7976931348623157E308", "4.9406564584124654E-324", "19.989999999999998")))),
        {"A1": 1000, "B1": 1.5e-7, "C1": 0.5, "D1": 5, "E1": 0, "F1": 7, "G1": 100, "H1": 12345678901234568, "I1": 0.1,
         "J1": 1.7976931348623157e308, "K1": 5e-324, "L1": 19.989999999999998}, others={"openpyxl": "has whole numbers of any length"}),
    Odd("white space around values", book(one_row("<c><v> 1 </v></c>", "<c><v>\n2\t</v></c>", '<c t="s"><v> 0 </v></c>', '<c t="b"><v>1 </v></c>'),
        shared=["<t>s</t>"]), {"A1": 1, "B1": 2, "C1": "s", "D1": True}, others={"calamine": "refuses it"}),
    Odd("what is no number in a number cell", book(one_row(*(f"<c><v>{text}</v></c>" for text in ("1,5", "0x1F", "NaN", "INF", "1 2", "1e400")))),
        {"A1": "1,5", "B1": "0x1F", "C1": "NaN", "D1": "INF", "E1": "1 2", "F1": "1e400"}, warnings=["excel.textInNumberCell"],
        others={"calamine": "refuses it", "openpyxl": "refuses it"}),
    Odd("serials at the edges of the 1900 system", book(one_row(*(f'<c s="1"><v>{text}</v></c>' for text in (
        "1", "59", "60", "61", "2958465", "2958466", "-1", "43131.999999999"))), formats=styles("yyyy-mm-dd")),
        {"A1": "1900-01-01", "B1": "1900-02-28", "C1": 60, "D1": "1900-03-01", "E1": "9999-12-31", "F1": 2958466, "G1": -1, "H1": "2018-02-01"},
        warnings=["excel.serialIsNoDate"], others={"openpyxl": "makes days of them", "calamine": "makes days of them"}),
    Odd("serials of the 1904 system", book(one_row(*(f'<c s="1"><v>{text}</v></c>' for text in ("0", "1", "60", "41669.5"))),
        formats=styles("yyyy-mm-dd"), properties='<workbookPr date1904="1"/>'),
        {"A1": "1904-01-01", "B1": "1904-01-02", "C1": "1904-03-01", "D1": "2018-01-31T12:00:00"},
        others={"calamine": "has 0 as a time", "openpyxl": "has 0 as a time"}),
    Odd("times and elapsed times", book(one_row('<c s="1"><v>0.5</v></c>', '<c s="2"><v>1.1041666666666667</v></c>', '<c s="2"><v>-0.5</v></c>',
        '<c s="1"><v>0.99999999999</v></c>', '<c s="3"><v>0.123456789</v></c>'), formats=styles("h:mm", "[h]:mm", "mm:ss.000")),
        {"A1": "12:00:00", "B1": "PT26H30M", "C1": "-PT12H", "D1": "23:59:59.999", "E1": "02:57:46.667"},
        others={"calamine": "rounds otherwise", "openpyxl": "rounds otherwise"}),
]

ALL = PLACES + TYPES + TEXTS + NUMBERS
