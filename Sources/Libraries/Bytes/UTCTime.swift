/// An instant to the millisecond, written as all our JSON writes it: `2026-11-25T10:20:30.123Z`.
///
///     date-time = full-date "T" time-hour ":" time-minute ":" time-second [ "." 1*DIGIT ] "Z"     RFC 3339 section 5.6
///
/// Texts of this form sort as the instants do. Years are 0000 to 9999.
package struct UTCTime: Comparable, Hashable, Sendable {
    private static let millisecondsOfDay = 86_400_000
    private static let range = -62_167_219_200_000...253_402_300_799_999

    /// Since 1970-01-01T00:00:00Z, leap seconds not counted.
    package let milliseconds: Int

    /// Instants outside the years 0000 to 9999 become the nearest one inside.
    package init(clampingMilliseconds milliseconds: Int) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    /// From a file's or a clock's seconds and nanoseconds; digits below the millisecond are cut off.
    package init(seconds: Int, nanoseconds: Int) {
        let limit = Self.range.upperBound / 1000 + 1
        let clamped = min(max(seconds, -limit), limit)
        self.init(clampingMilliseconds: clamped * 1000 + min(max(nanoseconds, 0), 999_999_999) / 1_000_000)
    }

    package static func < (left: UTCTime, right: UTCTime) -> Bool { left.milliseconds < right.milliseconds }

    /// The date in UTC.
    package var date: (year: Int, month: Int, day: Int) {
        // Counted in years that begin in March, so that the leap day is the last of its year.
        let days = Self.floorDivide(milliseconds, Self.millisecondsOfDay) + 719_468
        let era = Self.floorDivide(days, 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        )
    }

    /// The instant as text, always with milliseconds.
    package var text: String {
        let date = date
        let ofDay = milliseconds - Self.floorDivide(milliseconds, Self.millisecondsOfDay) * Self.millisecondsOfDay
        let day = "\(Self.digits(date.year, 4))-\(Self.digits(date.month, 2))-\(Self.digits(date.day, 2))"
        let hour = Self.digits(ofDay / 3_600_000, 2)
        let minute = Self.digits(ofDay / 60_000 % 60, 2)
        let second = "\(Self.digits(ofDay / 1000 % 60, 2)).\(Self.digits(ofDay % 1000, 3))"
        return "\(day)T\(hour):\(minute):\(second)Z"
    }

    /// Reads the form above; nil for anything else, and for a date that no calendar has. Digits of the fraction after
    /// the third are cut off.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 30, bytes.last == 0x5A else { return nil }
        for (index, mark) in [(4, 0x2D), (7, 0x2D), (10, 0x54), (13, 0x3A), (16, 0x3A)] as [(Int, UInt8)]
        where bytes[index] != mark { return nil }
        guard let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            (1...12).contains(month), (1...Self.dayCount(year, month)).contains(day), hour < 24, minute < 60,
            second < 60
        else { return nil }
        var fraction = 0
        if bytes.count > 20 {
            guard bytes[19] == 0x2E, bytes.count > 21, Self.number(bytes[20..<(bytes.count - 1)]) != nil else {
                return nil
            }
            for place in 20..<23 { fraction = fraction * 10 + (place < bytes.count - 1 ? Int(bytes[place] - 0x30) : 0) }
        }
        let days = Self.daysFromEpoch(year, month, day)
        milliseconds = days * Self.millisecondsOfDay + ((hour * 60 + minute) * 60 + second) * 1000 + fraction
    }

    private static func daysFromEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func dayCount(_ year: Int, _ month: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var value = 0
        for digit in digits {
            guard digit >= 0x30, digit <= 0x39 else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        return value
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
