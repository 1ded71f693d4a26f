import Testing

@testable import Bytes

/// Macros cannot hold a span: it is made outside of them.
private func reading<Result>(_ text: String, _ read: (RawSpan) -> Result) -> Result {
    read(Array(text.utf8).span.bytes)
}

private func text(_ fill: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    fill(&buffer)
    return buffer.bytes.text
}

@Suite struct TimestampTextTests {
    @Test(arguments: [
        ("1970-01-01", 0 as Int32), ("2018-01-31", 17562), ("0001-01-01", DateText.firstDay),
        ("9999-12-31", DateText.lastDay), ("2000-02-29", 11016), ("1969-12-31", -1),
    ])
    func `a date is a day's number and back`(source: String, days: Int32) {
        #expect(reading(source, DateText.parseDate) == days)
        #expect(text { DateText.appendDate(days, to: &$0) } == source)
    }

    @Test(arguments: [
        "2018-02-29", "1900-02-29", "2018-13-01", "2018-00-10", "2018-04-31", "0000-01-01", "2018-1-31", "18-01-31",
        "2018/01/31", "2018-01-31T", "", "2018-01-3a", "+018-01-31",
    ])
    func `what is no date is refused`(source: String) {
        #expect(reading(source, DateText.parseDate) == nil)
    }

    @Test(arguments: [
        ("2018-01-31T12:30:00", "2018-01-31T12:30:00", nil as Int?, false),
        ("2018-01-31 12:30", "2018-01-31T12:30:00", nil, false),
        ("2018-01-31", "2018-01-31T00:00:00", nil, false),
        ("2018-01-31T12:30:00.500", "2018-01-31T12:30:00.5", nil, false),
        ("2018-01-31T23:59:59.9999999", "2018-01-31T23:59:59.999999", nil, true),
        ("2018-01-31T23:59:59.99999900", "2018-01-31T23:59:59.999999", nil, false),
        ("1969-12-31T23:59:59.000001", "1969-12-31T23:59:59.000001", nil, false),
        ("2018-01-31T12:30:00Z", "2018-01-31T12:30:00", 0, false),
        ("2018-01-31T12:30:00-03:00", "2018-01-31T12:30:00", -180, false),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00", nil, false),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59", nil, false),
    ])
    func `a timestamp keeps its wall clock`(source: String, expected: String, offset: Int?, isCut: Bool) throws {
        let stamp = try #require(reading(source, DateText.parseTimestamp))
        #expect(text { DateText.appendTimestamp(stamp.wallMicroseconds, to: &$0) } == expected)
        #expect(stamp.offsetMinutes == offset)
        #expect(stamp.isCut == isCut)
    }

    @Test func `an offset makes an instant`() throws {
        let stamp = try #require(reading("2018-01-31T22:30:00-03:00", DateText.parseTimestamp))
        #expect(text { DateText.appendTimestamp(stamp.instant, isInstant: true, to: &$0) } == "2018-02-01T01:30:00Z")
    }

    @Test(arguments: [
        "2018-01-31T24:00:00", "2018-01-31T12:60:00", "2018-01-31T12:30:60", "2018-01-31T", "2018-01-31T12",
        "2018-01-31T12:3",
        "2018-01-31T12:30:", "2018-01-31T12:30:00.", "2018-01-31T12:30:00+3", "2018-01-31T12:30:00+19:00",
        "2018-01-31T12:30:00z", "2018-01-31t12:30:00", "2018-01-31T12:30:00 ", "2018-01-31T12:30:00.5.5",
    ])
    func `what is no timestamp is refused`(source: String) {
        #expect(reading(source, DateText.parseTimestamp) == nil)
    }

    @Test(arguments: [
        ("12:30", "12:30:00"), ("00:00:00.000010", "00:00:00.00001"), ("23:59:59.999999", "23:59:59.999999"),
    ])
    func `a time of day keeps its fraction`(source: String, expected: String) throws {
        let time = try #require(reading(source, DateText.parseTime))
        #expect(text { DateText.appendTime(time.microseconds, to: &$0) } == expected)
    }

    @Test(arguments: ["24:00", "1:30", "12", "12:30:00Z", "-1:00"])
    func `what is no time is refused`(source: String) {
        #expect(reading(source, DateText.parseTime) == nil)
    }
}

@Suite struct ByteBufferTests {
    @Test func `a buffer grows and keeps what it holds`() {
        var buffer = ByteBuffer(capacity: 1)
        var expected: [UInt8] = []
        for length in 0..<300 {
            let piece = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ length) }
            buffer.append(piece.span.bytes)
            expected += piece
        }
        let grown = buffer.bytes.array
        #expect(grown == expected)
        buffer.truncate(to: 5)
        buffer.append("é")
        buffer.insert(0x30, times: 2, at: 5)
        buffer.appendCopy(of: 0..<3)
        let changed = buffer.bytes.array
        #expect(changed == Array(expected[..<5]) + [0x30, 0x30, 0xC3, 0xA9] + Array(expected[..<3]))
    }

    private func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { left.span.bytes.equals(right.span.bytes) }

    @Test func `spans are equal when all their bytes are`() {
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8($0) }
            #expect(areEqual(bytes, bytes))
            for place in 0..<length {
                var other = bytes
                other[place] ^= 1
                #expect(!areEqual(bytes, other))
            }
        }
        #expect(!areEqual([1, 2], [1]))
    }
}
