/// Decimal numbers as people and programs write them.
///
///     number = [ "+" / "-" ] ( digits [ "." digits ] / "." digits ) [ ( "e" / "E" ) [ "+" / "-" ] digits ]
///
/// Every JSON number is one of these. Powers of ten beyond `DecimalText.exponentLimit` are refused.
extension DecimalNumber {
    /// The number that all of `text` is, or nil.
    package static func parse(_ text: RawSpan) -> DecimalNumber? {
        let count = text.byteCount
        var position = 0
        var isNegative = false
        if count > 0, text[0] == 0x2D || text[0] == 0x2B {
            isNegative = text[0] == 0x2D
            position = 1
        }
        var digits = DigitCollector()
        let wholeStart = position
        position = digits.take(text, from: position)
        let wholeCount = position - wholeStart
        var fractionCount = 0
        if position < count, text[position] == 0x2E {
            let start = position + 1
            position = digits.take(text, from: start)
            fractionCount = position - start
            if fractionCount == 0 { return nil }
        }
        if wholeCount + fractionCount == 0 { return nil }
        var exponent = 0
        if position < count, text[position] | 0x20 == 0x65 {
            guard let value = parseExponent(text, from: position + 1) else { return nil }
            exponent = value
            position = count
        }
        guard position == count else { return nil }
        return digits.number(isNegative: isNegative, fractionCount: fractionCount, exponent: exponent)
    }

    private static func parseExponent(_ text: RawSpan, from start: Int) -> Int? {
        var position = start
        var isNegative = false
        if position < text.byteCount, text[position] == 0x2D || text[position] == 0x2B {
            isNegative = text[position] == 0x2D
            position += 1
        }
        if position == text.byteCount { return nil }
        var value = 0
        while position < text.byteCount {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
            if value > DecimalText.exponentLimit { return nil }
            position += 1
        }
        return isNegative ? -value : value
    }
}

/// Gathers digits into a coefficient, dropping leading zeros, and remembers what did not fit.
private struct DigitCollector {
    private var low: UInt64 = 0
    private var wide: UInt128 = 0
    private var digitCount = 0
    private var droppedCount = 0
    private var isCut = false

    /// Takes the run of digits that starts at `start` and says where it ends.
    mutating func take(_ text: RawSpan, from start: Int) -> Int {
        var position = start
        while position < text.byteCount {
            let digit = text[position] &- 0x30
            if digit >= 10 { break }
            position += 1
            if digitCount < 19 {
                // 19 digits fit into 64 bits; most numbers never need more.
                low = low &* 10 &+ UInt64(digit)
                if low != 0 { digitCount += 1 }
            } else if digitCount < DecimalNumber.digitLimit {
                if digitCount == 19 { wide = UInt128(low) }
                wide = wide * 10 + UInt128(digit)
                digitCount += 1
            } else {
                droppedCount += 1
                if digit != 0 { isCut = true }
            }
        }
        return position
    }

    func number(isNegative: Bool, fractionCount: Int, exponent: Int) -> DecimalNumber {
        DecimalNumber(
            isNegative: isNegative, coefficient: digitCount > 19 ? wide : UInt128(low),
            exponent: exponent - fractionCount + droppedCount, digitCount: digitCount, isCut: isCut)
    }
}
