internal import Glibc

/// What a number is shown as: decided by the tokens of its number format (ECMA-376 part 1, 18.8.31).
///
///     section ; section ; section ; text section         of which the first decides, unless conditions say otherwise
///     [color] [condition] [$currency-locale] [h] 0 # ? . , % E+ y m d h s AM/PM A/P g e b "literal" \x _x *x @
package struct NumberFormat: Equatable, Sendable {
    package enum Kind: UInt8, Sendable {
        case number
        /// Year, month, day or weekday, and no time.
        case date
        case dateTime
        /// Hour, minute, second, AM/PM, and no date.
        case time
        /// `[h]`, `[m]` or `[s]`: time that has elapsed.
        case duration
        /// Built-in formats that are a date in one country and a time in another: the value decides.
        case dateOrTime
    }

    /// A section of a format and when it is used.
    struct Section: Equatable, Sendable {
        var kind = Kind.number
        var condition: Condition?
    }

    struct Condition: Equatable, Sendable {
        let comparison: String
        let operand: Double

        func holds(_ value: Double) -> Bool {
            switch comparison {
            case "<": value < operand
            case "<=": value <= operand
            case ">": value > operand
            case ">=": value >= operand
            case "<>": value != operand
            default: value == operand
            }
        }
    }

    let sections: [Section]

    /// True when the value decides between sections of different kinds.
    var dependsOnValue: Bool {
        sections.contains { $0.condition != nil } && sections.contains { $0.kind != sections[0].kind }
    }

    /// The kind where the value does not matter.
    var kind: Kind { sections.first?.kind ?? .number }

    /// The kind for this value: the first section whose condition holds; one without a condition takes the rest.
    func kind(of value: Double) -> Kind {
        guard dependsOnValue else { return kind }
        for section in sections.prefix(2) {
            if let condition = section.condition, condition.holds(value) { return section.kind }
        }
        return sections.prefix(3).first { $0.condition == nil }?.kind ?? .number
    }

    init(_ sections: [Section]) { self.sections = sections }

    /// Reads a format code as stored in a workbook, where tokens are always the English ones.
    init(code: String) {
        var scanner = Scanner(Array(code.utf8))
        sections = scanner.sections()
    }

    /// The format of a built-in number (18.8.30), which a workbook need not spell out.
    static func builtIn(_ identifier: Int) -> NumberFormat {
        let kind: Kind =
            switch identifier {
            case 14...17, 27...31, 36, 50...54, 57, 58: .date
            case 18...21, 32, 33, 45, 47: .time
            case 22: .dateTime
            case 46: .duration
            case 34, 35, 55, 56: .dateOrTime
            default: .number
            }
        return NumberFormat([Section(kind: kind)])
    }
}

extension NumberFormat {
    /// Reads the tokens of a format code.
    private struct Scanner {
        private let code: [UInt8]
        private var next = 0

        // What the section at hand has shown so far.
        private var hasDate = false
        private var hasTime = false
        private var isElapsed = false
        private var condition: Condition?
        /// `m` is minutes behind hours or before seconds, else months.
        private var previousToken: UInt8 = 0
        private var undecidedMinutes = 0

        init(_ code: [UInt8]) { self.code = code }

        mutating func sections() -> [Section] {
            var sections: [Section] = []
            while next < code.count {
                let byte = code[next]
                if byte == 0x3B {
                    sections.append(endSection())
                    next += 1
                } else {
                    token(byte)
                }
            }
            sections.append(endSection())
            return sections
        }

        private mutating func endSection() -> Section {
            if undecidedMinutes > 0 { hasDate = true }
            let kind: Kind =
                isElapsed && !hasDate
                ? .duration
                : hasDate
                    ? (hasTime || isElapsed ? .dateTime : .date)
                    : hasTime ? .time : .number
            let section = Section(kind: kind, condition: condition)
            (hasDate, hasTime, isElapsed, condition) = (false, false, false, nil)
            (previousToken, undecidedMinutes) = (0, 0)
            return section
        }

        private mutating func token(_ byte: UInt8) {
            switch byte {
            case UInt8(ascii: "\""):
                next = (code[(next + 1)...].firstIndex(of: byte) ?? code.count - 1) + 1
            case UInt8(ascii: "\\"), UInt8(ascii: "_"), UInt8(ascii: "*"):
                next += 2
            case UInt8(ascii: "["):
                bracket()
            default:
                if word("general") || word("standard") || word("e+") || word("e-") { return }
                if word("am/pm") || word("a/p") {
                    note(time: UInt8(ascii: "a"))
                } else {
                    letter(byte | 0x20)
                }
            }
        }

        /// One date or time letter, with its repetitions.
        private mutating func letter(_ letter: UInt8) {
            let start = next
            while next < code.count, code[next] | 0x20 == letter { next += 1 }
            let isLetter = code[start] & 0xDF == letter & 0xDF && letter >= 0x61 && letter <= 0x7A
            guard isLetter else {
                next = start + 1
                return
            }
            switch letter {
            case UInt8(ascii: "y"), UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "g"):
                note(date: letter)
            case UInt8(ascii: "b"):
                // Buddhist years; a lone `b` is nothing.
                if next - start >= 2 { note(date: letter) }
            case UInt8(ascii: "a"):
                // Weekdays in Japanese and Chinese formats: aaa, aaaa.
                if next - start >= 3 { note(date: letter) }
            case UInt8(ascii: "h"):
                note(time: letter)
            case UInt8(ascii: "s"):
                if undecidedMinutes > 0 {
                    undecidedMinutes -= 1
                }
                note(time: letter)
            case UInt8(ascii: "m"):
                if next - start <= 2 {
                    if previousToken == UInt8(ascii: "h") {
                        hasTime = true
                    } else {
                        undecidedMinutes = 1
                        previousToken = letter
                        return
                    }
                } else {
                    hasDate = true
                }
                previousToken = letter
            default:
                break
            }
        }

        private mutating func note(date letter: UInt8) {
            settleMinutes()
            hasDate = true
            previousToken = letter
        }

        private mutating func note(time letter: UInt8) {
            if letter != UInt8(ascii: "s") { settleMinutes() }
            hasTime = true
            previousToken = letter
        }

        /// An `m` that no seconds followed was a month.
        private mutating func settleMinutes() {
            if undecidedMinutes > 0 { hasDate = true }
            undecidedMinutes = 0
        }

        /// `[h]`, `[<=100]`, `[Red]`, `[$-409]`, `[$€-407]`, `[DBNum1]`.
        private mutating func bracket() {
            let end = code[next...].firstIndex(of: UInt8(ascii: "]")) ?? code.count
            let content = code[(next + 1)..<max(next + 1, end)]
            next = min(end + 1, code.count)
            guard let first = content.first else { return }
            switch first {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "="):
                let comparison = content.prefix { [0x3C, 0x3D, 0x3E].contains($0) }
                let operand = String(decoding: content.dropFirst(comparison.count), as: UTF8.self)
                if let value = Double(operand.filter { $0 != " " }) {
                    condition = Condition(comparison: String(decoding: comparison, as: UTF8.self), operand: value)
                }
            case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "m"), UInt8(ascii: "M"), UInt8(ascii: "s"),
                UInt8(ascii: "S"):
                guard content.allSatisfy({ $0 | 0x20 == first | 0x20 }) else { return }
                if first | 0x20 == UInt8(ascii: "s"), undecidedMinutes > 0 { undecidedMinutes -= 1 }
                isElapsed = true
                previousToken = UInt8(ascii: "h")
            default:
                break
            }
        }

        /// Takes a keyword, in any case.
        private mutating func word(_ keyword: StaticString) -> Bool {
            guard code.count - next >= keyword.utf8CodeUnitCount else { return false }
            for index in 0..<keyword.utf8CodeUnitCount {
                let (byte, other) = (keyword.utf8Start[index], code[next + index])
                guard other == byte || (byte >= 0x61 && byte <= 0x7A && other | 0x20 == byte) else { return false }
            }
            next += keyword.utf8CodeUnitCount
            return true
        }
    }
}
