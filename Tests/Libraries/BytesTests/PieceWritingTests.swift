import Bytes
import Glibc
import TestSupport
import Testing

/// Many pieces go out with few calls, and none is lost where a call takes only a part.
@Suite struct PieceWritingTests {
    /// Pieces of 0 to 3,000 bytes, more than one call can take.
    private func makePieces() -> [[UInt8]] {
        var random = SeededRandom(seed: 11)
        return (0..<2500).map { number in
            [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Int(random.next() % 3001))
        }
    }

    private func withPieces(_ pieces: [[UInt8]], _ body: ([UnsafeRawBufferPointer]) throws -> Void) rethrows {
        let whole = pieces.flatMap { $0 }
        try whole.withUnsafeBytes { bytes in
            var start = 0
            try body(
                pieces.map { piece in
                    defer { start += piece.count }
                    return UnsafeRawBufferPointer(rebasing: bytes[start..<start + piece.count])
                })
        }
    }

    @Test func `pieces follow each other in a file`() throws {
        let folder = try TemporaryDirectory()
        let pieces = makePieces()
        let descriptor = open(folder.file("out"), O_WRONLY | O_CREAT, 0o600)
        defer { close(descriptor) }
        try withPieces(pieces) { try writeAll($0, to: descriptor, path: "out") }
        #expect(try FileSystem.contents(folder.file("out")) == pieces.flatMap { $0 })
    }

    /// A pipe that does not wait takes parts of pieces.
    @Test func `pieces follow each other in a pipe`() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let (readEnd, writeEnd) = (ends[0], ends[1])
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        let received = Guarded<[UInt8]>([])
        let reader = try SystemThread {
            var buffer = [UInt8](repeating: 0, count: 1777)
            while true {
                let count = read(readEnd, &buffer, buffer.count)
                if count <= 0 { break }
                received.withLock { $0 += buffer[..<count] }
            }
        }
        let pieces = makePieces()
        try withPieces(pieces) { try writeAll($0, to: writeEnd, path: "pipe") }
        close(writeEnd)
        reader.join()
        close(readEnd)
        #expect(received.withLock { $0 } == pieces.flatMap { $0 })
    }

    @Test func `a failure says what failed`() throws {
        let full = open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: IOError.self) { try withPieces([[1], [2]]) { try writeAll($0, to: full, path: "full") } }
    }

    @Test func `few bytes and small pieces are gathered, and large ones go on as they are`() throws {
        let sink = MemorySink()
        var output = BufferedOutput(sink, capacity: 8000)
        let few: [[UInt8]] = [[1, 2], [3], []]
        try withPieces(few) { try output.append($0) }
        #expect(sink.bytes.isEmpty)
        let large = [[UInt8](repeating: 4, count: 5000), [UInt8](repeating: 5, count: 5000)]
        try withPieces(large) { try output.append($0) }
        #expect(sink.bytes == [1, 2, 3] + large[0] + large[1])
        let small = [[UInt8]](repeating: [6, 7], count: 5000)
        try withPieces(small) { try output.append($0) }
        #expect(sink.bytes.count == 10_003 + 8000)
        let byteCount = output.byteCount
        #expect(byteCount == 20_003)
        try output.finish()
        #expect(sink.bytes == [1, 2, 3] + large[0] + large[1] + small.flatMap { $0 })
    }
}
