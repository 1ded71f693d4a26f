/// Binary floating point in text: correctly rounded when read, shortest round trip when written.
package enum DoubleText {
    /// The double nearest to the decimal number that all of `text` is (`DecimalNumber.parse`); nil when it is not one or too
    /// large. Minus zero becomes zero.
    package static func parse(_ text: RawSpan) -> Double? {
        guard let number = DecimalNumber.parse(text) else { return nil }
        return double(number, text)
    }

    /// The double nearest to `number`, which was read from `text`.
    package static func double(_ number: DecimalNumber, _ text: RawSpan) -> Double? {
        if number.isZero { return 0 }
        let exactLimit: UInt128 = 1 << 53
        if number.coefficient <= exactLimit, !number.isCut, abs(number.exponent) <= 22 {
            // Both are exact doubles, so one operation rounds correctly (Clinger 1990).
            let magnitude = Double(UInt64(number.coefficient))
            let scaled =
                number.exponent < 0 ? magnitude / power(-number.exponent) : magnitude * power(number.exponent)
            return number.isNegative ? -scaled : scaled
        }
        guard let value = Double(text.text), value.isFinite else { return nil }
        return value == 0 ? 0 : value
    }

    /// Appends the shortest text that reads back as `value`, integers without `.0`. The value must be finite.
    package static func append(_ value: Double, to output: inout ByteBuffer) {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        let text = value.description
        output.append(text)
        if text.hasSuffix(".0") { output.truncate(to: output.count - 2) }
    }

    private static func power(_ exponent: Int) -> Double {
        var power = 1.0
        // Powers of ten up to 10^22 are exact, and so is every step towards them.
        for _ in 0..<exponent { power *= 10 }
        return power
    }
}
