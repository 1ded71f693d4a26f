import TestSupport
import Testing

@testable import Parquet

@Suite struct StatisticsTests {
    private func cut(_ text: String, _ limit: Int = 4) -> (String, String?) {
        let bytes = Array(text.utf8)
        let raised = CutBounds.raisedPrefix(of: bytes, limit: limit)
        return (
            String(decoding: CutBounds.prefix(of: bytes, limit: limit), as: UTF8.self),
            raised.map { String(decoding: $0, as: UTF8.self) }
        )
    }

    @Test(
        arguments: [
            ("abcdef", "abcd", "abce"), ("abc\u{e9}x", "abc", "abd"), ("ab\u{e9}xx", "ab\u{e9}", "ab\u{ea}"),
            ("a\u{7f}\u{7f}\u{7f}x", "a\u{7f}\u{7f}\u{7f}", "b"), ("a\u{d7ff}x", "a\u{d7ff}", "a\u{e000}"),
            ("\u{10FFFF}x", "\u{10FFFF}", nil), ("\u{7f}\u{7f}\u{7f}\u{7f}x", "\u{7f}\u{7f}\u{7f}\u{7f}", nil),
            ("\u{ffff}ab", "\u{ffff}a", "\u{ffff}b"), ("a\u{7ff}\u{7f}x", "a\u{7ff}\u{7f}", "b"),
        ] as [(String, String, String?)])
    func longTextsAreCutAtACharacterAndRaised(text: String, prefix: String, raised: String?) {
        let found = cut(text)
        #expect(found.0 == prefix)
        #expect(found.1 == raised)
    }

    @Test func cutBoundsLieAroundAllThatTheyStandFor() throws {
        var random = SeededRandom(seed: 5)
        let alphabet: [Unicode.Scalar] = [
            "a", "~", "\u{7f}", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{ffff}", "\u{10ffff}",
        ]
        for _ in 0..<500 {
            var text = ""
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            let bytes = Array(text.utf8)
            guard let bounds = CutBounds(Bounds(minimum: bytes, maximum: bytes), order: .bytes, limit: 8) else {
                continue
            }
            #expect(!bytes.lexicographicallyPrecedes(bounds.minimum))
            #expect(!bounds.maximum.lexicographicallyPrecedes(bytes))
            #expect(bounds.minimum.count <= 8 && bounds.maximum.count <= 8)
            #expect(bounds.minimumIsExact == (bounds.minimum == bytes))
            #expect(bounds.maximumIsExact == (bounds.maximum == bytes))
            #expect(String(validating: bounds.maximum, as: UTF8.self) != nil)
        }
    }

    @Test func onlyTextsAreCut() {
        let long = [UInt8](repeating: 1, count: 100)
        let bounds = CutBounds(Bounds(minimum: long, maximum: long), order: .signedBytes)
        #expect(bounds?.minimum == long)
        #expect(bounds?.maximumIsExact == true)
    }

    private func find(_ bytes: [UInt8], count: Int, _ type: ParquetType) -> (Bounds?, Int) {
        bytes.withUnsafeBytes { PageBounds.find($0, count: count, type: type) }
    }

    private func plain<Value: BitwiseCopyable>(_ values: [Value]) -> [UInt8] { values.withUnsafeBytes { Array($0) } }

    @Test func numbersAreOrderedWithTheirSign() {
        #expect(
            find(plain([Int32(3), -5, 0]), count: 3, .int32).0
                == Bounds(minimum: plain([Int32(-5)]), maximum: plain([Int32(3)])))
        #expect(
            find(plain([Int64.min, 0, .max]), count: 3, .int64).0
                == Bounds(minimum: plain([Int64.min]), maximum: plain([Int64.max])))
        #expect(find([0, 1, 1], count: 3, .boolean).0 == Bounds(minimum: [0], maximum: [1]))
        let decimals: [UInt8] = [0xFF] + [UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 0, count: 9)
        #expect(
            find(decimals, count: 2, .decimal(precision: 20, scale: 0)).0
                == Bounds(minimum: Array(decimals[..<9]), maximum: Array(decimals[9...])))
    }

    @Test func doublesIgnoreNaNAndHaveOneZero() {
        #expect(
            find(plain([0.0, -1.5, .nan]), count: 3, .double) == (
                Bounds(minimum: plain([-1.5]), maximum: plain([0.0])), 1
            ))
        let zeros = find(plain([-0.0]), count: 1, .double).0
        #expect(zeros == Bounds(minimum: plain([-0.0]), maximum: plain([0.0])))
        #expect(find(plain([0.0]), count: 1, .double).0 == zeros)
        #expect(find(plain([Double.nan]), count: 1, .double) == (nil, 1))
    }

    @Test func textsAreOrderedAsUnsignedBytes() {
        var random = SeededRandom(seed: 8)
        for _ in 0..<200 {
            let texts = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                (0..<Int.random(in: 0...12, using: &random)).map { _ in
                    [0x00, 0x61, 0xC3, 0xFF].randomElement(using: &random) ?? UInt8(0)
                }
            }
            let page = texts.flatMap { plain([UInt32($0.count)]) + $0 }
            let sorted = texts.sorted { $0.lexicographicallyPrecedes($1) }
            #expect(
                find(page, count: texts.count, .string).0
                    == Bounds(minimum: sorted[0], maximum: sorted[sorted.count - 1]))
        }
    }
}
