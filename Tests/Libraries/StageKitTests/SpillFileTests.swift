import Bytes
import StageKit
import TestSupport
import Testing

@Suite struct SpillFileTests {
    @Test func whatWasWrittenIsReadBackFromAnyPlace() throws {
        let file = try SpillFile()
        let first = try Array("hello ".utf8).withUnsafeBytes { try file.append($0) }
        let second = try Array("world".utf8).withUnsafeBytes { try file.append($0) }
        #expect(first == 0..<6)
        #expect(second == 6..<11)
        #expect(file.byteCount == 11)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 20, alignment: 1)
        defer { buffer.deallocate() }
        let count = try file.read(into: buffer, at: 4)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "o world")
        #expect(try file.read(into: buffer, at: 11) == 0)
    }

    @Test(arguments: [
        ("65536", 65_536), ("64K", 65_536), ("2m", 2 << 20), ("1G", 1 << 30), ("100000", 100_000),
    ])
    func sizesAreNumbersWithUnits(text: String, byteCount: Int) {
        #expect(ByteSize(argument: text)?.byteCount == byteCount)
    }

    @Test(arguments: ["", "K", "1K", "65535", "-1M", "1.5G", "1T", "9999999999999G", "64KB"])
    func otherSizesAreRefused(text: String) { #expect(ByteSize(argument: text) == nil) }
}
