extension DecimalText {
    /// The integer that all of `text` is: digits with an optional sign, or nil. Larger ones than 64 bits are nil too;
    /// `parse` tells them apart.
    package static func parseInteger(_ text: RawSpan) -> Int64? {
        let count = text.byteCount
        guard count > 0 else { return nil }
        let hasSign = text[0] == 0x2D || text[0] == 0x2B
        let isNegative = text[0] == 0x2D
        var position = hasSign ? 1 : 0
        guard position < count else { return nil }
        var value: Int64 = 0
        while position < count {
            let digit = text[position] &- 0x30
            guard digit < 10 else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            let (sum, carried) =
                isNegative
                ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            if carried { return nil }
            value = sum
            position += 1
        }
        return value
    }

    /// Appends the number `unscaled` * 10^-scale with exactly `scale` decimals.
    package static func append(_ unscaled: Int128, scale: Int, to output: inout ByteBuffer) {
        if unscaled < 0 { output.append(0x2D) }
        let start = output.count
        appendDigits(unscaled.magnitude, to: &output)
        guard scale > 0 else { return }
        let digitCount = output.count - start
        if digitCount <= scale { output.insert(0x30, times: scale + 1 - digitCount, at: start) }
        output.insert(0x2E, times: 1, at: output.count - scale)
    }

    /// Appends an integer.
    package static func append(_ value: Int64, to output: inout ByteBuffer) {
        if value < 0 { output.append(0x2D) }
        appendDigits(value.magnitude, to: &output)
    }

    private static func appendDigits(_ value: UInt128, to output: inout ByteBuffer) {
        if value <= UInt128(UInt64.max) { return appendDigits(UInt64(value), to: &output) }
        let block: UInt64 = 1_000_000_000_000_000_000
        let (high, low) = value.quotientAndRemainder(dividingBy: UInt128(block))
        appendDigits(high, to: &output)
        let start = output.count
        appendDigits(UInt64(low), to: &output)
        output.insert(0x30, times: 18 - (output.count - start), at: start)
    }

    private static func appendDigits(_ value: UInt64, to output: inout ByteBuffer) {
        var length = 1
        var bound: UInt64 = 10
        while value >= bound {
            length += 1
            if length == 20 { break }
            bound *= 10
        }
        output.appendUninitialized(length) { target in
            var rest = value
            var position = length
            while position > 0 {
                position -= 1
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                target[position] = 0x30 + UInt8(truncatingIfNeeded: digit)
                rest = quotient
            }
        }
    }
}
