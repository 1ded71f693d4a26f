internal import Bytes
internal import Contracts
internal import StageKit

/// Shows what a column's date formats read, so that a person sees whether they mean the right thing; `clean --lint -v`.
///
///     dd/MM/yyyy HH:mm reads "31/12/2016 23:59" as 2016-12-31T23:59:00
enum DateSample {
    /// The last second but one of a leap year: day, month and year are different numbers.
    private static let moment = (year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 58)

    /// One line for each format of a dataset.
    /// - Throws: the fault of a format that does not read what is written in it.
    static func lines(_ dataset: Dataset) throws(StageFailure) -> [String] {
        var lines: [String] = []
        for field in dataset.fields {
            let settings = field.cleaning.parse
            for format in settings.formats {
                let text = write(format, settings)
                let reading = DateParser([format], settings).parseByFormats(
                    Array(text.utf8).span.bytes, isTime: !format.hasDate)
                guard let reading else {
                    throw field.fault("the format \(format.text) does not read \"\(text)\"", "correct the format")
                }
                lines.append(field.place.note("\(format.text) reads \"\(text)\" as \(describe(reading))"))
            }
        }
        return lines
    }

    private static func describe(_ reading: DateParser.Reading) -> String {
        var text: [UInt8] = []
        switch (reading.hasDate, reading.hasTime) {
        case (true, true): DateText.appendTimestamp(reading.wallMicroseconds, to: &text)
        case (true, false): DateText.appendDate(reading.days, to: &text)
        default: DateText.appendTime(reading.microseconds, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func write(_ format: DateFormat, _ settings: ParseSettings) -> String {
        let names = CalendarNames(settings.language)
        return format.tokens.map { token in
            switch token {
            case .year4: String(moment.year)
            case .year2: digits(moment.year % 100)
            case .month2, .month1: digits(moment.month)
            case .monthShortName: text(names.shortMonths[moment.month - 1])
            case .monthLongName: text(names.months[moment.month - 1])
            case .day2, .day1: digits(moment.day)
            case .weekdayShortName: text(names.shortWeekdays[weekday(format, settings)])
            case .hour2, .hour1: digits(moment.hour)
            case .hour12Two, .hour12One: digits(moment.hour - 12)
            case .minute2: digits(moment.minute)
            case .second2: digits(moment.second)
            case .fraction(let count): String(repeating: "5", count: count)
            case .dayPeriod: "pm"
            case .offset: "Z"
            case .literal(let text): text
            }
        }.joined()
    }

    /// The weekday, 0 for Monday, in the year that the format will read.
    private static func weekday(_ format: DateFormat, _ settings: ParseSettings) -> Int {
        var year = moment.year
        if format.tokens.contains(.year2), let pivot = settings.pivotYear {
            year = pivot - pivot % 100 + moment.year % 100
            if year < pivot { year += 100 }
        }
        let days = DateText.days(year: year, month: moment.month, day: moment.day) ?? 0
        return FormatParts.weekday(ofDay: days)
    }

    private static func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }

    private static func text(_ name: [UInt8]) -> String { String(decoding: name, as: UTF8.self) }
}
