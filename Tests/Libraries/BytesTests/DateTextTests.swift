import Bytes
import TestSupport
import Testing

@Suite struct DateTextTests {
    private func bytes<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes(body)
    }

    private func written(_ body: (inout [UInt8]) -> Void) -> String {
        var output: [UInt8] = []
        body(&output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        arguments: [
            ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11_016), ("2017-01-01", 17_167),
            ("1600-03-01", -135_080),
            ("0001-01-01", -719_162), ("9999-12-31", 2_932_896), ("1900-02-28", -25_509),
        ] as [(String, Int32)])
    func datesAreDaysSince1970(text: String, days: Int32) {
        #expect(bytes(text) { DateText.readDate($0) } == days)
        #expect(written { DateText.appendDate(days, to: &$0) } == text)
    }

    @Test(arguments: [
        "", "2017-1-1", "2017-02-29", "1900-02-29", "2017-13-01", "2017-00-01", "2017-01-00", "2017-04-31",
        "0000-01-01",
        "2017/01/01", "20170101", "2017-01-01T00:00:00", " 2017-01-01", "+2017-01-1", "2017-01-1a",
    ])
    func whatIsNoDateIsRefused(text: String) {
        #expect(bytes(text) { DateText.readDate($0) } == nil)
    }

    @Test func everyDayOfFourHundredYearsReadsBackAndFollowsTheOneBefore() {
        var previous = ""
        for day in Int32(-146_100)...146_100 where day % 7 == 0 || day.magnitude < 1000 {
            let text = written { DateText.appendDate(day, to: &$0) }
            #expect(bytes(text) { DateText.readDate($0) } == day)
            #expect(text > previous)
            previous = text
        }
    }

    @Test(
        arguments: [
            ("00:00:00", 0), ("12:30:00", 45_000_000_000), ("23:59:59.999999", 86_399_999_999), ("00:00:00.5", 500_000),
            ("00:00:00.000001", 1),
        ] as [(String, Int64)])
    func timesAreMicrosecondsSinceMidnight(text: String, microseconds: Int64) {
        #expect(bytes(text) { DateText.readTime($0) } == microseconds)
        #expect(written { DateText.appendTime(microseconds, to: &$0) } == text)
    }

    @Test(arguments: [
        "", "24:00:00", "12:60:00", "12:30:60", "12:30", "1:30:00", "12:30:00.", "12:30:00Z", "12-30-00",
        "12:30:00.0000001", "12:30:00,5",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(bytes(text) { DateText.readTime($0) } == nil)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00", 0), ("1969-12-31T23:59:59.999999", -1),
            ("2017-01-01T12:30:00.25", 1_483_273_800_250_000),
            ("0001-01-01T00:00:00", -62_135_596_800_000_000), ("9999-12-31T23:59:59.999999", 253_402_300_799_999_999),
        ] as [(String, Int64)])
    func wallClockTimesReadAndWrite(text: String, microseconds: Int64) {
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .forbidden) } == microseconds)
        #expect(written { DateText.appendTimestamp(microseconds, to: &$0) } == text)
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .required) } == nil)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1970-01-01 01:00:00+01:00", 0), ("1969-12-31T21:00:00-03:00", 0),
            ("1970-01-01T00:00:00.1000000Z", 100_000), ("1970-01-01T00:00:00.5+05:30", -19_799_500_000),
        ] as [(String, Int64)])
    func instantsAreBroughtToUTC(text: String, microseconds: Int64) {
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .required) } == microseconds)
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .forbidden) } == nil)
    }

    @Test(arguments: [
        "1970-01-01", "1970-01-01T", "1970-01-01T00:00", "1970-01-01t00:00:00", "1970-01-01T00:00:00.",
        "1970-01-01T00:00:00z",
        "1970-01-01T00:00:00+1:00",
        "1970-01-01T00:00:00+24:00", "1970-01-01T00:00:00.0000005", "1970-02-30T00:00:00",
        "1970-01-01T00:00:00Z ",
    ])
    func whatIsNoTimestampIsRefusedEitherWay(text: String) {
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .forbidden) } == nil)
        #expect(bytes(text) { DateText.readTimestamp($0, offset: .required) } == nil)
    }
}
