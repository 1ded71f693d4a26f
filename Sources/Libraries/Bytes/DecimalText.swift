/// Exact decimal numbers as text: read to and written from an unscaled integer, never through a binary fraction.
///
/// The grammar is that of JSON numbers (RFC 8259 section 6): `[-]int[.digits][e[+-]digits]`. A decimal of scale 2
/// holds 19.9 as 1990.
package enum DecimalText {
    /// The most digits a decimal has: what 128 bits, Parquet and the warehouses hold.
    package static let maximumPrecision = 38
    /// Exponents beyond this are refused: nobody writes them on purpose, and zeros would be counted one by one.
    package static let exponentLimit = 400

    package enum Reading: Equatable, Sendable {
        case value(Int128)
        /// More decimals than the scale, and they are not zeros.
        case excessScale
        /// More digits than the precision leaves room for.
        case tooLarge
        case notANumber
    }

    package enum IntegerReading: Equatable, Sendable {
        case value(Int64)
        /// A number, but not a whole one.
        case fraction
        /// Outside 64 bits.
        case tooLarge
        case notANumber
    }

    /// Reads a number to its unscaled value at `scale`. `precision` is 1...38, `scale` is 0...precision.
    package static func read(_ bytes: UnsafeRawBufferPointer, precision: Int, scale: Int) -> Reading {
        if let quick = readShort(bytes, scale: scale) {
            return quick.magnitude < powerOfTen(min(precision, 18)) ? .value(Int128(quick)) : .tooLarge
        }
        guard let parts = NumberParts(bytes) else { return .notANumber }
        return parts.scaled(precision: precision, scale: scale)
    }

    /// Reads a whole number. `1.0` and `1e3` are whole; `1.5` is not.
    package static func readInteger(_ bytes: UnsafeRawBufferPointer) -> IntegerReading {
        if let quick = readShort(bytes, scale: 0) { return .value(quick) }
        guard let parts = NumberParts(bytes) else { return .notANumber }
        switch parts.scaled(precision: maximumPrecision, scale: 0) {
        case .value(let value):
            guard let narrow = Int64(exactly: value) else { return .tooLarge }
            return .value(narrow)
        case .excessScale: return .fraction
        case .tooLarge: return .tooLarge
        case .notANumber: return .notANumber
        }
    }

    /// The plain forms with few digits, which is nearly all of them; nil says that the long way must look.
    @inline(__always)
    private static func readShort(_ bytes: UnsafeRawBufferPointer, scale: Int) -> Int64? {
        var position = 0
        let count = bytes.count
        // 17 digits and a point: scaling can add no more than what is left of 18.
        guard count > 0, count <= 18 else { return nil }
        let isNegative = bytes[0] == 0x2D
        if isNegative { position = 1 }
        var value: Int64 = 0
        let start = position
        while position < count {
            let digit = bytes[position] &- 0x30
            if digit > 9 { break }
            value = value &* 10 &+ Int64(digit)
            position += 1
        }
        let wholeDigits = position - start
        if wholeDigits == 0 || wholeDigits > 1 && bytes[start] == 0x30 { return nil }
        var decimals = 0
        if position < count {
            guard bytes[position] == 0x2E else { return nil }
            position += 1
            decimals = count - position
            if decimals == 0 || decimals > scale { return nil }
            while position < count {
                let digit = bytes[position] &- 0x30
                if digit > 9 { return nil }
                value = value &* 10 &+ Int64(digit)
                position += 1
            }
        }
        let missing = scale - decimals
        if missing > 0 {
            if wholeDigits + scale > 18 { return nil }
            value = value &* Int64(powerOfTen(missing))
        }
        return isNegative ? -value : value
    }

    /// 10 to the power of 0...18.
    @inline(__always)
    private static func powerOfTen(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }

    /// Appends the number with exactly `scale` decimals.
    package static func append(_ unscaled: Int128, scale: Int, to output: inout [UInt8]) {
        if unscaled < 0 { output.append(0x2D) }
        let digits = Array(String(unscaled.magnitude).utf8)
        let whole = digits.count - scale
        if whole <= 0 {
            output.append(0x30)
        } else {
            output.append(contentsOf: digits[..<whole])
        }
        guard scale > 0 else { return }
        output.append(0x2E)
        if whole < 0 { output.append(contentsOf: repeatElement(0x30, count: -whole)) }
        output.append(contentsOf: digits[max(0, whole)...])
    }
}

/// The pieces of a JSON number of any length.
private struct NumberParts {
    let isNegative: Bool
    let whole: Slice<UnsafeRawBufferPointer>
    let decimals: Slice<UnsafeRawBufferPointer>
    let exponent: Int

    init?(_ bytes: UnsafeRawBufferPointer) {
        var position = 0
        func digits() -> Slice<UnsafeRawBufferPointer> {
            let start = position
            while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
            return bytes[start..<position]
        }
        isNegative = bytes.first == 0x2D
        if isNegative { position = 1 }
        whole = digits()
        if whole.isEmpty || whole.count > 1 && whole.first == 0x30 { return nil }
        if position < bytes.count, bytes[position] == 0x2E {
            position += 1
            decimals = digits()
            if decimals.isEmpty { return nil }
        } else {
            decimals = bytes[position..<position]
        }
        var power = 0
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            let isDown = position < bytes.count && bytes[position] == 0x2D
            if position < bytes.count, isDown || bytes[position] == 0x2B { position += 1 }
            let written = digits()
            if written.isEmpty { return nil }
            for digit in written {
                power = power * 10 + Int(digit - 0x30)
                if power > DecimalText.exponentLimit { return nil }
            }
            if isDown { power = -power }
        }
        if position != bytes.count { return nil }
        exponent = power
    }

    func scaled(precision: Int, scale: Int) -> DecimalText.Reading {
        // The number is 0.d1d2d3... times ten to a power; `kept` of its digits stand before the last decimal allowed.
        let written = whole.count + decimals.count
        let kept = whole.count + exponent + scale
        var value: Int128 = 0
        var significant = 0
        var index = 0
        for part in [whole, decimals] {
            for digit in part {
                if index >= kept {
                    if digit != 0x30 { return .excessScale }
                } else if significant > 0 || digit != 0x30 {
                    significant += 1
                    if significant > precision { return .tooLarge }
                    value = value * 10 + Int128(digit - 0x30)
                }
                index += 1
            }
        }
        if value != 0 {
            for _ in 0..<max(0, kept - written) {
                significant += 1
                if significant > precision { return .tooLarge }
                value *= 10
            }
        }
        return .value(isNegative ? -value : value)
    }
}
