import TestSupport
import Testing

@testable import XLSX

@Suite struct SheetReaderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let rows: String
        let lines: [String]
        var strings: [String] = []
        var formats: [String] = []
        /// False when libxml2 has to read it.
        var isUsual = true
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(
            name: "numbers",
            rows: #"<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>-2.50</v></c><c r="AA1"><v>1E3</v></c></row>"#,
            lines: ["1: A=1 B=-2.5 AA=1000"]),
        Case(
            name: "white space around a number", rows: "<row r=\"1\"><c r=\"A1\"><v> 7\n</v></c></row>",
            lines: ["1: A=7"]),
        Case(
            name: "a value that is no number", rows: #"<row r="1"><c r="A1" t="n"><v>abc</v></c></row>"#,
            lines: [#"1: A={"$badnum":"abc"}"#]),
        Case(
            name: "shared strings", rows: #"<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>"#,
            lines: [#"1: A="two" B="one""#], strings: ["<t>one</t>", "<t>two</t>"]),
        Case(
            name: "a shared string that is not there",
            rows: #"<row r="1"><c r="A1" t="s"><v>9</v></c><c r="B1"><v>1</v></c></row>"#,
            lines: ["1: B=1"], strings: ["<t>one</t>"]),
        Case(
            name: "inline strings",
            rows:
                #"<row r="1"><c r="A1" t="inlineStr"><is><t>x &amp; y</t></is></c><c r="B1" t="inlineStr"><is/></c></row>"#,
            lines: [#"1: A="x & y" B="""#]),
        Case(
            name: "an inline string with only a value", rows: #"<row r="1"><c r="A1" t="inlineStr"><v>x</v></c></row>"#,
            lines: [#"1: A="x""#]),
        Case(
            name: "rich inline strings",
            rows:
                #"<row r="1"><c r="A1" t="inlineStr"><is><r><t>a </t></r><r><rPr><b/></rPr><t>b</t></r></is></c></row>"#,
            lines: [#"1: A="a b""#], isUsual: false),
        Case(
            name: "formula texts",
            rows:
                #"<row r="1"><c r="A1" t="str"><f>B1&amp;"x"</f><v>a&lt;b</v></c><c r="B1" t="str"><v></v></c></row>"#,
            lines: [#"1: A="a<b" B="""#]),
        Case(
            name: "edge white space of formula texts",
            rows:
                #"<row r="1"><c r="A1" t="str"><v> a </v></c><c r="B1" t="str"><v xml:space="preserve"> b </v></c></row>"#,
            lines: [#"1: A="a" B=" b ""#]),
        Case(
            name: "formulas without a value",
            rows:
                #"<row r="1"><c r="A1"><f>1+1</f></c><c r="B1"><f>1</f><v></v></c><c r="C1"><f t="shared" si="0"/><v>3</v></c></row>"#,
            lines: ["1: C=3"]),
        Case(
            name: "booleans",
            rows:
                #"<row r="1"><c r="A1" t="b"><v>1</v></c><c r="B1" t="b"><v>0</v></c><c r="C1" t="b"><v>true</v></c></row>"#,
            lines: ["1: A=true B=false C=true"]),
        Case(
            name: "errors", rows: #"<row r="1"><c r="A1" t="e"><v>#DIV/0!</v></c></row>"#,
            lines: [##"1: A={"$error":"#DIV/0!"}"##]),
        Case(
            name: "ISO dates",
            rows:
                #"<row r="1"><c r="A1" t="d"><v>2014-02-14T08:27:48.765Z</v></c><c r="B1" t="d"><v>2014-02-14T08:27</v></c><c r="C1" t="d"><v>PT0H11M0.000S</v></c></row>"#,
            lines: [
                #"1: A={"$iso":"2014-02-14T08:27:48.765"} B={"$iso":"2014-02-14T08:27:00"} C={"$iso":"PT0H11M0.000S"}"#
            ]),
        Case(
            name: "empty cells",
            rows: #"<row r="1"><c r="A1" s="1"/><c r="B1" s="0"></c><c r="C1"><v/></c><c r="D1"><v>4</v></c></row>"#,
            lines: ["1: D=4"]),
        Case(
            name: "missing references",
            rows:
                #"<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c><v>4</v></c></row><row><c><v>5</v></c></row>"#,
            lines: ["1: A=1 B=2", "5: C=3 D=4", "6: A=5"]),
        Case(
            name: "lower-case references", rows: #"<row r="1"><c r="b1"><v>1</v></c></row>"#, lines: ["1: B=1"],
            isUsual: false),
        Case(
            name: "cells that are out of order or stand twice",
            rows: #"<row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c><c r="C1"><v>4</v></c><c r="C1"/></row>"#,
            lines: ["1: A=1 C=4"], isUsual: false),
        Case(
            name: "cells that name another row than theirs", rows: #"<row r="3"><c r="A4"><v>1</v></c></row>"#,
            lines: ["4: A=1"],
            isUsual: false),
        Case(
            name: "rows out of order",
            rows: #"<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#,
            lines: ["3: A=3", "1: A=1"], isUsual: false),
        Case(
            name: "hidden and empty rows",
            rows:
                #"<row r="1" hidden="1"><c r="A1"><v>1</v></c></row><row r="2"/><row r="3" spans="1:2" hidden="0"></row>"#,
            lines: ["1 hidden: A=1", "2:", "3:"]),
        Case(
            name: "white space between tags", rows: "\n <row r=\"1\">\r\n\t<c r=\"A1\">\n<v>1</v>\n</c>\n</row>\n",
            lines: ["1: A=1"]),
        Case(
            name: "CDATA and comments",
            rows: #"<row r="1"><c r="A1" t="str"><v><![CDATA[a<b]]></v></c><!-- x --><c r="B1"><v>1</v></c></row>"#,
            lines: [#"1: A="a<b" B=1"#], isUsual: false),
        Case(name: "single quotes", rows: "<row r='1'><c r='A1' t='str'><v>x</v></c></row>", lines: [#"1: A="x""#]),
        Case(
            name: "escapes",
            rows:
                #"<row r="1"><c r="A1" t="str"><v>a_x000D_b_x005F_x0041__xD83D__xDE00_</v></c><c r="B1" t="str"><v>_x00zz_ _x41_</v></c></row>"#,
            lines: [#"1: A="a\rb_x0041_😀" B="_x00zz_ _x41_""#]),
        Case(
            name: "line ends", rows: "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>a\r\nb\rc&#13;d</v></c></row>",
            lines: [#"1: A="a\nb\nc\rd""#]),
        Case(
            name: "dates and times",
            rows:
                #"<row r="1"><c r="A1" s="1"><v>43131</v></c><c r="B1" s="1"><v>43131.5</v></c><c r="C1" s="2"><v>43131</v></c><c r="D1" s="3"><v>0.5</v></c><c r="E1" s="4"><v>1.104166666666667</v></c><c r="F1" s="9"><v>43131</v></c></row>"#,
            lines: [
                #"1: A={"$date":"2018-01-31"} B={"$datetime":"2018-01-31T12:00:00"} C={"$datetime":"2018-01-31T00:00:00"} D={"$time":"12:00:00"} E={"$duration":"PT26H30M"} F=43131"#
            ],
            formats: ["yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm:ss", "[h]:mm"]),
        Case(
            name: "an unknown element in a cell",
            rows: #"<row r="1"><c r="A1"><v>1</v><extLst><ext uri="x"/></extLst></c></row>"#,
            lines: ["1: A=1"], isUsual: false),
        Case(name: "no rows", rows: "", lines: []),
    ]

    @Test(arguments: cases)
    func `both roads read the cells`(_ sample: Case) throws {
        var builder = WorkbookBuilder(rows: sample.rows, strings: sample.strings)
        builder.formats = sample.formats
        let found = try Readings.both(builder)
        #expect(found.lines == sample.lines)
        #expect(found.usedScanner == sample.isUsual)
    }

    @Test func `an empty sheetData element is no row`() throws {
        var builder = WorkbookBuilder(rows: "")
        builder.parts["xl/worksheets/sheet1.xml"] =
            "<worksheet xmlns=\"\(WorkbookBuilder.mainNamespace)\"><dimension ref=\"A1\"/><sheetData/></worksheet>"
        #expect(try Readings.both(builder).lines == [])
    }

    @Test func `rows that cross blocks are read once and whole`() throws {
        let text = String(repeating: "long text ", count: 30)
        var rows = ""
        for number in 1...4000 {
            rows += "<row r=\"\(number)\"><c r=\"A\(number)\"><v>\(number)</v></c>"
            rows += "<c r=\"B\(number)\" t=\"str\"><v>\(text)\(number)&amp;</v></c></row>"
        }
        let found = try Readings.both(WorkbookBuilder(rows: rows))
        #expect(found.usedScanner)
        #expect(found.lines.count == 4000)
        #expect(found.lines[2999] == "3000: A=3000 B=\"\(text)3000&\"")
    }

    @Test func `a row larger than a block is read`() throws {
        let text = String(repeating: "x", count: 30_000)
        let cells = (0..<60).map { "<c r=\"\(CellReference.letters($0))1\" t=\"str\"><v>\(text)&lt;</v></c>" }
        let found = try Readings.both(WorkbookBuilder(rows: "<row r=\"1\">\(cells.joined())</row>"))
        #expect(found.usedScanner)
        #expect(
            found.lines == ["1: " + (0..<60).map { "\(CellReference.letters($0))=\"\(text)<\"" }.joined(separator: " ")]
        )
    }

    @Test func `libxml2 goes on where the scanner stopped`() throws {
        var rows = ""
        for number in 1...9000 {
            let cell =
                number == 7000
                ? "<c r=\"A7000\"><v><![CDATA[7000]]></v></c>" : "<c r=\"A\(number)\"><v>\(number)</v></c>"
            rows += "<row r=\"\(number)\">\(cell)</row>"
        }
        let found = try Readings.both(WorkbookBuilder(rows: rows))
        #expect(!found.usedScanner)
        #expect(found.lines == (1...9000).map { "\($0): A=\($0)" })
    }

    @Test func `warnings are counted on both roads`() throws {
        let rows = #"<row r="1"><c r="A1"><f>1</f></c><c r="B1" t="s"><v>5</v></c></row>"#
        for road in [SheetRoad.automatic, .reference] {
            let workbook = try Readings.workbook(try WorkbookBuilder(rows: rows).bytes(), road: road)
            let reader = try workbook.rows(of: workbook.sheets[0])
            while try reader.nextRow() != nil {}
            #expect(reader.warnings.map(\.warning) == [.formulaWithoutValue, .missingSharedString])
            #expect(reader.warnings.map(\.count) == [1, 1])
        }
    }

    @Test func `what stands around the rows is read`() throws {
        var builder = WorkbookBuilder(rows: #"<row r="1"><c r="A1"><v>1</v></c></row>"#)
        builder.sheets[0].before =
            #"<dimension ref="A1:Z9"/><cols><col min="2" max="3" hidden="1"/><col min="5" max="5"/></cols>"#
        builder.sheets[0].after = #"<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>"#
        for road in [SheetRoad.automatic, .reference] {
            let workbook = try Readings.workbook(try builder.bytes(), road: road)
            let reader = try workbook.rows(of: workbook.sheets[0])
            while try reader.nextRow() != nil {}
            #expect(reader.dimension == "A1:Z9")
            #expect(reader.hiddenColumns == [1...2])
            #expect(reader.mergedRanges == [CellRange("A1:B2")])
        }
    }
}
