internal import Bytes

/// The rule by which a time zone goes on after its last listed change, as POSIX writes it in `TZ` (IEEE 1003.1, 8.3,
/// with RFC 9636's wider hours):
///
///     zone = name offset [ name [ offset ] "," change "," change ]     offset: hours WEST of Greenwich
///     change = ( "M" month "." week "." weekday / "J" day / day ) [ "/" time ]
struct PosixZone: Sendable {
    private struct Change {
        enum Day { case weekday(month: Int, week: Int, day: Int), julian(Int), dayOfYear(Int) }
        let day: Day
        /// After midnight, on the clock before the change.
        let seconds: Int
    }

    private let standardOffset: Int
    private let summer: (offset: Int, start: Change, end: Change)?

    /// Nil for an empty or unknown text.
    init?(_ text: String) {
        var scanner = Scanner(text)
        guard scanner.name(), let west = scanner.time() else { return nil }
        standardOffset = -west
        guard !scanner.isAtEnd else {
            summer = nil
            return
        }
        guard scanner.name() else { return nil }
        var offset = standardOffset + 3600
        if scanner.peek != 0x2C {
            guard let west = scanner.time() else { return nil }
            offset = -west
        }
        guard scanner.take(0x2C), let start = scanner.change(), scanner.take(0x2C), let end = scanner.change(),
            scanner.isAtEnd
        else { return nil }
        summer = (offset, start, end)
    }

    /// Seconds ahead of UTC at an instant.
    func offset(at instant: Int64) -> Int {
        guard let summer else { return standardOffset }
        let days = DateText.split(max(min(instant, 1 << 40), -(1 << 40)) * 1_000_000).days
        let year = DateText.civil(days: max(DateText.firstDay, min(DateText.lastDay, days))).year
        // A change near New Year can belong to the neighbouring year of the wall clock.
        for candidate in [year - 1, year, year + 1] where DateText.days(year: candidate, month: 1, day: 1) != nil {
            let start = Self.instant(of: summer.start, candidate) - Int64(standardOffset)
            var end = Self.instant(of: summer.end, candidate) - Int64(summer.offset)
            if end <= start { end = Self.instant(of: summer.end, candidate + 1) - Int64(summer.offset) }
            if instant >= start, instant < end { return summer.offset }
        }
        return standardOffset
    }

    /// Seconds since 1970 on the wall clock.
    private static func instant(of change: Change, _ year: Int) -> Int64 {
        let newYear = Int64(DateText.days(year: min(max(year, 1), 9999), month: 1, day: 1) ?? 0)
        let day: Int64
        switch change.day {
        case .dayOfYear(let number): day = newYear + Int64(number)
        case .julian(let number):
            // Day 60 is March 1 in every year.
            let isLeap = DateText.days(year: year, month: 2, day: 29) != nil
            day = newYear + Int64(number - 1 + (isLeap && number >= 60 ? 1 : 0))
        case .weekday(let month, let week, let weekday):
            let first = Int64(DateText.days(year: min(max(year, 1), 9999), month: month, day: 1) ?? 0)
            // 1970-01-01 was a Thursday; Sunday is 0.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var found = first + (Int64(weekday) - firstWeekday + 7) % 7 + Int64(week - 1) * 7
            let next =
                month == 12
                ? first + 31 : Int64(DateText.days(year: min(max(year, 1), 9999), month: month + 1, day: 1) ?? 0)
            while found >= next { found -= 7 }
            day = found
        }
        return day * 86_400 + Int64(change.seconds)
    }

    /// Reads the pieces of the text.
    private struct Scanner {
        private let bytes: [UInt8]
        private var position = 0

        init(_ text: String) { bytes = Array(text.utf8) }

        var isAtEnd: Bool { position == bytes.count }
        var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func take(_ byte: UInt8) -> Bool {
            guard peek == byte else { return false }
            position += 1
            return true
        }

        /// At least three letters, or anything between angle brackets.
        mutating func name() -> Bool {
            let start = position
            if take(0x3C) {
                while let byte = peek, byte != 0x3E { position += 1 }
                return take(0x3E)
            }
            while let byte = peek, (byte | 0x20) &- 0x61 < 26 { position += 1 }
            return position - start >= 3
        }

        mutating func number() -> Int? {
            var value: Int?
            while let byte = peek, byte &- 0x30 < 10, (value ?? 0) < 10_000 {
                value = (value ?? 0) * 10 + Int(byte - 0x30)
                position += 1
            }
            return value
        }

        /// `[+-]hh[:mm[:ss]]` in seconds.
        mutating func time() -> Int? {
            let isNegative = take(0x2D)
            if !isNegative { _ = take(0x2B) }
            guard let hours = number(), hours <= 167 else { return nil }
            var seconds = hours * 3600
            for unit in [60, 1] where take(0x3A) {
                guard let part = number(), part < 60 else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            let day: Change.Day
            if take(0x4D) {
                guard let month = number(), (1...12).contains(month), take(0x2E), let week = number(),
                    (1...5).contains(week), take(0x2E), let weekday = number(), weekday < 7
                else { return nil }
                day = .weekday(month: month, week: week, day: weekday)
            } else if take(0x4A) {
                guard let number = number(), (1...365).contains(number) else { return nil }
                day = .julian(number)
            } else {
                guard let number = number(), number < 366 else { return nil }
                day = .dayOfYear(number)
            }
            guard take(0x2F) else { return Change(day: day, seconds: 7200) }
            return time().map { Change(day: day, seconds: $0) }
        }
    }
}
