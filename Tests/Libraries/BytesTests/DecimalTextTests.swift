import Bytes
import TestSupport
import Testing

@Suite struct DecimalTextTests {
    private func read(_ text: String, _ precision: Int, _ scale: Int) -> DecimalText.Reading {
        Array(text.utf8).withUnsafeBytes { DecimalText.read($0, precision: precision, scale: scale) }
    }

    private func text(_ unscaled: Int128, _ scale: Int) -> String {
        var bytes: [UInt8] = []
        DecimalText.append(unscaled, scale: scale, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static let nines38 = Int128("99999999999999999999999999999999999999") ?? 0

    @Test(
        arguments: [
            ("19.90", 12, 2, 1990), ("19.9", 12, 2, 1990), ("19", 12, 2, 1900), ("-0.01", 12, 2, -1), ("-0", 12, 2, 0),
            ("19.900000", 12, 2, 1990), ("1e2", 5, 2, 10_000), ("1E+2", 5, 2, 10_000), ("12345e-2", 5, 2, 12_345),
            ("0.00001e5", 3, 0, 1), ("9999999999.99", 12, 2, 999_999_999_999), ("0e400", 3, 2, 0),
            ("0.0e-400", 3, 2, 0),
            ("999999999999999999", 18, 0, 999_999_999_999_999_999), ("0.000000000000000001", 18, 18, 1),
            ("100000000000000000000", 38, 0, 100_000_000_000_000_000_000),
            ("99999999999999999999999999999999999999", 38, 0, nines38),
            ("-9.9999999999999999999999999999999999999", 38, 37, -nines38),
        ] as [(String, Int, Int, Int128)])
    func numbersThatFitAreReadExactly(text: String, precision: Int, scale: Int, unscaled: Int128) {
        #expect(read(text, precision, scale) == .value(unscaled))
    }

    @Test(
        arguments: [
            ("19.901", 12, 2, .excessScale), ("1e-3", 12, 2, .excessScale), ("0.001", 12, 2, .excessScale),
            ("10000000000", 12, 2, .tooLarge), ("1000", 3, 0, .tooLarge), ("1e38", 38, 0, .tooLarge),
            ("1e300", 38, 0, .tooLarge), ("1", 3, 3, .tooLarge),
            ("100000000000000000000000000000000000000", 38, 0, .tooLarge),
            ("", 3, 0, .notANumber), ("-", 3, 0, .notANumber), ("+1", 3, 0, .notANumber), ("01", 3, 0, .notANumber),
            (".5", 3, 1, .notANumber), ("1.", 3, 1, .notANumber), ("1,5", 3, 1, .notANumber), (" 1", 3, 1, .notANumber),
            ("1e", 3, 1, .notANumber), ("1e+", 3, 1, .notANumber), ("NaN", 3, 1, .notANumber),
            ("1.5x", 3, 1, .notANumber),
            ("1e401", 3, 1, .notANumber), ("1e99999999999999999999", 3, 1, .notANumber), ("00000", 9, 0, .notANumber),
        ] as [(String, Int, Int, DecimalText.Reading)])
    func whatDoesNotFitIsToldApart(text: String, precision: Int, scale: Int, reading: DecimalText.Reading) {
        #expect(read(text, precision, scale) == reading)
    }

    @Test(
        arguments: [
            ("0", .value(0)), ("-7", .value(-7)), ("1.0", .value(1)), ("1e3", .value(1000)), ("1.5", .fraction),
            ("9223372036854775807", .value(.max)), ("-9223372036854775808", .value(.min)),
            ("9223372036854775808", .tooLarge), ("-9223372036854775809", .tooLarge), ("1e40", .tooLarge),
            ("0.1e1", .value(1)), ("1x", .notANumber), ("", .notANumber), ("007", .notANumber),
        ] as [(String, DecimalText.IntegerReading)])
    func wholeNumbersAreReadWhateverTheirForm(text: String, reading: DecimalText.IntegerReading) {
        #expect(Array(text.utf8).withUnsafeBytes { DecimalText.readInteger($0) } == reading)
    }

    @Test(
        arguments: [
            (1990, 2, "19.90"), (-1, 2, "-0.01"), (0, 2, "0.00"), (0, 0, "0"), (5, 1, "0.5"), (-12, 0, "-12"),
            (nines38, 38, "0.99999999999999999999999999999999999999"),
            (Int128.min, 0, "-170141183460469231731687303715884105728"),
        ] as [(Int128, Int, String)])
    func numbersAreWrittenWithAllTheirDecimals(unscaled: Int128, scale: Int, expected: String) {
        #expect(text(unscaled, scale) == expected)
    }

    @Test func everyNumberReadsBackAsWritten() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<2000 {
            let precision = Int.random(in: 1...38, using: &random)
            let scale = Int.random(in: 0...precision, using: &random)
            var limit: Int128 = 1
            for _ in 0..<Int.random(in: 0...precision, using: &random) { limit *= 10 }
            let value = Int128.random(in: (1 - limit)...(limit - 1), using: &random)
            let written = text(value, scale)
            #expect(read(written, precision, scale) == .value(value), "\(written) as (\(precision),\(scale))")
        }
    }
}
