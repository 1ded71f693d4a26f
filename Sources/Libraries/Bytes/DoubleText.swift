/// Binary floating point in text: correctly rounded when read, shortest round trip when written.
package enum DoubleText {
    /// The double nearest to the decimal number that all of `text` is (`DecimalNumber.parse`); nil when it is not one or too
    /// large. Minus zero becomes zero.
    package static func parse(_ text: RawSpan) -> Double? {
        guard let number = DecimalNumber.parse(text) else { return nil }
        // A cut number has lost digits that can decide the rounding; the text has them all.
        return exact(number) ?? slow(text.text)
    }

    /// The double nearest to `number`; nil when it is too large. Digits beyond its first 38 count as if they were one.
    package static func double(_ number: DecimalNumber) -> Double? {
        if let value = exact(number) { return value }
        let digits = number.coefficient.description + (number.isCut ? "1" : "")
        let exponent = number.isCut ? number.exponent - 1 : number.exponent
        return slow("\(number.isNegative ? "-" : "")\(digits)e\(exponent)")
    }

    private static func exact(_ number: DecimalNumber) -> Double? {
        if number.isZero { return 0 }
        let exactLimit: UInt128 = 1 << 53
        guard number.coefficient <= exactLimit, !number.isCut, abs(number.exponent) <= 22 else { return nil }
        // Both are exact doubles, so one operation rounds correctly (Clinger 1990).
        let magnitude = Double(UInt64(number.coefficient))
        let scaled = number.exponent < 0 ? magnitude / power(-number.exponent) : magnitude * power(number.exponent)
        return number.isNegative ? -scaled : scaled
    }

    private static func slow(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite else { return nil }
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
