/// How a date, time or timestamp is written, in the letters of JDK's DateTimeFormatter as far as workbooks need them.
///
///     yyyy yy   MM M MMM MMMM   dd d   EEE   HH H hh h   mm   ss   S...   a   XXX   'text'   and marks such as - / . : , space
package struct DateFormat: Hashable, Sendable {
    static let lengthLimit = 64

    /// As written.
    package let text: String
    package let tokens: [DateToken]

    /// - Throws: ``DateFormatError`` for letters without a meaning here, and for parts that are missing or given twice.
    package init(_ text: String) throws(DateFormatError) {
        guard !text.isEmpty, text.utf8.count <= DateFormat.lengthLimit else {
            throw .length(limit: DateFormat.lengthLimit)
        }
        self.text = text
        tokens = try DateFormat.tokens(of: Array(text))
    }

    package var hasDate: Bool { tokens.contains { $0.part == .year } }
    package var hasTime: Bool { tokens.contains { $0.part == .hour } }
    package var hasOffset: Bool { tokens.contains(.offset) }

    private static func tokens(of text: [Character]) throws(DateFormatError) -> [DateToken] {
        var tokens: [DateToken] = []
        var literal = ""
        var index = 0
        func flush() {
            if !literal.isEmpty { tokens.append(.literal(literal)) }
            literal = ""
        }
        while index < text.count {
            let character = text[index]
            if character == "'" {
                literal += try quoted(text, &index)
            } else if character.isLetter {
                var end = index
                while end < text.count, text[end] == character { end += 1 }
                guard let token = token(character, count: end - index) else {
                    throw .unknownLetters(String(text[index..<end]))
                }
                flush()
                tokens.append(token)
                index = end
            } else if character.isNumber {
                throw .unknownLetters(String(character))
            } else {
                literal.append(character)
                index += 1
            }
        }
        flush()
        try check(tokens)
        return tokens
    }

    /// The text between quotes; two quotes are one, inside and outside.
    private static func quoted(_ text: [Character], _ index: inout Int) throws(DateFormatError) -> String {
        index += 1
        if index < text.count, text[index] == "'" {
            index += 1
            return "'"
        }
        var literal = ""
        while index < text.count {
            if text[index] == "'" {
                guard index + 1 < text.count, text[index + 1] == "'" else {
                    index += 1
                    return literal
                }
                index += 1
            }
            literal.append(text[index])
            index += 1
        }
        throw .openQuote
    }

    private static func token(_ letter: Character, count: Int) -> DateToken? {
        switch (letter, count) {
        case ("y", 4): .year4
        case ("y", 2): .year2
        case ("M", 1): .month1
        case ("M", 2): .month2
        case ("M", 3): .monthShortName
        case ("M", 4): .monthLongName
        case ("d", 1): .day1
        case ("d", 2): .day2
        case ("E", 3): .weekdayShortName
        case ("H", 1): .hour1
        case ("H", 2): .hour2
        case ("h", 1): .hour12One
        case ("h", 2): .hour12Two
        case ("m", 2): .minute2
        case ("s", 2): .second2
        case ("S", 1...9): .fraction(digits: count)
        case ("a", 1): .dayPeriod
        case ("X", 3): .offset
        default: nil
        }
    }

    private static func check(_ tokens: [DateToken]) throws(DateFormatError) {
        var parts: Set<DatePart> = []
        for token in tokens {
            guard let part = token.part else { continue }
            guard parts.insert(part).inserted else { throw .twice(part.rawValue) }
        }
        let hasDate = parts.contains(.year)
        for part in [DatePart.month, .day] where parts.contains(part) != hasDate {
            throw .missing(hasDate ? part.rawValue : "year")
        }
        guard hasDate || parts.contains(.hour) else { throw .missing("year") }
        for (part, needed) in [
            (DatePart.minute, DatePart.hour), (.second, .minute), (.fraction, .second), (.offset, .hour),
        ]
        where parts.contains(part) && !parts.contains(needed) { throw .missing(needed.rawValue) }
        let isHalfDay = tokens.contains(.hour12One) || tokens.contains(.hour12Two)
        guard isHalfDay == parts.contains(.dayPeriod) else { throw .missing(isHalfDay ? "a (am or pm)" : "hh or h") }
    }

    /// Whether some text matches both formats and means different things, as `dd/MM/yyyy` and `MM/dd/yyyy`.
    func isAmbiguous(with other: DateFormat) -> Bool {
        guard tokens.count == other.tokens.count else { return false }
        var isDifferent = false
        for (left, right) in zip(tokens, other.tokens) {
            guard left.overlaps(right) else { return false }
            if left.part != right.part { isDifferent = true }
        }
        return isDifferent
    }
}

/// One element of a ``DateFormat``.
package enum DateToken: Hashable, Sendable {
    case year4, year2
    case month2
    /// One digit or two.
    case month1
    case monthShortName, monthLongName
    case day2
    /// One digit or two.
    case day1
    case weekdayShortName
    /// 00...23, with two digits or with one or two.
    case hour2, hour1
    /// 1...12, with two digits or with one or two.
    case hour12Two, hour12One
    case minute2, second2
    /// Exactly so many digits, 1...9.
    case fraction(digits: Int)
    /// am or pm.
    case dayPeriod
    /// Z or ±hh:mm.
    case offset
    case literal(String)

    var part: DatePart? {
        switch self {
        case .year4, .year2: .year
        case .month2, .month1, .monthShortName, .monthLongName: .month
        case .day2, .day1: .day
        case .weekdayShortName: .weekday
        case .hour2, .hour1, .hour12Two, .hour12One: .hour
        case .minute2: .minute
        case .second2: .second
        case .fraction: .fraction
        case .dayPeriod: .dayPeriod
        case .offset: .offset
        case .literal: nil
        }
    }

    /// How many digits it takes; nil for words and marks.
    private var digits: ClosedRange<Int>? {
        switch self {
        case .year4: 4...4
        case .year2, .month2, .day2, .hour2, .hour12Two, .minute2, .second2: 2...2
        case .month1, .day1, .hour1, .hour12One: 1...2
        case .fraction(let count): count...count
        default: nil
        }
    }

    func overlaps(_ other: DateToken) -> Bool {
        if let digits, let others = other.digits { return digits.overlaps(others) }
        return self == other
    }
}

enum DatePart: String, Hashable {
    case year, month, day, weekday, hour, minute, second, fraction, offset
    case dayPeriod = "am or pm"
}

/// Why a text is no date format.
package enum DateFormatError: Error, Equatable, CustomStringConvertible {
    case length(limit: Int)
    case openQuote
    case unknownLetters(String)
    case twice(String)
    case missing(String)

    package var description: String {
        switch self {
        case .length(let limit): "has no characters, or more than \(limit)"
        case .openQuote: "has a quote without its end"
        case .unknownLetters(let letters): "has \(letters), which is no part of a date here"
        case .twice(let part): "has the \(part) twice"
        case .missing(let part): "lacks the \(part)"
        }
    }
}
