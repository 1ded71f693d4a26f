import TestSupport
import Testing

@testable import Bytes

/// Macros cannot hold a span: it is made outside of them.
private func reading<Result>(_ text: String, _ read: (RawSpan) -> Result) -> Result {
    read(Array(text.utf8).span.bytes)
}

private func number(_ text: String) -> DecimalNumber? { reading(text, DecimalNumber.parse) }

private func text(_ fill: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    fill(&buffer)
    return buffer.bytes.text
}

@Suite struct DecimalNumberTests {
    @Test(arguments: [
        ("0", 12, 2, "0.00"), ("-0", 12, 2, "0.00"), ("19.9", 12, 2, "19.90"), ("+7", 12, 2, "7.00"),
        (".5", 3, 2, "0.50"), ("-0.05", 12, 2, "-0.05"), ("1e3", 12, 2, "1000.00"), ("1.5E-1", 12, 2, "0.15"),
        ("1.2300000", 12, 2, "1.23"), ("0000000000000000000000000000000000000000000001.5", 3, 1, "1.5"),
        ("0.00000000000000000000000000000000000001", 38, 38, "0.00000000000000000000000000000000000001"),
        (
            "99999999999999999999999999999999999999", 38, 0, "99999999999999999999999999999999999999"
        ),
        ("-123456789012345678901234567890.12345678", 38, 8, "-123456789012345678901234567890.12345678"),
        ("12345678901234567890", 38, 2, "12345678901234567890.00"),
        ("9223372036854775808", 38, 0, "9223372036854775808"),
        ("10000000000000000000000000000000000000000e-40", 3, 1, "1.0"), ("1e-1", 1, 1, "0.1"),
        ("1234567890123456789.000000000000000000000000000000000", 38, 0, "1234567890123456789"),
    ])
    func `a number that fits keeps every digit`(source: String, precision: Int, scale: Int, expected: String) throws {
        let scaled = try #require(number(source)).scaled(precision: precision, scale: scale)
        guard case .value(let value) = scaled else {
            Issue.record("\(source): \(scaled)")
            return
        }
        #expect(text { DecimalText.append(value, scale: scale, to: &$0) } == expected)
    }

    @Test(arguments: [
        ("10000000000", 12, 2, ScaledDecimal.tooLarge), ("9999999999.99", 12, 2, .value(999_999_999_999)),
        ("1.005", 12, 2, .excessDigits), ("100000000000000000000000000000000000000", 38, 0, .tooLarge),
        ("1e400", 38, 0, .tooLarge), ("1e-400", 38, 38, .excessDigits), ("0e400", 38, 0, .value(0)),
        ("1234567890123456789012345678901234567890", 38, 0, .tooLarge),
        ("0.000000000000000000000000000000000000001", 38, 38, .excessDigits),
        ("99999999999999999999999999999999999999.5", 38, 0, .excessDigits),
    ])
    func `a number that does not fit says why`(source: String, precision: Int, scale: Int, expected: ScaledDecimal)
        throws
    {
        #expect(try #require(number(source)).scaled(precision: precision, scale: scale) == expected)
    }

    @Test(arguments: [
        ("1.005", ExcessDigits.roundHalfEven, 100), ("1.015", .roundHalfEven, 102), ("1.0051", .roundHalfEven, 101),
        ("-1.025", .roundHalfEven, -102), ("1.009", .truncate, 100), ("-1.009", .truncate, -100),
        ("0.0049999999999999999999999999999999999999999999", .roundHalfEven, 0),
        ("0.0050000000000000000000000000000000000000000001", .roundHalfEven, 1),
        ("0.005000000000000000000000000000000000000000000", .roundHalfEven, 0), ("1e-300", .roundHalfEven, 0),
        ("99.995", .roundHalfEven, 10000),
    ])
    func `excess digits are rounded half to even or cut`(source: String, excess: ExcessDigits, expected: Int128) throws
    {
        #expect(try #require(number(source)).scaled(precision: 12, scale: 2, excess: excess) == .value(expected))
    }

    @Test func `rounding up into one digit too many is too large`() throws {
        #expect(try #require(number("99.995")).scaled(precision: 4, scale: 2, excess: .roundHalfEven) == .tooLarge)
    }

    @Test(arguments: [
        "", "-", "+", ".", "1.", "-.", "1e", "1e+", "e5", "1e401", "1,5", " 1", "1 ", "0x10", "1_000", "--1", "NaN",
        "inf",
        "1.2.3", "٣",
    ])
    func `what is no number is refused`(source: String) {
        #expect(number(source) == nil)
    }

    @Test(arguments: [
        ("19.989999999999998", "19.99"), ("0.30000000000000004", "0.30"), ("66.659999999999997", "66.66"),
        ("999999999999999.9", "1000000000000000.00"), ("123456789012345", "123456789012345.00"),
        ("-0.1499999999999999944", "-0.15"),
    ])
    func `Excel's noise disappears in fifteen digits`(source: String, expected: String) throws {
        let rounded = try #require(number(source)).roundedToExcelDigits()
        guard case .value(let value) = rounded.scaled(precision: 38, scale: 2) else {
            Issue.record("\(source) keeps its noise")
            return
        }
        #expect(text { DecimalText.append(value, scale: 2, to: &$0) } == expected)
    }

    @Test(arguments: [
        ("1.0", 1 as Int128?), ("1e3", 1000), ("1.5", nil), ("-9223372036854775808", -9_223_372_036_854_775_808),
        ("12345678901234567890123456789012345678901", nil),
    ])
    func `an integral number is an integer`(source: String, expected: Int128?) throws {
        #expect(try #require(number(source)).integer == expected)
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max as Int64?), ("9223372036854775808", nil), ("-9223372036854775808", Int64.min),
        ("-9223372036854775809", nil), ("0007", 7), ("+5", 5), ("", nil), ("-", nil), ("1.0", nil), ("1e3", nil),
        ("99999999999999999999", nil),
    ])
    func `an integer is digits within 64 bits`(source: String, expected: Int64?) {
        #expect(reading(source, DecimalText.parseInteger) == expected)
    }

    @Test func `numbers read and written agree with the standard library`() {
        var random = SeededRandom(seed: 20_180_131)
        for _ in 0..<20_000 {
            let value = Int64(truncatingIfNeeded: random.next()) >> Int64(random.next() % 64)
            #expect(text { DecimalText.append(value, to: &$0) } == String(value))
            let scale = Int(random.next() % 10)
            let written = text { DecimalText.append(Int128(value), scale: scale, to: &$0) }
            #expect(number(written)?.scaled(precision: 38, scale: scale) == .value(Int128(value)))
        }
    }

    @Test func `doubles are read as the standard library reads them`() {
        var random = SeededRandom(seed: 7)
        for _ in 0..<20_000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite, value != 0 else { continue }
            let written = text { DoubleText.append(value, to: &$0) }
            #expect(reading(written, DoubleText.parse) == value)
            let short = "\(Int64(truncatingIfNeeded: random.next()) >> 12)e\(Int(random.next() % 40) - 20)"
            #expect(reading(short, DoubleText.parse) == Double(short))
        }
    }

    @Test(arguments: [("1e400", nil as Double?), ("-0.0", 0), ("NaN", nil), ("1e-330", 0), ("0.1", 0.1)])
    func `a double is finite and has no minus zero`(source: String, expected: Double?) {
        let value = reading(source, DoubleText.parse)
        #expect(value == expected)
        if value == 0 { #expect(value?.sign == .plus) }
    }
}
