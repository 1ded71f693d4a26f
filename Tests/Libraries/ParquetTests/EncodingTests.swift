import TestSupport
import Testing

@testable import Parquet

@Suite struct EncodingTests {
    private func runs(_ values: [UInt32], width: Int) -> [UInt8] {
        var output = GrowingBuffer(capacity: 0)
        values.withUnsafeBufferPointer { RunLengthEncoding.append($0, width: width, to: &output) }
        return Array(output.bytes)
    }

    /// Decodes the hybrid, independently of the encoder.
    private func decode(_ bytes: [UInt8], width: Int, count: Int) -> [UInt32] {
        var values: [UInt32] = []
        var position = 0
        func variable() -> Int {
            var value = 0
            var shift = 0
            while true {
                value |= Int(bytes[position] & 0x7F) << shift
                shift += 7
                position += 1
                if bytes[position - 1] < 0x80 { return value }
            }
        }
        while position < bytes.count {
            let header = variable()
            if header & 1 == 0 {
                var value: UInt32 = 0
                for index in 0..<(width + 7) / 8 { value |= UInt32(bytes[position + index]) << UInt32(8 * index) }
                position += (width + 7) / 8
                values += Array(repeating: value, count: header >> 1)
            } else {
                for index in 0..<(header >> 1) * 8 {
                    var value: UInt32 = 0
                    for bit in 0..<width {
                        let place = index * width + bit
                        value |= UInt32(bytes[position + place / 8] >> UInt8(place % 8) & 1) << UInt32(bit)
                    }
                    values.append(value)
                }
                position += (header >> 1) * width
            }
        }
        #expect(values.count >= count && values.count < count + 8)
        #expect(values.dropFirst(count).allSatisfy { $0 == 0 }, "padding is zeros")
        return Array(values.prefix(count))
    }

    @Test func levelsOfTheSpecificationsExamples() {
        #expect(runs([1, 0, 1], width: 1) == [0x03, 0x05])
        #expect(runs([0, 1, 0], width: 2) == [0x03, 0x04, 0x00])
        #expect(runs([3, 3, 0, 1, 2, 3], width: 2) == [0x03, 0x4F, 0x0E])
        #expect(runs(Array(repeating: 1, count: 10) + [0, 0, 0], width: 1) == [0x14, 0x01, 0x03, 0x00])
        #expect(runs([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2], width: 2) == [0x05, 0x04, 0x00, 0x40, 0x02])
        #expect(runs([], width: 1) == [])
    }

    @Test(arguments: 1...32) func everyWidthDecodesToTheSameValues(width: Int) {
        var random = SeededRandom(seed: UInt64(width))
        let limit = width == 32 ? UInt32.max : UInt32(1) << UInt32(width) - 1
        for _ in 0..<30 {
            var values: [UInt32] = []
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                let value = UInt32.random(in: 0...limit, using: &random)
                if Bool.random(using: &random) {
                    values += Array(repeating: value, count: Int.random(in: 1...40, using: &random))
                } else {
                    for _ in 0..<Int.random(in: 1...20, using: &random) {
                        values.append(UInt32.random(in: 0...limit, using: &random))
                    }
                }
            }
            #expect(decode(runs(values, width: width), width: width, count: values.count) == values)
        }
    }

    @Test func aLongRunIsTwoBytes() {
        #expect(runs(Array(repeating: 1, count: 20_000), width: 1) == [0xC0, 0xB8, 0x02, 0x01])
    }

    @Test(arguments: [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (255, 8), (256, 9), (65_535, 16)])
    func widthsHoldTheLargestValue(maximum: Int, width: Int) {
        #expect(RunLengthEncoding.width(of: maximum) == width)
    }

    @Test func booleansAreBitsFromTheLowest() {
        var output = GrowingBuffer(capacity: 0)
        [UInt8(1), 0, 1, 1, 0, 0, 0, 1, 1].withUnsafeBytes {
            PlainEncoding.append($0, type: .boolean, to: &output)
        }
        #expect(Array(output.bytes) == [0x8D, 0x01])
    }

    @Test func indicesHaveTheirWidthInFront() {
        let indices: [UInt32] = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]
        var output = GrowingBuffer(capacity: 0)
        indices.withUnsafeBytes { IndexEncoding.append($0, valueCount: 3, to: &output) }
        #expect(Array(output.bytes) == [0x02, 0x05, 0x04, 0x00, 0x40, 0x02])
        var single = GrowingBuffer(capacity: 0)
        [UInt32(0)].withUnsafeBytes { IndexEncoding.append($0, valueCount: 1, to: &single) }
        #expect(Array(single.bytes) == [0x01, 0x03, 0x00])
    }
}

@Suite struct DictionaryTests {
    private func plain(_ texts: [String]) -> [UInt8] {
        texts.flatMap { text in withUnsafeBytes(of: UInt32(text.utf8.count)) { Array($0) } + Array(text.utf8) }
    }

    private func numbers(
        _ dictionary: any ValueDictionary, _ page: [UInt8], count: Int, byteLimit: Int = .max
    ) -> [UInt32]? {
        var indices = GrowingBuffer(capacity: 0)
        var position = 0
        let fits = page.withUnsafeBytes {
            dictionary.append($0, position: &position, count: count, byteLimit: byteLimit, to: &indices)
        }
        return fits ? Array(indices.bytes.bindMemory(to: UInt32.self)) : nil
    }

    @Test func textsAreNumberedInTheOrderOfTheirFirstUse() {
        let dictionary = BytesDictionary(fixedByteCount: nil)
        #expect(numbers(dictionary, plain(["b", "a", "b", "", "a", "ab"]), count: 6) == [0, 1, 0, 2, 1, 3])
        #expect(numbers(dictionary, plain(["ab", "c"]), count: 2) == [3, 4])
        #expect(Array(dictionary.plainBytes) == plain(["b", "a", "", "ab", "c"]))
        dictionary.truncate(to: 2)
        #expect(Array(dictionary.plainBytes) == plain(["b", "a"]))
    }

    @Test func manyDistinctValuesKeepTheirNumbers() {
        var random = SeededRandom(seed: 3)
        let texts = (0..<5000).map { "\($0 * 7919)" + String(repeating: "x", count: $0 % 40) }
        let order = (0..<20_000).map { _ in Int.random(in: 0..<5000, using: &random) }
        var expected: [Int: UInt32] = [:]
        for index in order where expected[index] == nil { expected[index] = UInt32(expected.count) }
        let bytes = BytesDictionary(fixedByteCount: nil)
        let found = numbers(bytes, plain(order.map { texts[$0] }), count: order.count)
        #expect(found == order.map { expected[$0] ?? .max })
        #expect(bytes.count == expected.count)

        let words = WordDictionary(isWide: true)
        let page = order.flatMap { index in withUnsafeBytes(of: UInt64(index) << 40) { Array($0) } }
        #expect(numbers(words, page, count: order.count) == order.map { expected[$0] ?? .max })
    }

    @Test func aDictionaryBeyondItsLimitSaysSo() {
        #expect(numbers(BytesDictionary(fixedByteCount: nil), plain(["aaaa", "bbbb"]), count: 2, byteLimit: 15) == nil)
        let page = (0..<10).flatMap { index in withUnsafeBytes(of: UInt32(index)) { Array($0) } }
        #expect(numbers(WordDictionary(isWide: false), page, count: 10, byteLimit: 39) == nil)
        #expect(numbers(WordDictionary(isWide: false), page, count: 10, byteLimit: 40) != nil)
    }

    @Test func valuesOfFixedLengthHaveNoLengthInFront() {
        let dictionary = BytesDictionary(fixedByteCount: 2)
        #expect(numbers(dictionary, [1, 2, 3, 4, 1, 2], count: 3) == [0, 1, 0])
        #expect(Array(dictionary.plainBytes) == [1, 2, 3, 4])
    }
}
