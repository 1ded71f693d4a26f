import Bytes
import Testing

@Suite struct BufferedOutputTests {
    @Test(arguments: [1, 63, 64, 65, 1000]) func everyByteArrivesInOrder(pieceLength: Int) throws {
        let sink = MemorySink()
        var output = BufferedOutput(sink, capacity: 64)
        var expected: [UInt8] = []
        for number in 0..<40 {
            let piece = [UInt8](repeating: UInt8(number), count: pieceLength)
            expected += piece
            try output.append(piece)
        }
        #expect(output.byteCount == expected.count)
        #expect(!sink.isFinished)
        try output.finish()
        #expect(sink.bytes == expected)
        #expect(sink.isFinished)
    }
}
