import Testing

@testable import Contracts

@Suite struct GuardSettingsTests {
    @Test(
        arguments: [
            ("5%", 500), ("0%", 0), ("100%", 10_000), ("12.5%", 1250), ("0.25%", 25), ("0.05%", 5), ("101%", nil),
            ("5", nil),
            ("-5%", nil), ("5.125%", nil), ("%", nil), (".5%", nil), ("5.%", nil), ("100.01%", nil), ("1000%", nil),
            ("\u{665}%", nil),
        ] as [(String, Int?)])
    func sharesAreRead(_ text: String, _ hundredths: Int?) {
        #expect(Share(percentText: text)?.hundredths == hundredths)
    }

    @Test(arguments: ["5%", "12.5%", "0.25%", "0.05%", "100%"])
    func sharesAreWrittenAsTheyAreRead(_ text: String) {
        #expect(Share(percentText: text)?.description == text)
    }

    @Test(arguments: [
        (500, 5, 100, false), (500, 6, 100, true), (500, 0, 0, false), (0, 1, 1_000_000_000, true),
        (10_000, 7, 7, false),
        (500, Int.max, Int.max, true),
    ])
    func sharesCompareExactly(_ hundredths: Int, _ part: Int, _ whole: Int, _ isExceeded: Bool) {
        #expect(Share(hundredths: hundredths).isExceeded(by: part, of: whole) == isExceeded)
    }

    @Test func rejectsAreLimitedByShareOrRows() {
        let share = GuardSettings(
            maximumRejects: .share(Share(hundredths: 500)), maximumShrink: GuardSettings.defaultShrink)
        #expect(share.breach(read: 100, rejected: 5, emitted: 95, previousEmitted: nil) == nil)
        let breach = share.breach(read: 100, rejected: 6, emitted: 94, previousEmitted: nil)
        #expect(breach == .rejects(rejected: 6, read: 100, limit: "5%"))
        #expect(breach?.description == "6 of 100 rows were refused, more than maxRejects 5% allows")
        let rows = GuardSettings(maximumRejects: .rows(5), maximumShrink: GuardSettings.defaultShrink)
        #expect(rows.breach(read: 1000, rejected: 5, emitted: 995, previousEmitted: nil) == nil)
        #expect(rows.breach(read: 1000, rejected: 6, emitted: 994, previousEmitted: nil) != nil)
        let none = GuardSettings(maximumRejects: nil, maximumShrink: GuardSettings.defaultShrink)
        #expect(none.breach(read: 10, rejected: 10, emitted: 0, previousEmitted: nil) == nil)
    }

    @Test(arguments: [
        (1000, 100, true), (1000, 200, false), (1000, 199, true), (0, 0, false), (10, 50, false), (10, 0, true),
    ])
    func shrinkageIsComparedWithThePreviousDelivery(_ previous: Int, _ emitted: Int, _ isBreach: Bool) {
        let guards = GuardSettings(maximumRejects: nil, maximumShrink: GuardSettings.defaultShrink)
        let breach = guards.breach(read: emitted, rejected: 0, emitted: emitted, previousEmitted: previous)
        #expect(breach == (isBreach ? .shrink(emitted: emitted, previous: previous, limit: "80%") : nil))
    }
}
