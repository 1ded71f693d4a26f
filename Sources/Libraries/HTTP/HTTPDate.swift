package import Bytes

/// Dates of HTTP headers (RFC 9110 section 5.6.7). Written in the first form, read in all three:
///
///     IMF-fixdate  = Sun, 06 Nov 1994 08:49:37 GMT
///     rfc850-date  = Sunday, 06-Nov-94 08:49:37 GMT
///     asctime-date = Sun Nov  6 08:49:37 1994
package enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    /// Longer texts are no dates.
    private static let byteLimit = 64

    /// The date of an instant; what is below the second is cut off.
    package static func text(_ time: UTCTime) -> String {
        // `YYYY-MM-DDTHH:MM:SS.mmmZ`
        let clock = time.text.split(separator: "T").last?.prefix(8) ?? ""
        let date = time.date
        let dayCount = floorDivide(time.milliseconds, 86_400_000)
        // 1970-01-01 was a Thursday.
        let weekday = days[floorModulo(dayCount + 4, 7)]
        return "\(weekday), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) \(clock) GMT"
    }

    /// Reads a date of any of the three forms; nil for anything else. `now` decides the century of a two-digit year:
    /// one that would lie more than 50 years ahead is past.
    package static func read(_ text: String, now: UTCTime) -> UTCTime? {
        guard text.utf8.count <= byteLimit else { return nil }
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
        if words.count == 6, words[5] == "GMT" {
            return time(year: number(words[3], digits: 4), month: words[2], day: words[1], clock: words[4])
        }
        if words.count == 4, words[3] == "GMT" {
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, let short = number(date[2], digits: 2) else { return nil }
            let century = now.date.year - floorModulo(now.date.year, 100)
            let year = century + short > now.date.year + 50 ? century + short - 100 : century + short
            return time(year: year, month: date[1], day: date[0], clock: words[2])
        }
        if words.count == 5 {
            return time(year: number(words[4], digits: 4), month: words[1], day: words[2], clock: words[3])
        }
        return nil
    }

    private static func time(year: Int?, month: String, day: String, clock: String) -> UTCTime? {
        guard let year, let month = months.firstIndex(of: month), let day = Int(day), (1...31).contains(day) else {
            return nil
        }
        return UTCTime("\(padded(year, 4))-\(padded(month + 1, 2))-\(padded(day, 2))T\(clock)Z")
    }

    private static func number(_ text: String, digits: Int) -> Int? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
        (value - floorModulo(value, divisor)) / divisor
    }

    private static func floorModulo(_ value: Int, _ divisor: Int) -> Int {
        let rest = value % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
