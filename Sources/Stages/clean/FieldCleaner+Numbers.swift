internal import Bytes
internal import Contracts

extension FieldCleaner {
    func writeInteger(
        _ text: RawSpan, _ width: IntegerWidth, isLiteral: Bool, _ scratch: inout ByteBuffer,
        _ failures: inout [Failure], to output: inout ByteBuffer
    ) -> ValueOutcome {
        guard let value = integer(text, isLiteral: isLiteral, &scratch) else {
            return fail(.parseInteger, "is no whole number", &failures)
        }
        guard value >= Int128(width.minimum) else { return fail(.rangeMinimum, "is too small for the type", &failures) }
        guard value <= Int128(width.maximum) else { return fail(.rangeMaximum, "is too large for the type", &failures) }
        let narrow = Int64(truncatingIfNeeded: value)
        guard checks.check(.integer(narrow), field: number, &failures) else { return .failed }
        let start = output.count
        DecimalText.append(narrow, to: &output)
        return checkCanonical(from: start, &failures, &output)
    }

    /// JSON numbers count if they are whole (`1.0`, `1e3`); texts only if they are written so, unless the contract
    /// allows decimals of zeros.
    private func integer(_ text: RawSpan, isLiteral: Bool, _ scratch: inout ByteBuffer) -> Int128? {
        if isLiteral {
            if let quick = DecimalText.parseInteger(text) { return Int128(quick) }
            return Self.whole(DecimalNumber.parse(text))
        }
        if settings.base != 10 { return NumberParser.parse(text, base: settings.base).map { Int128($0) } }
        guard settings.allowsIntegralDecimal || numbers.isWhole(text) else { return nil }
        return Self.whole(numbers.parse(text, plain: &scratch))
    }

    /// Numbers beyond 38 digits are larger than any column and are told as such.
    private static func whole(_ number: DecimalNumber?) -> Int128? {
        guard let number else { return nil }
        switch number.scaled(precision: DecimalNumber.digitLimit, scale: 0) {
        case .value(let value): return value
        case .excessDigits: return nil
        case .tooLarge: return number.isNegative ? Int128.min : Int128.max
        }
    }

    func writeDecimal(
        _ text: RawSpan, _ precision: Int, _ scale: Int, isLiteral: Bool, _ scratch: inout ByteBuffer,
        _ failures: inout [Failure], _ warnings: inout WarningCounts, to output: inout ByteBuffer
    ) -> ValueOutcome {
        let parsed = isLiteral ? DecimalNumber.parse(text) : numbers.parse(text, plain: &scratch)
        guard let parsed else { return fail(.parseDecimal, "is no number in the column's spelling", &failures) }
        var scaled = parsed.scaled(precision: precision, scale: scale)
        // Only a literal that does not fit as it stands is noise: what clean wrote itself always fits. A double never
        // needs more than 17 digits, so a longer literal is no double and its digits are meant.
        if scaled == .excessDigits, isLiteral, parsed.digitCount <= Self.doubleDigits, !parsed.isCut,
            parsed.digitCount > DecimalNumber.excelDigits
        {
            scaled = parsed.roundedToExcelDigits().scaled(precision: precision, scale: scale)
            if scaled != .excessDigits { warnings.excelNoise += 1 }
        }
        if scaled == .excessDigits, settings.excessScale != .reject {
            let excess: ExcessDigits = settings.excessScale == .round ? .roundHalfEven : .truncate
            scaled = parsed.scaled(precision: precision, scale: scale, excess: excess)
            warnings.reducedScales += 1
        }
        switch scaled {
        case .excessDigits: return fail(.rangePrecision, "has more decimals than the column", &failures)
        case .tooLarge: return fail(.rangePrecision, "has more digits before the point than the column", &failures)
        case .value(let value):
            guard checks.check(.decimal(value), field: number, &failures) else { return .failed }
            let start = output.count
            DecimalText.append(value, scale: scale, to: &output)
            return checkCanonical(from: start, &failures, &output)
        }
    }

    private static var doubleDigits: Int { 17 }

    func writeDouble(
        _ text: RawSpan, isLiteral: Bool, _ scratch: inout ByteBuffer, _ failures: inout [Failure],
        to output: inout ByteBuffer
    ) -> ValueOutcome {
        var value: Double?
        if isLiteral {
            value = DoubleText.parse(text)
        } else if let parsed = numbers.parse(text, plain: &scratch) {
            value = DoubleText.double(parsed)
        }
        guard let value else { return fail(.parseNumber, "is no finite number in the column's spelling", &failures) }
        guard checks.check(.double(value), field: number, &failures) else { return .failed }
        let start = output.count
        DoubleText.append(value, to: &output)
        return checkCanonical(from: start, &failures, &output)
    }

    func writeBoolean(_ text: RawSpan, _ failures: inout [Failure], to output: inout ByteBuffer) -> ValueOutcome {
        // The words of JSON always count, so that clean data is read again as what it is.
        if trueValues.contains(text) || text.equals(Self.trueWord.span.bytes) {
            output.append(Self.trueWord)
        } else if falseValues.contains(text) || text.equals(Self.falseWord.span.bytes) {
            output.append(Self.falseWord)
        } else {
            return fail(.parseBoolean, "is none of the words for true and false", &failures)
        }
        return .written
    }

    private static let trueWord = Array("true".utf8)
    private static let falseWord = Array("false".utf8)

    /// Allowed values of columns that are no texts are compared in canonical form.
    func checkCanonical(from start: Int, _ failures: inout [Failure], _ output: inout ByteBuffer) -> ValueOutcome {
        guard checks.hasValidValues else { return .written }
        let before = failures.count
        let isQuoted = output.bytes(start..<start + 1)[0] == 0x22
        let range = isQuoted ? start + 1..<output.count - 1 : start..<output.count
        checks.checkValidValues(output.bytes(range), number, &failures)
        return failures.count == before ? .written : .failed
    }
}
