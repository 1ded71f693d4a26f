/// Dates and times as ISO 8601 text, read to and written from whole numbers: days since 1970-01-01 in the proleptic
/// Gregorian calendar, and microseconds. Years are 0001 to 9999. There is no locale and no time zone database here.
package enum DateText {
    package static let microsecondsPerDay: Int64 = 86_400_000_000
    private static let microsecondsPerSecond: Int64 = 1_000_000

    /// What may follow the time of a timestamp.
    package enum Offset: Sendable {
        /// Wall-clock time: nothing may follow.
        case forbidden
        /// An instant: `Z`, `+hh:mm` or `-hh:mm` must follow.
        case required
    }

    // MARK: Reading

    /// The day number of a date, or nil when there is no such day.
    package static func days(year: Int, month: Int, day: Int) -> Int32? {
        guard 1...9999 ~= year, 1...12 ~= month, day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
        // Years begin in March, so that the leap day is the last of its year; an era is 400 years, 146,097 days.
        let marchYear = month > 2 ? year : year - 1
        let era = marchYear / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return Int32(era * 146_097 + dayOfEra - 719_468)
    }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Reads exactly `yyyy-MM-dd`.
    package static func readDate(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        bytes.count == 10 ? date(bytes) : nil
    }

    /// Reads exactly `HH:mm:ss` with an optional fraction, to microseconds since midnight. Digits beyond the sixth
    /// must be zeros: nothing is rounded away.
    package static func readTime(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        guard let (time, end) = time(bytes, at: 0), end == bytes.count else { return nil }
        return time
    }

    /// Reads `yyyy-MM-ddTHH:mm:ss` (or a space for the T) with an optional fraction and, as `offset` says, an offset;
    /// the result is in microseconds since 1970-01-01, in UTC for an instant.
    package static func readTimestamp(_ bytes: UnsafeRawBufferPointer, offset: Offset) -> Int64? {
        guard bytes.count >= 19, bytes[10] == 0x54 || bytes[10] == 0x20, let day = date(bytes),
            let (time, end) = time(bytes, at: 11)
        else { return nil }
        let local = Int64(day) * microsecondsPerDay + time
        switch offset {
        case .forbidden: return end == bytes.count ? local : nil
        case .required:
            guard let shift = offsetSeconds(bytes, at: end) else { return nil }
            return local - shift * microsecondsPerSecond
        }
    }

    @inline(__always)
    private static func twoDigits(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
        let high = bytes[position] &- 0x30
        let low = bytes[position + 1] &- 0x30
        return high < 10 && low < 10 ? Int(high) * 10 + Int(low) : nil
    }

    /// The caller has checked that ten bytes are there.
    @inline(__always)
    private static func date(_ bytes: UnsafeRawBufferPointer) -> Int32? {
        guard let century = twoDigits(bytes, at: 0), let year = twoDigits(bytes, at: 2), bytes[4] == 0x2D,
            let month = twoDigits(bytes, at: 5), bytes[7] == 0x2D, let day = twoDigits(bytes, at: 8)
        else { return nil }
        return days(year: century * 100 + year, month: month, day: day)
    }

    /// The time that starts at `start`, and where it ends.
    @inline(__always)
    private static func time(_ bytes: UnsafeRawBufferPointer, at start: Int) -> (microseconds: Int64, end: Int)? {
        guard bytes.count >= start + 8, let hour = twoDigits(bytes, at: start), hour < 24, bytes[start + 2] == 0x3A,
            let minute = twoDigits(bytes, at: start + 3), minute < 60, bytes[start + 5] == 0x3A,
            let second = twoDigits(bytes, at: start + 6), second < 60
        else { return nil }
        let whole = Int64((hour * 60 + minute) * 60 + second) * microsecondsPerSecond
        let end = start + 8
        guard end < bytes.count, bytes[end] == 0x2E else { return (whole, end) }
        return fraction(bytes, at: end + 1).map { (whole + $0.microseconds, $0.end) }
    }

    private static func fraction(_ bytes: UnsafeRawBufferPointer, at start: Int) -> (microseconds: Int64, end: Int)? {
        var value: Int64 = 0
        var position = start
        while position < bytes.count, bytes[position] &- 0x30 < 10 {
            if position - start < 6 {
                value = value * 10 + Int64(bytes[position] - 0x30)
            } else if bytes[position] != 0x30 {
                return nil
            }
            position += 1
        }
        guard position > start else { return nil }
        for _ in 0..<max(0, 6 - (position - start)) { value *= 10 }
        return (value, position)
    }

    /// The offset from UTC that fills the rest of the text.
    private static func offsetSeconds(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int64? {
        let rest = bytes.count - start
        if rest == 1, bytes[start] == 0x5A { return 0 }
        guard rest == 6, bytes[start] == 0x2B || bytes[start] == 0x2D, let hour = twoDigits(bytes, at: start + 1),
            hour < 24, bytes[start + 3] == 0x3A, let minute = twoDigits(bytes, at: start + 4), minute < 60
        else { return nil }
        let seconds = Int64(hour * 60 + minute) * 60
        return bytes[start] == 0x2D ? -seconds : seconds
    }

    // MARK: Writing

    /// The date of a day number. Meant for days of the years 0001 to 9999.
    package static func civil(days: Int32) -> (year: Int, month: Int, day: Int) {
        let shifted = Int(days) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Appends `yyyy-MM-dd`.
    package static func appendDate(_ days: Int32, to output: inout [UInt8]) {
        let date = civil(days: days)
        appendNumber(date.year, digits: 4, to: &output)
        output.append(0x2D)
        appendNumber(date.month, digits: 2, to: &output)
        output.append(0x2D)
        appendNumber(date.day, digits: 2, to: &output)
    }

    /// Appends `HH:mm:ss`, and a fraction of as many digits as it needs where it is not zero.
    package static func appendTime(_ microseconds: Int64, to output: inout [UInt8]) {
        let seconds = Int(microseconds / microsecondsPerSecond)
        appendNumber(seconds / 3600, digits: 2, to: &output)
        output.append(0x3A)
        appendNumber(seconds / 60 % 60, digits: 2, to: &output)
        output.append(0x3A)
        appendNumber(seconds % 60, digits: 2, to: &output)
        var fraction = Int(microseconds % microsecondsPerSecond)
        guard fraction > 0 else { return }
        var digits = 6
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        output.append(0x2E)
        appendNumber(fraction, digits: digits, to: &output)
    }

    /// Appends `yyyy-MM-ddTHH:mm:ss`, and a fraction where it is not zero. No offset: the caller adds `Z` to instants.
    package static func appendTimestamp(_ microseconds: Int64, to output: inout [UInt8]) {
        var day = microseconds / microsecondsPerDay
        var time = microseconds % microsecondsPerDay
        if time < 0 {
            day -= 1
            time += microsecondsPerDay
        }
        appendDate(Int32(clamping: day), to: &output)
        output.append(0x54)
        appendTime(time, to: &output)
    }

    private static func appendNumber(_ value: Int, digits: Int, to output: inout [UInt8]) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            output.append(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
