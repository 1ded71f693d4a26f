import Bytes
import Testing

@Suite struct UTCTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (1_517_401_800_123, "2018-01-31T12:30:00.123Z"),
        (4_107_542_399_999, "2100-02-28T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func writesAndReadsTheSameInstant(milliseconds: Int, text: String) {
        #expect(UTCTime(clampingMilliseconds: milliseconds).text == text)
        #expect(UTCTime(text)?.milliseconds == milliseconds)
    }

    @Test func everyDayOfFourCenturiesReadsBack() {
        var previous = ""
        for day in -100_000..<50_000 {
            let time = UTCTime(clampingMilliseconds: day * 86_400_000)
            #expect(UTCTime(time.text) == time)
            #expect(previous < time.text)
            previous = time.text
        }
    }

    @Test(arguments: [
        ("2018-01-31T12:30:00Z", 0), ("2018-01-31T12:30:00.5Z", 500), ("2018-01-31T12:30:00.123999999Z", 123),
    ])
    func readsAnyFraction(text: String, milliseconds: Int) {
        #expect(UTCTime(text)?.milliseconds == 1_517_401_800_000 + milliseconds)
    }

    @Test(arguments: [
        "", "2018-01-31", "2018-01-31T12:30:00", "2018-01-31T12:30:00+00:00", "2018-01-31 12:30:00Z",
        "2018-02-29T00:00:00Z", "2018-13-01T00:00:00Z", "2018-00-01T00:00:00Z", "2018-01-00T00:00:00Z",
        "2018-01-31T24:00:00Z", "2018-01-31T12:60:00Z", "2018-01-31T12:30:60Z", "2018-01-31T12:30:00.Z",
        "2018-01-31T12:30:00.1234567890Z", "2018-01-31T12:30:00,5Z", "+018-01-31T12:30:00Z", "2018-01-31T12:30:00.5zZ",
    ])
    func refusesWhatIsNoInstant(text: String) { #expect(UTCTime(text) == nil) }

    @Test func clampsWhatNoFourDigitYearHas() {
        #expect(UTCTime(seconds: .max, nanoseconds: .max).text == "9999-12-31T23:59:59.999Z")
        #expect(UTCTime(seconds: .min, nanoseconds: 0).text == "0000-01-01T00:00:00.000Z")
        #expect(UTCTime(seconds: -1, nanoseconds: 999_999_999).text == "1969-12-31T23:59:59.999Z")
    }
}
