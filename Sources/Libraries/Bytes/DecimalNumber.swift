/// A number in decimal digits, exactly as a text says it: sign, coefficient and a power of ten. Nothing goes through
/// binary floating point.
///
///     value = (isNegative ? -1 : 1) * coefficient * 10^exponent
package struct DecimalNumber: Equatable, Sendable {
    /// Most digits that a coefficient holds: those of the widest DECIMAL of Parquet and the warehouses.
    package static let digitLimit = 38
    /// The digits that Excel shows and calculates with.
    package static let excelDigits = 15

    package let isNegative: Bool
    /// At most `digitLimit` digits; no trailing zeros are taken away.
    package let coefficient: UInt128
    package let exponent: Int
    /// Digits of the coefficient without leading zeros; 0 for zero.
    package let digitCount: Int
    /// True when the text had more than `digitLimit` significant digits and one of those left out is not zero.
    package let isCut: Bool

    package init(isNegative: Bool, coefficient: UInt128, exponent: Int, digitCount: Int, isCut: Bool) {
        self.isNegative = isNegative
        self.coefficient = coefficient
        self.exponent = exponent
        self.digitCount = digitCount
        self.isCut = isCut
    }

    package var isZero: Bool { coefficient == 0 && !isCut }
}

private enum DroppedPart { case nothing, lessThanHalf, half, moreThanHalf }

/// What happens to digits behind the last place of a scale.
package enum ExcessDigits: Sendable {
    case refuse, roundHalfEven, truncate
}

/// A number brought to DECIMAL(precision, scale).
package enum ScaledDecimal: Equatable {
    /// The number times 10^scale.
    case value(Int128)
    /// It has digits behind the scale's last place.
    case excessDigits
    /// It has more digits before the point than precision - scale.
    case tooLarge
}

extension DecimalNumber {
    /// The number as an integer multiple of 10^-scale. Precision is at most 38, scale at most the precision.
    package func scaled(precision: Int, scale: Int, excess: ExcessDigits = .refuse) -> ScaledDecimal {
        if isZero { return .value(0) }
        let shift = exponent + scale
        if shift >= 0 {
            // Checked by digits before multiplying: 38 digits fit into 127 bits.
            guard digitCount + shift <= precision else { return .tooLarge }
            // Only a number of more than 38 digits is cut; how to round it can no longer be said.
            if isCut, excess != .truncate { return .excessDigits }
            return signed(coefficient * Self.power(shift))
        }
        // Every digit lies behind the last place.
        let drop = -shift
        var kept: UInt128 = 0
        // How what is dropped compares with half a unit of the last place.
        var dropped = DroppedPart.lessThanHalf
        if drop <= Self.digitLimit {
            let divisor = Self.power(drop)
            let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: divisor)
            kept = quotient
            let complement = divisor - remainder
            if remainder == 0, !isCut {
                dropped = .nothing
            } else if remainder == complement {
                dropped = isCut ? .moreThanHalf : .half
            } else if remainder > complement {
                dropped = .moreThanHalf
            }
        }
        if dropped != .nothing {
            if excess == .refuse { return .excessDigits }
            let isRoundedUp = dropped == .moreThanHalf || (dropped == .half && kept & 1 == 1)
            if excess == .roundHalfEven, isRoundedUp { kept += 1 }
        }
        guard kept < Self.power(precision) else { return .tooLarge }
        return signed(kept)
    }

    /// The number rounded to the 15 significant digits that Excel shows, half away from zero.
    package func roundedToExcelDigits() -> DecimalNumber {
        guard digitCount > Self.excelDigits else { return self }
        let drop = digitCount - Self.excelDigits
        let divisor = Self.power(drop)
        let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: divisor)
        var rounded = remainder >= divisor - remainder ? quotient + 1 : quotient
        var digits = Self.excelDigits
        var power = exponent + drop
        if rounded == Self.power(Self.excelDigits) {
            rounded /= 10
            power += 1
            digits = Self.excelDigits
        }
        return DecimalNumber(
            isNegative: isNegative, coefficient: rounded, exponent: power, digitCount: digits, isCut: false)
    }

    /// The number as an integer, or nil when it has a fraction or does not fit.
    package var integer: Int128? {
        if case .value(let value) = scaled(precision: Self.digitLimit, scale: 0) { value } else { nil }
    }

    /// The number divided by 100, exactly.
    package var dividedByHundred: DecimalNumber {
        DecimalNumber(
            isNegative: isNegative, coefficient: coefficient, exponent: exponent - 2, digitCount: digitCount,
            isCut: isCut)
    }

    /// The number with its sign turned.
    package var negated: DecimalNumber {
        DecimalNumber(
            isNegative: !isNegative, coefficient: coefficient, exponent: exponent, digitCount: digitCount,
            isCut: isCut)
    }

    private func signed(_ magnitude: UInt128) -> ScaledDecimal {
        .value(isNegative ? -Int128(magnitude) : Int128(magnitude))
    }

    /// 10^n for n up to 38.
    static func power(_ exponent: Int) -> UInt128 {
        if exponent <= 19 { return UInt128(smallPower(exponent)) }
        return UInt128(smallPower(19)) * UInt128(smallPower(exponent - 19))
    }

    private static func smallPower(_ exponent: Int) -> UInt64 {
        var power: UInt64 = 1
        for _ in 0..<exponent { power &*= 10 }
        return power
    }
}
