/// ISO dates and times as they come in, before they are brought to the one form that `DateText` writes:
///
///     date      = yyyy "-" MM "-" dd
///     time      = HH ":" mm [ ":" ss [ "." 1*DIGIT ] ]
///     timestamp = date [ ( "T" / " " ) time [ "Z" / ( "+" / "-" ) HH ":" mm ] ]
///
/// Years 0001 to 9999; 24:00 and leap seconds are refused.
extension DateText {
    /// Decimals of a second that are kept.
    package static let fractionDigits = 6

    /// 0001-01-01.
    package static let firstDay: Int32 = -719_162
    /// 9999-12-31.
    package static let lastDay: Int32 = 2_932_896

    /// The day, or nil when `text` is not exactly a date.
    package static func parseDate(_ text: RawSpan) -> Int32? { text.withUnsafeBytes { readDate($0) } }

    /// A time of day.
    package struct Time: Equatable, Sendable {
        /// Since midnight.
        package let microseconds: Int64
        /// True when decimals of a second beyond the sixth were not zero and are lost.
        package let isCut: Bool
    }

    /// The time of day, or nil when `text` is not exactly a time.
    package static func parseTime(_ text: RawSpan) -> Time? {
        guard let (time, end) = time(text, at: 0), end == text.byteCount else { return nil }
        return time
    }

    /// A point on the calendar, as its text says it.
    package struct Timestamp: Equatable, Sendable {
        /// Since 1970-01-01T00:00:00 on the clock that the text shows.
        package let wallMicroseconds: Int64
        /// Minutes that this clock is ahead of UTC; nil when the text names no offset.
        package let offsetMinutes: Int?
        /// False when the text is a date only.
        package let hasTime: Bool
        /// True when decimals of a second beyond the sixth were not zero and are lost.
        package let isCut: Bool

        /// Since 1970-01-01T00:00:00 UTC; the same as the wall clock where no offset is named.
        package var instant: Int64 { wallMicroseconds - Int64(offsetMinutes ?? 0) * 60_000_000 }
    }

    /// The timestamp, or nil when `text` is not exactly one.
    package static func parseTimestamp(_ text: RawSpan) -> Timestamp? {
        let count = text.byteCount
        guard count >= 10, let days = date(text, at: 0) else { return nil }
        let midnight = Int64(days) * microsecondsPerDay
        if count == 10 {
            return Timestamp(wallMicroseconds: midnight, offsetMinutes: nil, hasTime: false, isCut: false)
        }
        guard text[10] == 0x54 || text[10] == 0x20, let (time, end) = time(text, at: 11) else { return nil }
        var offset: Int?
        if end < count {
            guard let minutes = parseOffset(text, at: end) else { return nil }
            offset = minutes
        }
        return Timestamp(
            wallMicroseconds: midnight + time.microseconds, offsetMinutes: offset, hasTime: true, isCut: time.isCut)
    }

    /// `Z` or `+HH:mm` up to the end of the text, in minutes; at most 18 hours.
    package static func parseOffset(_ text: RawSpan, at start: Int) -> Int? {
        let rest = text.byteCount - start
        if rest == 1 { return text[start] == 0x5A ? 0 : nil }
        guard rest == 6, text[start] == 0x2B || text[start] == 0x2D, text[start + 3] == 0x3A,
            let hours = twoDigits(text, at: start + 1), let minutes = twoDigits(text, at: start + 4), minutes < 60
        else { return nil }
        let total = hours * 60 + minutes
        guard total <= 18 * 60 else { return nil }
        return text[start] == 0x2D ? -total : total
    }

    private static func date(_ text: RawSpan, at start: Int) -> Int32? {
        guard text.byteCount - start >= 10, text[start + 4] == 0x2D, text[start + 7] == 0x2D,
            let century = twoDigits(text, at: start), let years = twoDigits(text, at: start + 2),
            let month = twoDigits(text, at: start + 5), let day = twoDigits(text, at: start + 8)
        else { return nil }
        return days(year: century * 100 + years, month: month, day: day)
    }

    /// Reads the time that starts at `start` and says where it ends.
    private static func time(_ text: RawSpan, at start: Int) -> (time: Time, end: Int)? {
        let count = text.byteCount
        guard count - start >= 5, text[start + 2] == 0x3A, let hour = twoDigits(text, at: start), hour < 24,
            let minute = twoDigits(text, at: start + 3), minute < 60
        else { return nil }
        var position = start + 5
        var second = 0
        var fraction: Int64 = 0
        var isCut = false
        if position < count, text[position] == 0x3A {
            guard count - position >= 3, let value = twoDigits(text, at: position + 1), value < 60 else { return nil }
            second = value
            position += 3
            if position < count, text[position] == 0x2E {
                guard let (value, cut, end) = fractionOfSecond(text, at: position + 1) else { return nil }
                fraction = value
                isCut = cut
                position = end
            }
        }
        let seconds = Int64(hour * 3600 + minute * 60 + second)
        return (Time(microseconds: seconds * 1_000_000 + fraction, isCut: isCut), position)
    }

    private static func fractionOfSecond(_ text: RawSpan, at start: Int) -> (Int64, isCut: Bool, end: Int)? {
        var value: Int64 = 0
        var position = start
        var isCut = false
        while position < text.byteCount {
            let digit = text[position] &- 0x30
            guard digit < 10 else { break }
            if position - start < fractionDigits {
                value = value * 10 + Int64(digit)
            } else if digit != 0 {
                isCut = true
            }
            position += 1
        }
        let digits = position - start
        if digits == 0 { return nil }
        for _ in min(digits, fractionDigits)..<fractionDigits { value *= 10 }
        return (value, isCut, position)
    }

    @inline(__always)
    private static func twoDigits(_ text: RawSpan, at start: Int) -> Int? {
        let tens = text[start] &- 0x30
        let ones = text[start + 1] &- 0x30
        return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : nil
    }
}
