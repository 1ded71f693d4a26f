import TestSupport
import Testing

@testable import Parquet

@Suite struct DeltaEncodingTests {
    private func plain<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    private func packed(_ values: [UInt8], isWide: Bool) -> [UInt8] {
        var output = GrowingBuffer(capacity: 0)
        values.withUnsafeBytes { DeltaBinaryPacking.append($0, isWide: isWide, to: &output) }
        return Array(output.bytes)
    }

    private func narrow(_ values: [Int32]) -> [UInt8] { packed(plain(values), isWide: false) }
    private func wide(_ values: [Int64]) -> [UInt8] { packed(plain(values), isWide: true) }

    @Test func thePagesOfTheSpecificationsExamples() {
        #expect(narrow([1, 2, 3, 4, 5]) == [0x80, 0x01, 0x04, 0x05, 0x02, 0x02, 0, 0, 0, 0])
        #expect(wide([1, 2, 3, 4, 5]) == [0x80, 0x02, 0x04, 0x05, 0x02, 0x02, 0, 0, 0, 0])
        #expect(narrow([42]) == [0x80, 0x01, 0x04, 0x01, 0x54])
        #expect(
            narrow([7, 5, 3, 1, 2, 3, 4, 5]) == [
                0x80, 0x01, 0x04, 0x08, 0x0E, 0x03, 0x02, 0, 0, 0, 0xC0, 0x3F, 0, 0, 0, 0, 0, 0,
            ])
        #expect(narrow([]) == [0x80, 0x01, 0x04, 0x00, 0x00])
    }

    /// Decodes a page, independently of the encoder.
    private func decode(_ bytes: [UInt8], bitWidth: Int) -> [Int64] {
        var position = 0
        func variable() -> UInt64 {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                value |= UInt64(bytes[position] & 0x7F) << shift
                shift += 7
                position += 1
                if bytes[position - 1] < 0x80 { return value }
            }
        }
        func signed() -> Int64 {
            let raw = variable()
            return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
        }
        func wrapped(_ value: Int64) -> Int64 { bitWidth == 32 ? Int64(Int32(truncatingIfNeeded: value)) : value }
        let blockSize = Int(variable())
        let miniblocks = Int(variable())
        let count = Int(variable())
        var values = count > 0 ? [signed()] : []
        if count == 0 { _ = signed() }
        while values.count < count {
            let smallest = signed()
            let widths = bytes[position..<position + miniblocks].map(Int.init)
            position += miniblocks
            for width in widths where values.count < count {
                let size = blockSize / miniblocks
                for index in 0..<size where values.count < count {
                    var distance: UInt64 = 0
                    for bit in 0..<width {
                        let place = index * width + bit
                        distance |= UInt64(bytes[position + place / 8] >> UInt8(place % 8) & 1) << UInt64(bit)
                    }
                    let delta = smallest &+ Int64(bitPattern: distance)
                    values.append(wrapped(values[values.count - 1] &+ delta))
                }
                position += size * width / 8
            }
        }
        #expect(position == bytes.count)
        return values
    }

    @Test(arguments: [1, 2, 31, 32, 33, 128, 129, 130, 257, 1000]) func anyValuesDecodeToThemselves(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        for shape in 0..<6 {
            let values: [Int64] = (0..<count).map { index in
                switch shape {
                case 0: Int64(index) * 1000
                case 1: Int64.random(in: .min ... .max, using: &random)
                case 2: index % 2 == 0 ? .min : .max
                case 3: 7
                case 4: Int64.random(in: -100...100, using: &random)
                default: Int64(count - index) << 33
                }
            }
            #expect(decode(wide(values), bitWidth: 64) == values)
            let small = values.map { Int32(truncatingIfNeeded: $0) }
            #expect(decode(narrow(small), bitWidth: 32) == small.map(Int64.init))
        }
    }

    @Test func textsAreTheirLengthsAndThenTheirBytes() {
        let texts = ["Hello", "World", "Foobar", "ABCDEF"]
        let page = texts.flatMap { plain([UInt32($0.utf8.count)]) + Array($0.utf8) }
        var output = GrowingBuffer(capacity: 0)
        page.withUnsafeBytes { DeltaLengthEncoding.append($0, to: &output) }
        #expect(
            Array(output.bytes) == [0x80, 0x01, 0x04, 0x04, 0x0A, 0x00, 0x01, 0, 0, 0, 0x02, 0, 0, 0]
                + Array("HelloWorldFoobarABCDEF".utf8))
    }

    @Test func streamsHoldTheBytesOfOnePlace() {
        var output = GrowingBuffer(capacity: 0)
        plain([Float(1), 2, -1.5]).withUnsafeBytes { ByteStreamSplit.append($0, byteCount: 4, to: &output) }
        #expect(Array(output.bytes) == [0, 0, 0, 0, 0, 0, 0x80, 0, 0xC0, 0x3F, 0x40, 0xBF])
    }
}
