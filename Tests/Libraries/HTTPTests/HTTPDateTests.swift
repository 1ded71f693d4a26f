import Bytes
import HTTP
import Testing

@Suite struct HTTPDateTests {
    private static let now = UTCTime(clampingMilliseconds: 1_767_323_045_000)

    @Test(arguments: [
        ("1994-11-06T08:49:37.999Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("2026-01-02T03:04:05.000Z", "Fri, 02 Jan 2026 03:04:05 GMT"),
        ("1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("1969-12-31T23:59:59.000Z", "Wed, 31 Dec 1969 23:59:59 GMT"),
        ("2024-02-29T12:00:00.000Z", "Thu, 29 Feb 2024 12:00:00 GMT"),
        ("0001-01-01T00:00:00.000Z", "Mon, 01 Jan 0001 00:00:00 GMT"),
    ])
    func datesAreWrittenAndReadBack(time: String, text: String) throws {
        let time = try #require(UTCTime(time))
        #expect(HTTPDate.text(time) == text)
        let whole = UTCTime(
            seconds: (time.milliseconds - (time.milliseconds % 1000 + 1000) % 1000) / 1000, nanoseconds: 0)
        #expect(HTTPDate.read(text, now: Self.now) == whole)
    }

    @Test(arguments: [
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37.000Z"),
        ("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"),
        ("Friday, 02-Jan-26 03:04:05 GMT", "2026-01-02T03:04:05.000Z"),
        // 2076 is not more than 50 years ahead, 2077 is.
        ("Monday, 01-Jan-76 00:00:00 GMT", "2076-01-01T00:00:00.000Z"),
        ("Monday, 01-Jan-77 00:00:00 GMT", "1977-01-01T00:00:00.000Z"),
    ])
    func oldFormsAreRead(text: String, time: String) {
        #expect(HTTPDate.read(text, now: Self.now)?.text == time)
    }

    @Test(arguments: [
        "", "tomorrow", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 94 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Non 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT", String(repeating: "Sun, ", count: 100_000),
    ])
    func otherTextsAreNoDates(text: String) {
        #expect(HTTPDate.read(text, now: Self.now) == nil)
    }

    @Test(
        arguments: [
            (["Retry-After: 7"], 7), (["Retry-After: 0"], 0), (["Retry-After: -1"], nil), (["Retry-After: 1.5"], nil),
            (["Retry-After: soon"], nil), ([], nil), (["Retry-After: Fri, 02 Jan 2026 03:04:35 GMT"], 30),
            (["Retry-After: Fri, 02 Jan 2025 03:04:35 GMT"], 0),
            (["x-ms-retry-after-ms: 1500", "Retry-After: 9"], 1.5),
            (["retry-after-ms: 20"], 0.02), (["Retry-After: 99999999999999999999"], 1e20),
        ] as [([String], Double?)])
    func serversAskForWaitsInManyWays(lines: [String], seconds: Double?) {
        var headers = HeaderFields()
        for line in lines {
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            headers.add(String(line[..<colon]), String(line[colon...].dropFirst(2)))
        }
        #expect(RetryAfter.seconds(in: headers, now: Self.now) == seconds)
    }
}
