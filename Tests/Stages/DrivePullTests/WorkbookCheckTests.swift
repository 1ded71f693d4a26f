import TestSupport
import Testing

@testable import drive_pull

@Suite struct WorkbookCheckTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func workbook(_ name: String = "[Content_Types].xml") throws -> [UInt8] {
        var stored = ZipBuilder.Member("xl/workbook.xml", text: "<workbook/>")
        stored.isDeflated = false
        let text = (0..<500).map { "<Override PartName=\"/xl/part\($0 * 7919 % 1009).xml\"/>" }.joined()
        return try ZipBuilder([ZipBuilder.Member(name, text: text), stored]).bytes()
    }

    private func isWhole(_ bytes: [UInt8]) throws -> Bool {
        try folder.write("book", bytes)
        return try WorkbookCheck.isWhole(folder.file("book"))
    }

    @Test func aWorkbookIsWhole() throws {
        #expect(try isWhole(try workbook()))
    }

    @Test func aZipThatIsNoWorkbookIsNone() throws {
        #expect(try !isWhole(try workbook("readme.txt")))
        #expect(try !isWhole([]))
        #expect(try !isWhole(Array("<!DOCTYPE html><html></html>".utf8)))
        #expect(try !isWhole([0x50, 0x4B, 0x03, 0x04]))
    }

    @Test func aCutWorkbookIsNone() throws {
        let bytes = try workbook()
        for count in 0..<bytes.count where count % 7 == 0 || count > bytes.count - 30 {
            #expect(try !isWhole(Array(bytes.prefix(count))), "\(count) bytes")
        }
    }

    @Test func aDamagedMemberIsNoticed() throws {
        let bytes = try workbook()
        // Within the data of the first member, whose local header has 30 bytes and its name.
        for place in (30 + 19)..<(30 + 19 + 20) {
            var damaged = bytes
            damaged[place] ^= 0x40
            #expect(try !isWhole(damaged), "byte \(place)")
        }
    }

    @Test func anyBytesAreJudgedWithoutATrap() throws {
        var random = SeededRandom(seed: 17)
        let bytes = try workbook()
        for _ in 0..<400 {
            var mangled = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                // The directory and the end record are where lengths and places stand.
                let place = Int.random(in: max(0, bytes.count - 200)..<bytes.count, using: &random)
                mangled[place] = UInt8.random(in: 0...255, using: &random)
            }
            _ = try isWhole(mangled)
        }
    }
}
