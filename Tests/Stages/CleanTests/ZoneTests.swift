import Bytes
import Testing

@testable import clean

@Suite struct ZoneTests {
    private func instant(_ wall: String, _ zone: ZoneRules) throws -> String? {
        let stamp = DateText.readTimestamp(wall)
        let instant = zone.instant(ofWall: try #require(stamp))
        var output = ByteBuffer()
        guard let instant else { return nil }
        DateText.appendTimestamp(instant, isInstant: true, to: &output)
        return output.bytes.text
    }

    @Test(arguments: [
        ("America/Sao_Paulo", "2018-01-31T12:00:00", "2018-01-31T14:00:00Z"),
        ("America/Sao_Paulo", "2018-07-01T12:00:00", "2018-07-01T15:00:00Z"),
        // Brazil put its clocks forward at midnight, and back at midnight.
        ("America/Sao_Paulo", "2018-11-04T00:30:00", nil),
        ("America/Sao_Paulo", "2018-11-04T01:00:00", "2018-11-04T03:00:00Z"),
        ("America/Sao_Paulo", "2018-02-17T23:30:00", "2018-02-18T01:30:00Z"),
        ("America/Sao_Paulo", "2018-02-18T00:00:00", "2018-02-18T03:00:00Z"),
        ("America/Sao_Paulo", "2030-01-31T12:00:00", "2030-01-31T15:00:00Z"),
        ("America/New_York", "2040-03-11T02:30:00", nil),
        ("America/New_York", "2040-03-11T03:00:00", "2040-03-11T07:00:00Z"),
        ("America/New_York", "2040-11-04T01:30:00", "2040-11-04T05:30:00Z"),
        ("America/New_York", "2040-01-01T00:00:00", "2040-01-01T05:00:00Z"),
        ("Australia/Sydney", "2040-01-01T00:00:00", "2039-12-31T13:00:00Z"),
        ("Australia/Sydney", "2040-07-01T00:00:00", "2040-06-30T14:00:00Z"),
        ("Asia/Kolkata", "2018-01-31T12:00:00", "2018-01-31T06:30:00Z"),
        ("UTC", "2018-01-31T12:00:00", "2018-01-31T12:00:00Z"),
        ("Europe/London", "1800-01-01T00:00:00", "1800-01-01T00:01:15Z"),
        ("Etc/GMT+3", "2018-01-31T12:00:00", "2018-01-31T15:00:00Z"),
    ])
    func `wall clocks become instants`(name: String, wall: String, expected: String?) throws {
        #expect(try instant(wall, ZoneRules.load(name)) == expected)
    }

    @Test(arguments: ["../etc/passwd", "", "Nowhere/Here", "/etc/hosts", "posixrules/."])
    func `a name that is none is refused`(name: String) {
        #expect(throws: (any Error).self) { _ = try ZoneRules.load(name) }
    }

    @Test func `a cut file is refused at any length`() throws {
        let bytes = try FileSystem.contents("/usr/share/zoneinfo/America/New_York")
        for length in stride(from: 0, to: bytes.count - 60, by: 7) {
            #expect(ZoneRules(Array(bytes[..<length])) == nil)
        }
    }

    @Test(arguments: [
        "", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "E5", "<+03",
        "EST200",
    ])
    func `rules that are none are refused`(text: String) { #expect(PosixZone(text) == nil) }

    @Test(arguments: [
        ("EST5EDT,J60,J305", 1_519_880_400, -18000, -14400), ("EST5EDT,59,304", 1_519_880_400, -18000, -14400),
        ("<-03>3", 0, -10800, -10800), ("IST-1GMT0,M10.5.0,M3.5.0/1", 1_540_688_400, 3600, 0),
    ])
    func `rules by day of year`(text: String, change: Int64, before: Int, after: Int) throws {
        let zone = try #require(PosixZone(text))
        #expect(zone.offset(at: change - 1 + (text.hasPrefix("EST") ? 7200 : 0)) == before)
        #expect(zone.offset(at: change + (text.hasPrefix("EST") ? 7200 : 0)) == after)
    }

    @Test func `naive text in a column of instants is read in its zone`() throws {
        let dataset = try TestContract.column("TIMESTAMP_TZ(6)", options: "defaultTimezone: America/Sao_Paulo")
        #expect(try Outcome.value("\"2018-01-31 12:00\"", dataset) == "\"2018-01-31T14:00:00Z\"")
        #expect(try Outcome.value("\"2018-11-04 00:30\"", dataset) == "[parse.timestamp]")
        #expect(try Outcome.value("\"2018-11-04T00:30:00-03:00\"", dataset) == "\"2018-11-04T03:30:00Z\"")
    }
}

extension DateText {
    fileprivate static func readTimestamp(_ text: String) -> Int64? {
        Array(text.utf8).withUnsafeBytes { readTimestamp($0, offset: .forbidden) }
    }
}
