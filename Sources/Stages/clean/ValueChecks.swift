internal import Bytes
internal import Contracts
internal import Text

/// What a parsed value must fulfil: lengths, pattern, allowed values, range, format.
struct ValueChecks {
    private let minimumLength: Int?
    private let maximumLength: Int?
    private let matcher: PatternMatcher?
    private let format: FormatCheck?
    private let validValues: TokenSet?
    private let minimum: Bound?
    private let maximum: Bound?
    private let multipleOf: Bound?
    /// Nothing to check on a text.
    private let acceptsEveryText: Bool

    init(_ field: Field) throws(PatternError) {
        minimumLength = field.limits.minimumLength
        maximumLength = field.limits.maximumLength
        matcher = try field.limits.pattern.map { pattern throws(PatternError) in try pattern.makeMatcher() }
        format = field.cleaning.check
        validValues = field.limits.validValues.map { TokenSet($0) }
        minimum = field.limits.minimum
        maximum = field.limits.maximum
        multipleOf = field.limits.multipleOf
        acceptsEveryText =
            minimumLength == nil && maximumLength == nil && matcher == nil && format == nil && validValues == nil
    }

    /// Adds everything that is wrong with a text. True when nothing is.
    func check(_ text: RawSpan, field: Int, _ failures: inout [Failure]) -> Bool {
        if acceptsEveryText { return true }
        let before = failures.count
        checkLength(text, field, &failures)
        if let matcher {
            switch matcher.match(text) {
            case .found: break
            case .notFound:
                failures.append(Failure(field: field, code: .pattern, message: "does not match the pattern"))
            case .limitExceeded:
                failures.append(
                    Failure(field: field, code: .pattern, message: "takes too long to be compared with the pattern"))
            }
        }
        if let format, !format.accepts(text) {
            failures.append(Failure(field: field, code: format.code, message: "is not of that format"))
        }
        checkValidValues(text, field, &failures)
        return failures.count == before
    }

    private func checkLength(_ text: RawSpan, _ field: Int, _ failures: inout [Failure]) {
        // Bytes are at least as many as characters, so a text whose bytes fit needs no counting.
        let bytes = text.byteCount
        if let maximumLength, bytes > maximumLength, ScalarReader.count(text) > maximumLength {
            failures.append(Failure(field: field, code: .lengthMaximum, message: "is longer than the column allows"))
        }
        if let minimumLength, bytes < minimumLength * 4, ScalarReader.count(text) < minimumLength {
            failures.append(Failure(field: field, code: .lengthMinimum, message: "is shorter than the column allows"))
        }
    }

    /// Compares the canonical text of a value with the allowed ones.
    func checkValidValues(_ text: RawSpan, _ field: Int, _ failures: inout [Failure]) {
        if let validValues, !validValues.contains(text) {
            failures.append(Failure(field: field, code: .enumeration, message: "is none of the allowed values"))
        }
    }

    /// True when canonical text has to be looked at for values that are no texts.
    var hasValidValues: Bool { validValues != nil }

    /// Adds what is wrong with the place of a value among its kind. True when nothing is.
    @inline(__always)
    func check(_ value: BoundValue, field: Int, _ failures: inout [Failure]) -> Bool {
        if minimum == nil, maximum == nil, multipleOf == nil { return true }
        return checkBounds(value, field, &failures)
    }

    private func checkBounds(_ value: BoundValue, _ field: Int, _ failures: inout [Failure]) -> Bool {
        let before = failures.count
        if let minimum {
            let isBelow = minimum.isExclusive ? !minimum.value.isLess(than: value) : value.isLess(than: minimum.value)
            if isBelow { failures.append(Failure(field: field, code: .rangeMinimum, message: "is below the minimum")) }
        }
        if let maximum {
            let isAbove = maximum.isExclusive ? !value.isLess(than: maximum.value) : maximum.value.isLess(than: value)
            if isAbove { failures.append(Failure(field: field, code: .rangeMaximum, message: "is above the maximum")) }
        }
        if let multipleOf, !value.isMultiple(of: multipleOf.value) {
            failures.append(
                Failure(field: field, code: .ruleCustom, message: "is no multiple of what the column asks for"))
        }
        return failures.count == before
    }
}

extension BoundValue {
    /// Whole multiples of integers and decimals; everything is one of other kinds.
    fileprivate func isMultiple(of unit: BoundValue) -> Bool {
        switch (self, unit) {
        case (.integer(let value), .integer(let unit)): unit == 0 || value % unit == 0
        case (.decimal(let value), .decimal(let unit)): unit == 0 || value % unit == 0
        default: true
        }
    }
}
