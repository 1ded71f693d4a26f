import TestSupport
import Testing

@testable import XLSX

@Suite struct SharedStringsTests {
    @Test(arguments: [
        ("<si><t>plain</t></si>", ["plain"]),
        ("<si/><si><t/></si><si><t></t></si><si></si>", ["", "", "", ""]),
        ("\n <si>\n<t>a</t>\n</si>\r\n", ["a"]),
        ("<si><t> \t\n edge \r </t></si>", ["edge"]),
        ("<si><t>\u{A0}edge\u{A0}</t></si>", ["\u{A0}edge\u{A0}"]),
        ("<si><t xml:space=\"preserve\"> edge </t></si>", [" edge "]),
        ("<si><t xml:space=\"default\"> edge </t></si>", ["edge"]),
        ("<si><t>&#10; edge &#32;</t></si>", ["edge"]),
        ("<si><t>_x0020_ edge _x000A_</t></si>", ["  edge \n"]),
        (
            "<si><r><t> rich </t></r><r><rPr><b/><sz val=\"11\"/></rPr><t xml:space=\"preserve\">text </t></r></si>",
            [" rich text "]
        ),
        ("<si><t>base</t><rPh sb=\"0\" eb=\"2\"><t>hint</t></rPh><phoneticPr fontId=\"1\"/></si>", ["base"]),
        ("<si><t>a&amp;b &lt;c&gt; &quot;&apos; &#x41;&#66;</t></si>", ["a&b <c> \"' AB"]),
        ("<si><t>a\\b\"c</t></si>", ["a\\b\"c"]),
        ("<si><t>São Paulo 情人节 😀</t></si>", ["São Paulo 情人节 😀"]),
        ("<si><t>under_score _x _x00 _x00G0_ _x0041</t></si>", ["under_score _x _x00 _x00G0_ _x0041"]),
        ("<si><t>_x0041__x0042_</t></si>", ["AB"]),
        ("<si><t>_x005F_x0041_</t></si>", ["_x0041_"]),
        ("<si><t>_xD83D__xDE00_ _xD83D_</t></si>", ["😀 _xD83D_"]),
        ("<si><t>_xFFFE__xFFFF_</t></si>", ["_xFFFE__xFFFF_"]),
        ("<si><t>line\r\nend\rend</t></si>", ["line\nend\nend"]),
        ("<si><t><![CDATA[<raw>]]></t></si>", ["<raw>"]),
        ("<!-- note --><si><t>a</t></si>", ["a"]),
        ("<si><t>a</t><t>b</t></si>", ["ab"]),
        ("<si><unknown>x</unknown><t>a</t></si>", ["a"]),
        ("", []),
    ])
    func `both roads read the strings`(items: String, strings: [String]) throws {
        let part = "<?xml version=\"1.0\"?><sst xmlns=\"\(WorkbookBuilder.mainNamespace)\" count=\"9\">\(items)</sst>"
        for road in [SheetRoad.automatic, .reference] {
            #expect(try Self.strings(in: Array(part.utf8), road: road) == strings, "\(road)")
        }
    }

    @Test func `strings that cross blocks are whole`() throws {
        var items = ""
        var expected: [String] = []
        for number in 0..<20_000 {
            let text = "string \(number) " + String(repeating: "é", count: number % 40)
            items += number % 3 == 0 ? "<si><r><t>\(text)</t></r></si>" : "<si><t>\(text)</t></si>"
            expected.append(number % 3 == 0 || !text.hasSuffix(" ") ? text : String(text.dropLast()))
        }
        items += "<si><t>\(String(repeating: "long ", count: 200_000))end</t></si>"
        let part = "<sst xmlns=\"\(WorkbookBuilder.mainNamespace)\">\(items)</sst>"
        for road in [SheetRoad.automatic, .reference] {
            let found = try Self.strings(in: Array(part.utf8), road: road)
            #expect(Array(found.dropLast()) == expected)
            #expect(found.last?.utf8.count == 1_000_003)
        }
    }

    @Test(arguments: [
        "<si><t>a&bogus;</t></si>", "<si><t>a", "<si><t>a</si></t>", "<si><t>\u{1}</t></si>", "<si><t>&#0;</t></si>",
        "<si><t>a</t></si></sst><x>",
    ])
    func `what is no XML is refused on both roads`(items: String) {
        let part = "<sst xmlns=\"\(WorkbookBuilder.mainNamespace)\">\(items)</sst>"
        for road in [SheetRoad.automatic, .reference] {
            #expect(throws: XLSXError.self) { try Self.strings(in: Array(part.utf8), road: road) }
        }
    }

    static func strings(in part: [UInt8], road: SheetRoad) throws -> [String] {
        let folder = try TemporaryDirectory()
        let path = try folder.write("strings.zip", try ZipBuilder([.init("s.xml", part)]).bytes())
        let archive = try ZipArchive(try WorkbookFile(path: path), limits: XLSXLimits())
        let strings = try SharedStrings.read(archive, part: "s.xml", limits: XLSXLimits(), road: road)
        return (0..<strings.count).map { index in
            let start = Int(strings.ends[index] & ~SharedStrings.needsEscape)
            let end = Int(strings.ends[index + 1] & ~SharedStrings.needsEscape)
            let bytes = UnsafeBufferPointer(start: strings.text + start, count: end - start)
            let isFlagged = strings.ends[index + 1] & SharedStrings.needsEscape != 0
            let mustBe = bytes.contains { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }
            if mustBe { #expect(isFlagged) }
            return String(decoding: bytes, as: UTF8.self)
        }
    }
}
