internal import Bytes
internal import Contracts

/// One step of matching a date format against bytes.
enum FormatStep: Equatable {
    case year4, year2, monthName, monthShortName, weekday, dayPeriod, offset
    case month(digits: Int), day(digits: Int), hour(digits: Int), hour12(digits: Int), minute, second
    case fraction(digits: Int)
    case byte(UInt8)

    /// The steps of a contract's token; a literal gives one for each byte.
    static func steps(_ token: DateToken) -> [FormatStep] {
        switch token {
        case .year4: [.year4]
        case .year2: [.year2]
        case .month2: [.month(digits: 2)]
        case .month1: [.month(digits: 1)]
        case .monthShortName: [.monthShortName]
        case .monthLongName: [.monthName]
        case .day2: [.day(digits: 2)]
        case .day1: [.day(digits: 1)]
        case .weekdayShortName: [.weekday]
        case .hour2: [.hour(digits: 2)]
        case .hour1: [.hour(digits: 1)]
        case .hour12Two: [.hour12(digits: 2)]
        case .hour12One: [.hour12(digits: 1)]
        case .minute2: [.minute]
        case .second2: [.second]
        case .fraction(let digits): [.fraction(digits: digits)]
        case .dayPeriod: [.dayPeriod]
        case .offset: [.offset]
        case .literal(let text): text.utf8.map { .byte($0) }
        }
    }

    /// Where the text goes on behind this step, or nil when it does not match.
    func match(
        _ text: RawSpan, _ position: Int, names: CalendarNames, pivotYear: Int, _ parts: inout FormatParts
    ) -> Int? {
        switch self {
        case .byte(let byte):
            return position < text.byteCount && text[position] == byte ? position + 1 : nil
        case .year4: return Self.number(text, position, 4...4, 1...9999) { parts.year = $0 }
        case .year2:
            return Self.number(text, position, 2...2, 0...99) { value in
                let year = pivotYear - pivotYear % 100 + value
                parts.year = year < pivotYear ? year + 100 : year
            }
        case .month(let digits): return Self.number(text, position, digits...2, 1...12) { parts.month = $0 }
        case .day(let digits): return Self.number(text, position, digits...2, 1...31) { parts.day = $0 }
        case .hour(let digits): return Self.number(text, position, digits...2, 0...23) { parts.hour = $0 }
        case .hour12(let digits): return Self.number(text, position, digits...2, 1...12) { parts.hour12 = $0 }
        case .minute: return Self.number(text, position, 2...2, 0...59) { parts.minute = $0 }
        case .second: return Self.number(text, position, 2...2, 0...59) { parts.second = $0 }
        case .fraction(let digits): return Self.fraction(text, position, digits, &parts)
        case .monthName: return Self.name(text, position, names.months) { parts.month = $0 + 1 }
        case .monthShortName: return Self.name(text, position, names.shortMonths) { parts.month = $0 + 1 }
        case .weekday: return Self.name(text, position, names.shortWeekdays) { parts.weekday = $0 }
        case .dayPeriod: return Self.name(text, position, CalendarNames.dayPeriods) { parts.isAfternoon = $0 == 1 }
        case .offset:
            let length = position < text.byteCount && text[position] == 0x5A ? 1 : 6
            guard position + length <= text.byteCount,
                let minutes = DateText.parseOffset(text.extracting(position..<position + length), at: 0)
            else { return nil }
            parts.offsetMinutes = minutes
            return position + length
        }
    }

    /// A run of digits as long as allowed, with a value in the range.
    private static func number(
        _ text: RawSpan, _ start: Int, _ lengths: ClosedRange<Int>, _ range: ClosedRange<Int>, _ store: (Int) -> Void
    ) -> Int? {
        var position = start
        var value = 0
        while position < text.byteCount, position - start < lengths.upperBound, text[position] &- 0x30 < 10 {
            value = value * 10 + Int(text[position] - 0x30)
            position += 1
        }
        guard position - start >= lengths.lowerBound, range.contains(value) else { return nil }
        store(value)
        return position
    }

    private static func fraction(_ text: RawSpan, _ start: Int, _ digits: Int, _ parts: inout FormatParts) -> Int? {
        guard text.byteCount - start >= digits else { return nil }
        var value = 0
        for offset in 0..<max(digits, DateText.fractionDigits) {
            let digit = offset < digits ? text[start + offset] &- 0x30 : 0
            guard digit < 10 else { return nil }
            if offset < DateText.fractionDigits {
                value = value * 10 + Int(digit)
            } else if digit != 0 {
                parts.isCut = true
            }
        }
        parts.microsecond = value
        return start + digits
    }

    /// The longest of the names that stands here, whatever the case of its letters.
    private static func name(_ text: RawSpan, _ start: Int, _ names: [[UInt8]], _ store: (Int) -> Void) -> Int? {
        for (number, name) in names.enumerated() where text.byteCount - start >= name.count {
            var isEqual = true
            for (offset, byte) in name.enumerated() {
                let other = text[start + offset]
                // Lower case of ASCII, and of the capital Ç and Á whose second byte differs by 0x20 in the same way.
                let isUpper = other &- 0x41 < 26 || (offset > 0 && name[offset - 1] == 0xC3 && other &- 0x80 < 0x1F)
                if (isUpper ? other | 0x20 : other) != byte { isEqual = false }
            }
            if isEqual {
                store(number)
                return start + name.count
            }
        }
        return nil
    }
}

/// The names of months and weekdays in a language, in lower case.
struct CalendarNames {
    let months: [[UInt8]]
    let shortMonths: [[UInt8]]
    /// From Monday.
    let shortWeekdays: [[UInt8]]
    static let dayPeriods = Self.bytes(["am", "pm"])

    init(_ language: Language) {
        switch language {
        case .en:
            months = Self.bytes([
                "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                "november", "december",
            ])
            shortMonths = Self.bytes([
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
            ])
            shortWeekdays = Self.bytes(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
        case .pt:
            months = Self.bytes([
                "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
                "novembro", "dezembro",
            ])
            shortMonths = Self.bytes([
                "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez",
            ])
            shortWeekdays = Self.bytes(["seg", "ter", "qua", "qui", "sex", "sáb", "dom"])
        }
    }

    private static func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }
}
