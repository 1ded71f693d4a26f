import TestSupport
import Testing

@testable import XLSX

@Suite struct WorkbookTests {
    private static let row = #"<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="1"><v>43131</v></c></row>"#
    private static var plain: WorkbookBuilder {
        var builder = WorkbookBuilder(rows: row)
        builder.formats = ["yyyy-mm-dd"]
        return builder
    }
    private static let line = #"1: A=1 B={"$date":"2018-01-31"}"#
    private static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

    @Test func `strict workbooks are read`() throws {
        var builder = Self.plain
        builder.isStrict = true
        #expect(try Readings.both(builder).lines == [Self.line])
        #expect(try Readings.both(builder).usedScanner)
    }

    @Test func `prefixed namespaces are read`() throws {
        var builder = Self.plain
        let main = WorkbookBuilder.mainNamespace
        builder.parts["xl/workbook.xml"] =
            "<x:workbook xmlns:x=\"\(main)\" xmlns:rel=\"\(WorkbookBuilder.relationshipNamespace)\">"
            + "<x:sheets><x:sheet name=\"S\" sheetId=\"1\" rel:id=\"rId1\"/></x:sheets></x:workbook>"
        builder.parts["xl/worksheets/sheet1.xml"] =
            "<x:worksheet xmlns:x=\"\(main)\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\"><x:v>1</x:v></x:c>"
            + "<x:c r=\"B1\" s=\"1\"><x:v>43131</x:v></x:c></x:row></x:sheetData></x:worksheet>"
        builder.parts["xl/styles.xml"] =
            "<x:styleSheet xmlns:x=\"\(main)\"><x:cellXfs><x:xf/><x:xf numFmtId=\"14\"/></x:cellXfs></x:styleSheet>"
        let found = try Readings.both(builder)
        #expect(found.lines == [Self.line])
        #expect(!found.usedScanner)
    }

    @Test(arguments: [
        ("xl/workbook.xml", "/xl/worksheets/sheet1.xml"), ("xl/workbook.xml", "..\\xl\\worksheets\\SHEET1.xml"),
        ("xl/workbook.xml", "./worksheets/../worksheets/sheet1.xml"),
    ])
    func `targets may be absolute, have backslashes or another case`(part: String, target: String) throws {
        var builder = Self.plain
        builder.parts["xl/_rels/workbook.xml.rels"] =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + "<Relationship Id=\"rId1\" Type=\"\(WorkbookBuilder.relationshipNamespace)/WorkSheet\" Target=\"\(target)\"/>"
            + "<Relationship Id=\"rId2\" Type=\"\(WorkbookBuilder.relationshipNamespace)/styles\" Target=\"styles.xml\"/>"
            + "</Relationships>"
        #expect(try Readings.both(builder).lines == [Self.line])
    }

    @Test func `a package without relationships is read by the usual names`() throws {
        var builder = Self.plain
        builder.parts["_rels/.rels"] =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>"
        #expect(try Readings.both(builder).lines == [Self.line])
    }

    @Test func `a sheet without a part is listed and cannot be read`() throws {
        var builder = Self.plain
        builder.parts["xl/_rels/workbook.xml.rels"] =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>"
        let workbook = try Readings.workbook(try builder.bytes())
        #expect(workbook.sheets.map(\.name) == ["Sheet1"])
        #expect(workbook.sheets[0].part == nil)
        #expect(throws: XLSXError.self) { try workbook.rows(of: workbook.sheets[0]) }
    }

    @Test func `broken styles and missing strings are told and done without`() throws {
        var builder = WorkbookBuilder(
            rows: #"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43131</v></c></row>"#)
        builder.parts["xl/styles.xml"] =
            "<styleSheet xmlns=\"\(WorkbookBuilder.mainNamespace)\"><cellXfs><xf/><xf numFmtId=\"14\"/></cellXfs><oops"
        builder.parts["xl/_rels/workbook.xml.rels"] =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + "<Relationship Id=\"rId1\" Type=\"\(WorkbookBuilder.relationshipNamespace)/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
            + "<Relationship Id=\"rId2\" Type=\"\(WorkbookBuilder.relationshipNamespace)/sharedStrings\" Target=\"strings.xml\"/>"
            + "</Relationships>"
        let workbook = try Readings.workbook(try builder.bytes())
        #expect(try Readings.lines(workbook) == [#"1: B={"$date":"2018-01-31"}"#])
        #expect(workbook.warnings.map(\.warning) == [.unreadablePart, .unreadablePart])
    }

    @Test func `number formats that are stated and not there are told`() throws {
        let builder = WorkbookBuilder(rows: #"<row r="1"><c r="A1" s="1"><v>43131</v></c></row>"#)
        let members = builder.members.filter { $0.name != "xl/styles.xml" }
        let workbook = try Readings.workbook(try ZipBuilder(members).bytes())
        #expect(try Readings.lines(workbook) == ["1: A=43131"])
        #expect(
            workbook.warnings.map(\.message)
                == ["xl/styles.xml: the number formats are missing: dates stay numbers"])
    }

    @Test func `other encodings are read`() throws {
        let text = "<row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Größe €</t></is></c></row>"
        let sheet = "<worksheet xmlns=\"\(WorkbookBuilder.mainNamespace)\"><sheetData>\(text)</sheetData></worksheet>"
        let wide = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\(sheet)"
        let little: [UInt8] = [0xFF, 0xFE] + wide.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big: [UInt8] = [0xFE, 0xFF] + wide.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let marked: [UInt8] = [0xEF, 0xBB, 0xBF] + Array("\(Self.declaration)\(sheet)".utf8)
        let latin =
            Array("<?xml version='1.0' encoding='ISO-8859-15'?>".utf8)
            + sheet.unicodeScalars.map { $0 == "€" ? 0xA4 : UInt8(truncatingIfNeeded: $0.value) }
        for bytes in [little, big, marked, latin] {
            var members = WorkbookBuilder(rows: "").members
            let place = try #require(members.firstIndex { $0.name == "xl/worksheets/sheet1.xml" })
            members[place].content = bytes
            for road in [SheetRoad.automatic, .reference] {
                let workbook = try Readings.workbook(try ZipBuilder(members).bytes(), road: road)
                #expect(try Readings.lines(workbook) == [#"1: A="Größe €""#])
            }
        }
    }

    @Test(arguments: ["<worksheet xmlns=\"urn:other\"><sheetData/></worksheet>", "<x/>"])
    func `what is no worksheet is refused`(text: String) throws {
        var builder = Self.plain
        builder.parts["xl/worksheets/sheet1.xml"] = text
        for road in [SheetRoad.automatic, .reference] {
            let workbook = try Readings.workbook(try builder.bytes(), road: road)
            let error = #expect(throws: XLSXError.self) { try Readings.lines(workbook) }
            #expect(error?.message == "xl/worksheets/sheet1.xml: it is no worksheet: it has no sheetData")
        }
    }

    @Test func `text that is no UTF-8 is refused`() throws {
        var members = WorkbookBuilder(rows: #"<row r="1"><c r="A1" t="str"><v>QQ</v></c></row>"#).members
        let place = try #require(members.firstIndex { $0.name == "xl/worksheets/sheet1.xml" })
        members[place].content = members[place].content.map { $0 == UInt8(ascii: "Q") ? 0xFF : $0 }
        let workbook = try Readings.workbook(try ZipBuilder(members).bytes())
        #expect(throws: XLSXError.self) { try Readings.lines(workbook) }
    }

    @Test(arguments: [
        "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml",
        "xl/_rels/workbook.xml.rels",
    ])
    func `a document type is refused in any part`(part: String) throws {
        var builder = WorkbookBuilder(rows: #"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#, strings: ["<t>x</t>"])
        let member = try #require(builder.members.first { $0.name == part })
        let text = String(decoding: member.content, as: UTF8.self)
        let body = text.hasPrefix("<?xml") ? String(text[(text.firstIndex(of: "\n") ?? text.startIndex)...]) : text
        builder.parts[part] = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\(body)"
        for road in [SheetRoad.automatic, .reference] {
            let error = #expect(throws: XLSXError.self) {
                _ = try Readings.lines(try Readings.workbook(try builder.bytes(), road: road))
            }
            #expect(error == .refused(part: part, reason: "it has a DOCTYPE, which workbooks never have"))
        }
    }

    @Test func `sheets, names and the date system are told`() throws {
        var builder = WorkbookBuilder([.init("A &amp; B", ""), .init("Two", ""), .init("Three", "")])
        builder.sheets[1].attributes = " state=\"hidden\""
        builder.sheets[2].attributes = " state=\"veryHidden\""
        builder.workbookProperties = "<workbookPr date1904=\"true\"/>"
        builder.definedNames =
            "<definedNames><definedName name=\"X\">'A &amp; B'!$A$1:$B$2</definedName>"
            + "<definedName name=\"Y\" localSheetId=\"1\">Two!$A:$A</definedName></definedNames>"
        let workbook = try Readings.workbook(try builder.bytes())
        #expect(workbook.sheets.map(\.name) == ["A & B", "Two", "Three"])
        #expect(workbook.sheets.map(\.visibility) == [.visible, .hidden, .veryHidden])
        #expect(workbook.sheets.map(\.position) == [1, 2, 3])
        #expect(workbook.is1904)
        #expect(workbook.definedNames.map(\.formula) == ["'A & B'!$A$1:$B$2", "Two!$A:$A"])
        #expect(workbook.definedNames.map(\.sheetIndex) == [nil, 1])
    }

    @Test(arguments: [
        ("word/document.xml", "an Office document, but not a workbook"),
        ("xl/workbook.bin", "a binary workbook (.xlsb); save it as .xlsx"),
    ])
    func `other documents are named`(part: String, message: String) throws {
        let relationships =
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
            + "<Relationship Id=\"r\" Type=\"\(WorkbookBuilder.relationshipNamespace)/officeDocument\" Target=\"\(part)\"/></Relationships>"
        let zip = ZipBuilder([.init("_rels/.rels", text: relationships), .init(part, text: "x")])
        let error = #expect(throws: XLSXError.self) { try Readings.workbook(try zip.bytes()) }
        #expect(error?.message == message)
    }

    @Test func `a zip without a workbook is none`() throws {
        let error = #expect(throws: XLSXError.self) {
            try Readings.workbook(try ZipBuilder([.init("readme.txt", text: "x")]).bytes())
        }
        #expect(error?.message == "not a workbook: the zip holds no workbook part")
    }
}
