internal import Bytes
internal import Contracts
internal import Text

/// Reads numbers as people write them in a column, by that column's rules: decimal and group separators, currencies,
/// percent, parentheses. What the rules do not name is refused, never guessed: `1,234` where the point is the decimal
/// separator and no group separator is declared is an error, not 1234 and not 1.234.
struct NumberParser {
    private let decimalSeparator: UInt8
    private let group: [UInt8]
    private let affixes: [[UInt8]]
    private let isPercent: Bool
    private let allowsParentheses: Bool
    private let allowsTrailingMinus: Bool
    /// Texts are plain numbers already.
    private let isPlain: Bool

    init(_ settings: ParseSettings) {
        decimalSeparator = settings.decimalSeparator
        group = settings.groupSeparator.map { Array(String($0).utf8) } ?? []
        affixes = settings.strip.map { Array($0.utf8) }
        isPercent = settings.isPercent
        allowsParentheses = settings.allowsParentheses
        allowsTrailingMinus = settings.allowsTrailingMinus
        isPlain =
            decimalSeparator == 0x2E && group.isEmpty && affixes.isEmpty && !isPercent && !allowsParentheses
            && !allowsTrailingMinus
    }

    /// A parser with these separators and currencies and nothing else.
    init(decimalSeparator: UInt8, group: [UInt8], affixes: [String]) {
        self.decimalSeparator = decimalSeparator
        self.group = group
        self.affixes = affixes.map { Array($0.utf8) }
        isPercent = false
        allowsParentheses = false
        allowsTrailingMinus = false
        isPlain = false
    }

    /// The number that all of `text` is, or nil. `plain` is scratch memory.
    func parse(_ text: RawSpan, plain: inout ByteBuffer) -> DecimalNumber? {
        if isPlain { return DecimalNumber.parse(text) }
        plain.removeAll()
        guard let bare = bare(text) else { return nil }
        if bare.isNegative { plain.append(0x2D) }
        guard appendPlain(text.extracting(bare.range), to: &plain), let number = DecimalNumber.parse(plain.bytes) else {
            return nil
        }
        return bare.isPercentage ? number.dividedByHundred : number
    }

    /// True when the number was written as a whole one, so that an integer column takes it as it stands.
    func isWhole(_ text: RawSpan) -> Bool {
        for position in 0..<text.byteCount {
            let byte = text[position]
            if byte == decimalSeparator || byte | 0x20 == 0x65 { return false }
        }
        return true
    }

    private struct Bare {
        var range: Range<Int>
        var isNegative = false
        var hasSign = false
        var isPercentage = false
    }

    /// Takes away sign, parentheses, percent and affixes, each at most once, from outside to inside.
    private func bare(_ text: RawSpan) -> Bare? {
        var bare = Bare(range: 0..<text.byteCount)
        var usedAffixes: UInt64 = 0
        var hasParentheses = false
        var before = -1
        while before != bare.range.count {
            before = bare.range.count
            guard let first = bare.range.first, let last = bare.range.last else { return nil }
            if !bare.hasSign, text[first] == 0x2D || text[first] == 0x2B {
                bare.isNegative = text[first] == 0x2D
                bare.hasSign = true
                bare.range = first + 1..<bare.range.upperBound
                continue
            }
            if allowsParentheses, !hasParentheses, bare.range.count > 1, text[first] == 0x28, text[last] == 0x29 {
                // A sign and parentheses say it twice.
                if bare.hasSign { return nil }
                (bare.hasSign, bare.isNegative, hasParentheses) = (true, true, true)
                bare.range = trimmed(text, first + 1..<last)
                continue
            }
            if allowsTrailingMinus, !bare.hasSign, text[last] == 0x2D {
                (bare.hasSign, bare.isNegative) = (true, true)
                bare.range = first..<last
                continue
            }
            if isPercent, !bare.isPercentage, text[last] == 0x25 {
                bare.isPercentage = true
                bare.range = trimmed(text, first..<last)
                continue
            }
            stripAffix(text, &bare.range, &usedAffixes)
        }
        return bare
    }

    private func stripAffix(_ text: RawSpan, _ range: inout Range<Int>, _ used: inout UInt64) {
        for (number, affix) in affixes.enumerated() where number < 64 && used & 1 << UInt64(number) == 0 {
            guard affix.count < range.count else { continue }
            let front = range.lowerBound..<range.lowerBound + affix.count
            let back = range.upperBound - affix.count..<range.upperBound
            if text.extracting(front).equals(affix.span.bytes) {
                range = trimmed(text, front.upperBound..<range.upperBound)
            } else if text.extracting(back).equals(affix.span.bytes) {
                range = trimmed(text, range.lowerBound..<back.lowerBound)
            } else {
                continue
            }
            used |= 1 << UInt64(number)
            return
        }
    }

    /// Without the spaces and no-break spaces that stand beside a currency.
    private func trimmed(_ text: RawSpan, _ range: Range<Int>) -> Range<Int> {
        let inner = WhiteSpace.trimmed(text.extracting(range))
        return range.lowerBound + inner.lowerBound..<range.lowerBound + inner.upperBound
    }

    /// Appends digits and exponent with a point as the decimal separator and without group separators, which must
    /// stand between groups of exactly three digits, the first one of one to three.
    private func appendPlain(_ text: RawSpan, to plain: inout ByteBuffer) -> Bool {
        var position = 0
        var run = 0
        var groupCount = 0
        while position < text.byteCount {
            let byte = text[position]
            if byte &- 0x30 < 10 {
                plain.append(byte)
                run += 1
                position += 1
            } else if !group.isEmpty, isGroup(text, at: position) {
                guard run == 3 || groupCount == 0 && run > 0 && run < 3 else { return false }
                groupCount += 1
                run = 0
                position += group.count
            } else {
                break
            }
        }
        if groupCount > 0, run != 3 { return false }
        if position < text.byteCount, text[position] == decimalSeparator {
            plain.append(0x2E)
            position += 1
        }
        while position < text.byteCount {
            let byte = text[position]
            // Digits of the fraction and an exponent; a sign only there. The rest is judged by the plain number's reader.
            guard byte &- 0x30 < 10 || byte | 0x20 == 0x65 || byte == 0x2B || byte == 0x2D else { return false }
            plain.append(byte)
            position += 1
        }
        return true
    }

    private func isGroup(_ text: RawSpan, at position: Int) -> Bool {
        guard text.byteCount - position >= group.count else { return false }
        for (offset, byte) in group.enumerated() where text[position + offset] != byte { return false }
        return true
    }
}

extension NumberParser {
    /// The integer that all of `text` is in another base than ten, with an optional sign; nil otherwise or beyond 64 bits.
    static func parse(_ text: RawSpan, base: Int) -> Int64? {
        var position = 0
        var isNegative = false
        if text.byteCount > 0, text[0] == 0x2D || text[0] == 0x2B {
            isNegative = text[0] == 0x2D
            position = 1
        }
        guard position < text.byteCount else { return nil }
        var value: Int64 = 0
        while position < text.byteCount {
            let byte = text[position]
            let digit: Int
            switch byte {
            case 0x30...0x39: digit = Int(byte) - 0x30
            case 0x41...0x5A: digit = Int(byte) - 0x41 + 10
            case 0x61...0x7A: digit = Int(byte) - 0x61 + 10
            default: return nil
            }
            guard digit < base else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: Int64(base))
            let (sum, carry) = product.addingReportingOverflow(Int64(isNegative ? -digit : digit))
            if overflow || carry { return nil }
            value = sum
            position += 1
        }
        return value
    }
}
