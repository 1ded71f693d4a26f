import TestSupport
import Testing

@testable import XLSX

@Suite struct ZipArchiveTests {
    private static let row = #"<row r="1"><c r="A1" t="s"><v>0</v></c></row>"#
    private static var members: [ZipBuilder.Member] { WorkbookBuilder(rows: row, strings: ["<t>x</t>"]).members }
    private static let line = #"1: A="x""#

    private static func read(_ bytes: [UInt8], limits: XLSXLimits = XLSXLimits()) throws -> [String] {
        try Readings.lines(try Readings.workbook(bytes, limits: limits))
    }

    /// Changes each member, or the one of that name.
    private static func changed(
        _ name: String? = nil, _ change: (inout ZipBuilder.Member) -> Void
    ) -> [ZipBuilder.Member] {
        members.map { member in
            var member = member
            if name == nil || member.name == name { change(&member) }
            return member
        }
    }

    @Test func `stored members, data descriptors, zip64, a prefix and a comment are read`() throws {
        #expect(try Self.read(try ZipBuilder(Self.changed { $0.isDeflated = false }).bytes()) == [Self.line])
        #expect(try Self.read(try ZipBuilder(Self.changed { $0.hasDescriptor = true }).bytes()) == [Self.line])
        #expect(try Self.read(try ZipBuilder(Self.changed { $0.isZip64 = true }).bytes()) == [Self.line])
        #expect(
            try Self.read(try ZipBuilder(Self.changed("xl/workbook.xml") { $0.isZip64 = true }).bytes()) == [Self.line])
        var builder = ZipBuilder(Self.members)
        builder.prefix = Array("#!/bin/something\n".utf8)
        builder.comment = Array("PK\u{5}\u{6} not the end".utf8)
        #expect(try Self.read(try builder.bytes()) == [Self.line])
    }

    @Test func `names may have backslashes, a leading slash and another case`() throws {
        let odd = Self.changed { $0.name = "/" + $0.name.uppercased().split(separator: "/").joined(separator: "\\") }
        #expect(try Self.read(try ZipBuilder(odd).bytes()) == [Self.line])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let name: String
        let change: @Sendable (inout ZipBuilder.Member) -> Void
        let message: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Damage(
            name: "a wrong CRC", change: { $0.statedCRC = 7 },
            message: "xl/worksheets/sheet1.xml: damaged: its CRC-32 is wrong"),
        Damage(
            name: "a size that is too small", change: { $0.statedByteCount = 20 },
            message: "xl/worksheets/sheet1.xml: damaged: it is longer than the zip directory says"),
        Damage(
            name: "a size that is too large", change: { $0.statedByteCount = 5000 },
            message: "xl/worksheets/sheet1.xml: damaged: it is shorter than the zip directory says"),
        Damage(
            name: "a method that workbooks do not use", change: { $0.statedMethod = 12 },
            message: "xl/worksheets/sheet1.xml: damaged: compressed by method 12, which workbooks do not use"),
        Damage(
            name: "a stored member that says it is deflated", change: { ($0.isDeflated, $0.statedMethod) = (false, 8) },
            message: "xl/worksheets/sheet1.xml: damaged: the compressed data is damaged"),
        Damage(
            name: "encryption of the zip's own kind", change: { $0.flags = 1 },
            message: "the workbook is encrypted (it needs a password to open); save it without a password"),
    ])
    func `a damaged member is named`(damage: Damage) throws {
        let bytes = try ZipBuilder(Self.changed("xl/worksheets/sheet1.xml", damage.change)).bytes()
        let error = #expect(throws: XLSXError.self) { try Self.read(bytes) }
        #expect(error?.message == damage.message)
    }

    @Test func `two members of one name are refused`() throws {
        let twice = Self.members + [.init("XL/Workbook.xml", text: "other")]
        let error = #expect(throws: XLSXError.self) { try Self.read(try ZipBuilder(twice).bytes()) }
        #expect(error?.message == "damaged workbook: two members are named XL/Workbook.xml")
    }

    @Test func `a file that is cut anywhere is refused`() throws {
        let bytes = try ZipBuilder(Self.members).bytes()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            #expect(throws: XLSXError.self) { try Self.read(Array(bytes.prefix(count))) }
        }
    }

    @Test func `any changed byte is refused or harmless, and never more`() throws {
        let bytes = try ZipBuilder(Self.members).bytes()
        var random = SeededRandom(seed: 3)
        var refused = 0
        for _ in 0..<1500 {
            var damaged = bytes
            damaged[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
            do {
                _ = try Self.read(damaged)
            } catch is XLSXError {
                refused += 1
            }
        }
        #expect(refused > 700)
    }

    @Test func `each limit has its name in the message`() throws {
        let bytes = try ZipBuilder(Self.members).bytes()
        func message(_ change: (inout XLSXLimits) -> Void) throws -> String? {
            var limits = XLSXLimits()
            change(&limits)
            return (#expect(throws: XLSXError.self) { try Self.read(bytes, limits: limits) })?.message
        }
        #expect(try message { $0.entryCount = 3 } == "zip directory: larger than the limit entryCount of 3")
        #expect(try message { $0.directoryBytes = 9 } == "zip directory: larger than the limit directoryBytes of 9")
        #expect(try message { $0.documentBytes = 9 } == "_rels/.rels: larger than the limit documentBytes of 9")
        #expect(try message { $0.partBytes = 9 } == "xl/worksheets/sheet1.xml: larger than the limit partBytes of 9")
        #expect(
            try message { $0.sharedStringBytes = 9 }
                == "xl/sharedStrings.xml: larger than the limit sharedStringBytes of 9")
        #expect(try message { $0.sheetCount = 0 } == "xl/workbook.xml: larger than the limit sheetCount of 0")
    }

    @Test func `a row beyond the limit is refused with its place, whatever fills it`() throws {
        var limits = XLSXLimits()
        limits.rowBytes = 600_000
        let filler = String(repeating: "x", count: 1_500_000)
        let space = String(repeating: " ", count: 1_500_000)
        for rows in [
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\" t=\"str\"><v>\(filler)</v></c></row>",
            "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"2\"><c r=\"A2\"><v>\(space)1</v></c></row>",
        ] {
            let bytes = try WorkbookBuilder(rows: rows).bytes()
            for road in [SheetRoad.automatic, .reference] {
                let workbook = try Readings.workbook(bytes, limits: limits, road: road)
                let error = #expect(throws: XLSXError.self) { try Readings.lines(workbook) }
                #expect(error?.message == "xl/worksheets/sheet1.xml: cell A2: larger than the limit rowBytes of 600000")
            }
        }
    }

    @Test func `a row with more columns than a sheet has is refused`() throws {
        let cells = String(repeating: "<c><v>1</v></c>", count: 16_385)
        for road in [SheetRoad.automatic, .reference] {
            let workbook = try Readings.workbook(
                try WorkbookBuilder(rows: "<row r=\"1\">\(cells)</row>").bytes(), road: road)
            let error = #expect(throws: XLSXError.self) { try Readings.lines(workbook) }
            #expect(error?.message == "xl/worksheets/sheet1.xml: cell XFE1: row 1 has more than 16384 columns")
        }
    }

    @Test(arguments: ["XFE1", "AAAA1", "zzz1"]) func `a cell that says it lies outside a sheet is refused`(
        reference: String
    ) throws {
        for road in [SheetRoad.automatic, .reference] {
            let rows = "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"\(reference)\"><v>2</v></c></row>"
            let workbook = try Readings.workbook(try WorkbookBuilder(rows: rows).bytes(), road: road)
            let error = #expect(throws: XLSXError.self) { try Readings.lines(workbook) }
            #expect(error?.message.hasSuffix("a cell says that it is \(reference), which lies outside a sheet") == true)
        }
    }

    @Test func `deep nesting is refused`() throws {
        var builder = WorkbookBuilder(rows: Self.row, strings: ["<t>x</t>"])
        builder.sheets[0].after = String(repeating: "<extLst>", count: 3000)
        let error = #expect(throws: XLSXError.self) { try Self.read(try builder.bytes()) }
        #expect(error?.message.hasPrefix("xl/worksheets/sheet1.xml: ") == true)
    }
}
