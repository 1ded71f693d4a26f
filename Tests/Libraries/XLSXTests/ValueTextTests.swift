import Glibc
import TestSupport
import Testing

@testable import XLSX

/// Numbers, dates and times as text.
@Suite struct ValueTextTests {
    /// What becomes of a cell's text, read at a place that has text behind it, as in a sheet.
    private static func written(_ text: String, _ kind: SheetCell.Kind, is1904: Bool = false) -> String {
        let bytes =
            Array(text.utf8) + Array("</v></c><c r=\"B7\"><v>9999</v></c>".utf8) + [UInt8](repeating: 0, count: 64)
        return bytes.withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let cell = SheetCell(start, start + text.utf8.count, column: 0, kind: kind)
            let (value, written) = cell.valueText(is1904: is1904)
            return value == .notANumber ? "none" : value == .numberForDate ? "number \(written)" : written
        }
    }

    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("007", "7"), ("1", "1"), ("-1", "-1"), ("+5", "5"), ("1.0", "1"),
        ("1.50", "1.5"), (".5", "0.5"),
        ("5.", "5"), ("-.25", "-0.25"), ("19.989999999999998", "19.99"), ("66.659999999999997", "66.66"),
        ("0.1", "0.1"), ("0.30000000000000004", "0.30000000000000004"), ("1E3", "1000"), ("1e-3", "0.001"),
        ("1.5E+2", "150"), ("123456789012345", "123456789012345"), ("12345678901234567", "12345678901234568"),
        ("1E20", "100000000000000000000"), ("-1E20", "-100000000000000000000"), ("1E21", "1e+21"),
        ("1.7976931348623157E308", "1.7976931348623157e+308"),
        ("5E-324", "5e-324"), ("100000000000000000000000", "1e+23"), ("0.000001", "0.000001"),
        ("123456789.123456789", "123456789.12345679"), ("9007199254740993", "9007199254740992"),
        ("", "none"), ("abc", "none"), ("1,5", "none"), ("1 2", "none"), ("nan", "none"), ("inf", "none"),
        ("1E999", "none"),
        ("0x10", "none"), ("--1", "none"), ("1.2.3", "none"), ("-", "none"), (".", "none"), ("E5", "none"),
    ])
    func `numbers are the shortest text of their binary64`(text: String, expected: String) {
        #expect(Self.written(text, .number) == expected)
    }

    @Test func `random numbers keep their value and are no longer than needed`() throws {
        let seed: UInt64 = 20_261_125
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let bits = random.next()
            let value = Double(bitPattern: bits)
            let spelled =
                value.isFinite && abs(value) > 1e-5 && abs(value) < 1e15
                ? value : Double(Int64(truncatingIfNeeded: bits) % 1_000_000_000) / 1000
            // 17 digits, as Excel stores them.
            let stored = String(spelled.description)
            let written = Self.written(stored, .number)
            #expect(Double(written) == spelled, "seed \(seed), \(stored)")
            #expect(written.utf8.count <= stored.utf8.count, "seed \(seed), \(stored)")
        }
    }

    @Test(arguments: [
        ("1", SheetCell.Kind.date, "1900-01-01"), ("59", .date, "1900-02-28"), ("60", .date, "number 60"),
        ("61", .date, "1900-03-01"),
        ("60.5", .dateTime, "number 60.5"), ("43131", .date, "2018-01-31"), ("43131.5", .date, "2018-01-31T12:00:00"),
        ("43131.0", .date, "2018-01-31"), ("43131", .dateTime, "2018-01-31T00:00:00"),
        ("43131.520833333336", .dateTime, "2018-01-31T12:30:00"),
        ("43131.5208333333", .dateTime, "2018-01-31T12:30:00"),
        ("43131.000005787", .dateTime, "2018-01-31T00:00:00.500"),
        ("43131.99999999999", .dateTime, "2018-02-01T00:00:00"), ("2958465", .date, "9999-12-31"),
        ("2958466", .date, "number 2958466"),
        ("2958465.9999999999", .dateTime, "number 2958466"), ("-1", .date, "number -1"),
        ("-0.5", .dateTime, "number -0.5"), ("0", .date, "00:00:00"), ("0.5", .date, "12:00:00"),
        ("0.5", .time, "12:00:00"), ("0.999999999", .time, "23:59:59.999"), ("1.25", .time, "1900-01-01T06:00:00"),
        ("0", .time, "00:00:00"),
        ("4.3131E4", .date, "2018-01-31"), ("43131.25E0", .dateTime, "2018-01-31T06:00:00"),
        ("1E10", .date, "number 10000000000"), ("x", .date, "none"),
        ("1.1041666666666667", .duration, "PT26H30M"), ("0", .duration, "PT0S"), ("-0.5", .duration, "-PT12H"),
        ("0.00001157407", .duration, "PT1S"),
        ("0.000017361", .duration, "PT1.500S"), ("41", .duration, "PT984H"),
        ("12345.6789", .duration, "PT296296H17M36.960S"),
    ])
    func `serials of the 1900 system`(text: String, kind: SheetCell.Kind, expected: String) {
        #expect(Self.written(text, kind) == expected)
    }

    @Test(arguments: [
        ("0", SheetCell.Kind.date, "1904-01-01"), ("1", .date, "1904-01-02"), ("60", .date, "1904-03-01"),
        ("0.5", .dateTime, "1904-01-01T12:00:00"),
        ("0.5", .time, "12:00:00"), ("41669", .date, "2018-01-31"), ("2957003", .date, "9999-12-31"),
        ("2957004", .date, "number 2957004"), ("-1", .date, "number -1"),
    ])
    func `serials of the 1904 system`(text: String, kind: SheetCell.Kind, expected: String) {
        #expect(Self.written(text, kind, is1904: true) == expected)
    }

    @Test func `every day from 1900 to 9999 follows the calendar`() {
        var (year, month, day) = (1900, 1, 1)
        for serial in 1..<2_958_466 where serial != 60 {
            let expected = "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
            if serial % 97 == 0 || day == 1 { #expect(Self.written("\(serial)", .date) == expected) }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test(arguments: [
        ("2014-02-14T08:27:48.765Z", "2014-02-14T08:27:48.765"), ("2014-02-14T08:27:48.000", "2014-02-14T08:27:48"),
        ("2014-02-14T08:27", "2014-02-14T08:27:00"), ("2014-02-14", "2014-02-14"), ("08:27:48", "08:27:48"),
        ("08:27", "08:27:00"),
        ("2014-02-14T08:27:48+02:00", "2014-02-14T08:27:48"), ("2014-02-14 08:27:48", "2014-02-14T08:27:48"),
        ("PT0H11M0.000S", nil), ("2014-2-14", nil), ("2014-02-14T", nil), ("yesterday", nil),
        ("2014-02-14T08:27:48x", nil),
    ])
    func `ISO texts take our form`(text: String, expected: String?) {
        let found = Array(text.utf8).withUnsafeBytes { ISODate.normalized($0) }
        #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
    }
}
