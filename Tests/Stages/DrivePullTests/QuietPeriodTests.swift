import Bytes
import NDJSON
import Testing

@testable import drive_pull

@Suite struct QuietPeriodTests {
    private func item(_ modified: String, _ mimeType: String = DriveItem.sheetType) throws -> DriveItem {
        try DriveItem(
            .object([
                "id": .string("i"), "name": .string("n"), "mimeType": .string(mimeType), "version": .string("1"),
                "modifiedTime": .string(modified),
            ]))
    }

    private func period(_ seconds: Int) -> QuietPeriod {
        QuietPeriod(seconds: seconds) { UTCTime("2026-01-02T12:00:00.000Z") ?? UTCTime(clampingMilliseconds: 0) }
    }

    @Test func aSheetWaitsUntilItHasBeenLeftAlone() throws {
        #expect(period(600).reasonToWait(try item("2026-01-02T11:50:00.000Z")) == nil)
        #expect(period(600).reasonToWait(try item("2026-01-02T11:50:00.001Z"))?.hasPrefix("changed 599 s ago") == true)
        #expect(period(600).reasonToWait(try item("2026-01-02T13:00:00.000Z"))?.hasPrefix("changed 0 s ago") == true)
    }

    @Test func withoutAPeriodAndForFilesNothingWaits() throws {
        #expect(period(0).reasonToWait(try item("2026-01-02T12:00:00.000Z")) == nil)
        #expect(period(600).reasonToWait(try item("2026-01-02T12:00:00.000Z", "text/csv")) == nil)
    }

    @Test(arguments: [("0", 0), ("600", 600), ("90s", 90), ("10m", 600), ("2h", 7200), ("7d", 604_800)])
    func durationsAreReadAsPeopleWriteThem(text: String, seconds: Int) {
        #expect(DurationOption(argument: text)?.seconds == seconds)
    }

    @Test(arguments: ["", "m", "-1", "1.5h", "8d", "9999999", "1w", "٣"])
    func otherDurationsAreRefused(text: String) {
        #expect(DurationOption(argument: text) == nil)
    }
}
