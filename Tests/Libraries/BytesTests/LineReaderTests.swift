import Bytes
import Testing

@Suite struct LineReaderTests {
    /// All lines of a text, read through a block of the given size, in reads of at most `stride` bytes.
    private func lines(_ text: String, capacity: Int, stride: Int, limit: Int = 1 << 20) throws -> [String] {
        var reader = LineReader(
            MemorySource(Array(text.utf8), stride: stride), capacity: capacity, lineLimit: limit)
        var found: [String] = []
        while let line = try reader.nextLine() {
            found.append(line.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
        }
        let (lineNumber, byteCount) = (reader.lineNumber, reader.byteCount)
        #expect(lineNumber == found.count)
        #expect(byteCount == text.utf8.count)
        return found
    }

    @Test(arguments: [
        ("", []), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\n", ["", ""]), ("a\r\n", ["a\r"]),
        ("é\u{2028}x\n", ["é\u{2028}x"]),
        (String(repeating: "x", count: 100) + "\ny\n", [String(repeating: "x", count: 100), "y"]),
    ])
    func linesAreTheSameForEveryBlockSize(text: String, expected: [String]) throws {
        for capacity in [16, 17, 64, 4096] {
            for stride in [1, 2, 7, 4096] {
                #expect(try lines(text, capacity: capacity, stride: stride) == expected)
            }
        }
    }

    @Test func aLineAtTheLimitIsReadAndALongerOneIsRefused() throws {
        let line = String(repeating: "x", count: 63)
        #expect(try lines(line + "\n", capacity: 16, stride: 8, limit: 64) == [line])
        #expect(throws: IOError.lineTooLong(path: "memory", line: 2, limit: 64)) {
            try lines("a\n" + String(repeating: "x", count: 65), capacity: 16, stride: 8, limit: 64)
        }
    }

    @Test func aMissingLastLineFeedIsSeen() throws {
        var reader = LineReader(MemorySource(Array("a\nb".utf8)))
        _ = try reader.nextLine()
        let first = reader.lastLineWasTerminated
        _ = try reader.nextLine()
        let second = reader.lastLineWasTerminated
        #expect(first)
        #expect(!second)
    }
}
