internal import Bytes
internal import Contracts

/// Reads dates, times and timestamps by a column's ordered formats. The first format that matches the whole text wins.
///
/// Our own canonical forms are ISO 8601 and are recognised before any format, so that clean data is never read in
/// another way; the contract's checks refuse formats that would read an ISO text differently.
struct DateParser {
    /// A point on the calendar and the clock, in the parts that a format names.
    struct Reading: Equatable {
        var days: Int32 = 0
        /// Since midnight.
        var microseconds: Int64 = 0
        var hasDate = false
        var hasTime = false
        var offsetMinutes: Int?
        /// Decimals of a second beyond the sixth were lost.
        var isCut = false

        var wallMicroseconds: Int64 { Int64(days) * DateText.microsecondsPerDay + microseconds }
    }

    private let formats: [[FormatStep]]
    private let names: CalendarNames
    private let pivotYear: Int

    init(_ settings: ParseSettings) { self.init(settings.formats, settings) }

    /// A parser of one format without names and without two-digit years.
    init(_ format: DateFormat) {
        names = CalendarNames(.en)
        pivotYear = 0
        formats = [format.tokens.flatMap(FormatStep.steps)]
    }

    init(_ formats: [DateFormat], _ settings: ParseSettings) {
        names = CalendarNames(settings.language)
        pivotYear = settings.pivotYear ?? 0
        self.formats = formats.map { $0.tokens.flatMap(FormatStep.steps) }
    }

    /// The reading of all of `text`, or nil. `isTime` asks for a time of day without a date.
    func parse(_ text: RawSpan, isTime: Bool = false) -> Reading? {
        if let reading = isTime ? parseTime(text) : parseISO(text) { return reading }
        return parseByFormats(text, isTime: isTime)
    }

    /// The reading by the declared formats alone.
    func parseByFormats(_ text: RawSpan, isTime: Bool = false) -> Reading? {
        for format in formats {
            if let reading = match(format, text), reading.hasDate != isTime { return reading }
        }
        return nil
    }

    /// Which declared format matches, for the profile report.
    func formatIndex(of text: RawSpan) -> Int? { formats.firstIndex { match($0, text) != nil } }

    private func parseISO(_ text: RawSpan) -> Reading? {
        guard let stamp = DateText.parseTimestamp(text) else { return nil }
        let (days, time) = DateText.split(stamp.wallMicroseconds)
        return Reading(
            days: days, microseconds: time, hasDate: true, hasTime: stamp.hasTime, offsetMinutes: stamp.offsetMinutes,
            isCut: stamp.isCut)
    }

    private func parseTime(_ text: RawSpan) -> Reading? {
        DateText.parseTime(text).map { Reading(microseconds: $0.microseconds, hasTime: true, isCut: $0.isCut) }
    }

    private func match(_ format: [FormatStep], _ text: RawSpan) -> Reading? {
        var parts = FormatParts()
        var position = 0
        for step in format {
            guard let next = step.match(text, position, names: names, pivotYear: pivotYear, &parts) else { return nil }
            position = next
        }
        return position == text.byteCount ? parts.reading() : nil
    }
}

/// What a format has read so far.
struct FormatParts {
    var year: Int?
    var month: Int?
    var day: Int?
    var weekday: Int?
    var hour: Int?
    var hour12: Int?
    var isAfternoon: Bool?
    var minute = 0
    var second = 0
    var microsecond = 0
    var isCut = false
    var offsetMinutes: Int?

    /// The parts together, or nil when there is no such date or time.
    func reading() -> DateParser.Reading? {
        var reading = DateParser.Reading(offsetMinutes: offsetMinutes, isCut: isCut)
        if year != nil || month != nil || day != nil {
            guard let year, let month, let day, let days = DateText.days(year: year, month: month, day: day) else {
                return nil
            }
            if let weekday, weekday != Self.weekday(ofDay: days) { return nil }
            reading.days = days
            reading.hasDate = true
        }
        var hourOfDay = hour
        if let hour12 { hourOfDay = hour12 % 12 + (isAfternoon == true ? 12 : 0) }
        if let hourOfDay {
            let seconds = Int64((hourOfDay * 60 + minute) * 60 + second)
            reading.microseconds = seconds * 1_000_000 + Int64(microsecond)
            reading.hasTime = true
        }
        return reading.hasDate || reading.hasTime ? reading : nil
    }

    /// 0 is Monday. 1970-01-01 was a Thursday.
    static func weekday(ofDay days: Int32) -> Int { ((Int(days) + 3) % 7 + 7) % 7 }
}
