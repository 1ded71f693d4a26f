/// Reads what values of a column may be: length, pattern, range, valid values.
struct LimitsReader {
    private let reader: MappingReader
    private let options: MappingReader?
    private let cleaning: MappingReader?
    private let keys: ODCSKeys

    init(_ reader: MappingReader, _ options: MappingReader?, _ cleaning: MappingReader?, _ keys: ODCSKeys) {
        self.reader = reader
        self.options = options
        self.cleaning = cleaning
        self.keys = keys
    }

    func limits(_ type: LogicalType) -> Limits {
        var minimumLength: Int?
        var maximumLength: Int?
        var pattern: Pattern?
        if case .string(let limit) = type {
            minimumLength = options?.whole("minLength", 0...(.max))
            maximumLength = length(limit)
            if let minimumLength, let maximumLength, minimumLength > maximumLength {
                options?.report("minLength", "is more than the longest text", "correct one of them")
            }
            if let options, options["pattern"] != nil { pattern = CleaningReader.pattern(options, "pattern") }
        }
        let minimum = bound(type, "minimum", "exclusiveMinimum")
        let maximum = bound(type, "maximum", "exclusiveMaximum")
        if let minimum, let maximum, maximum.value.isLess(than: minimum.value) {
            (options ?? reader).report("minimum", "\(minimum.text) is more than \(maximum.text)", "correct one of them")
        }
        let valid = validValues()
        check(valid, type, minimumLength, maximumLength, pattern ?? valid?.pattern)
        return Limits(
            minimumLength: minimumLength, maximumLength: maximumLength, pattern: pattern ?? valid?.pattern,
            minimum: minimum, maximum: maximum, multipleOf: multiple(type), validValues: valid?.texts)
    }

    private func length(_ limit: Int?) -> Int? {
        guard let options, let length = options.whole("maxLength", 1...(.max)) else { return limit }
        if let limit, length > limit {
            options.report("maxLength", "is more than VARCHAR(\(limit)) holds", "correct one of them")
        }
        return min(length, limit ?? length)
    }

    // MARK: - Ranges

    /// Numbers have their bounds in logicalTypeOptions; dates in `cleaning`, because other tools take only numbers there, or in both.
    private func bound(_ type: LogicalType, _ key: String, _ exclusiveKey: String) -> Bound? {
        switch type {
        case .integer, .decimal, .double:
            if cleaning?[key] != nil {
                cleaning?.report(key, "is for dates and times", "move it to logicalTypeOptions")
            }
            guard let options else { return nil }
            if options[key] != nil, options[exclusiveKey] != nil { both(options, exclusiveKey, key) }
            if let text = options.number(key) { return bound(text, type, isExclusive: false, options, key) }
            return options.number(exclusiveKey).flatMap { bound($0, type, isExclusive: true, options, exclusiveKey) }
        case .date, .time, .timestamp:
            if let cleaning, let text = cleaning.text(key) {
                if options?[key] != nil || options?[exclusiveKey] != nil { both(cleaning, key, "logicalTypeOptions") }
                return bound(text, type, isExclusive: false, cleaning, key)
            }
            guard let options else { return nil }
            if options[key] != nil, options[exclusiveKey] != nil { both(options, exclusiveKey, key) }
            if let text = options.text(key) { return bound(text, type, isExclusive: false, options, key) }
            return options.text(exclusiveKey).flatMap { bound($0, type, isExclusive: true, options, exclusiveKey) }
        case .string, .boolean, .json:
            cleaning?[key].map { _ in cleaning?.report(key, "has no meaning for \(type.contractName)", "remove it") }
            return nil
        }
    }

    private func both(_ reader: MappingReader, _ key: String, _ other: String) {
        reader.report(key, "stands beside \(other)", "keep one of them")
    }

    private func bound(
        _ text: String, _ type: LogicalType, isExclusive: Bool, _ reader: MappingReader, _ key: String
    ) -> Bound? {
        guard let value = CanonicalText.value(text, type) else {
            reader.report(key, "\(text) is no \(type.contractName)", "write it as the column's values are written")
            return nil
        }
        return Bound(value: value, isExclusive: isExclusive, text: text)
    }

    private func multiple(_ type: LogicalType) -> Bound? {
        guard let options, options["multipleOf"] != nil else { return nil }
        switch type {
        case .integer, .decimal:
            guard let text = options.number("multipleOf") else { return nil }
            let bound = bound(text, type, isExclusive: false, options, "multipleOf")
            if let value = bound?.value, value == .integer(0) || value == .decimal(0) || text.hasPrefix("-") {
                options.report("multipleOf", "is not positive", "write a number above 0")
                return nil
            }
            return bound
        default:
            options.report("multipleOf", "has no meaning for \(type.contractName)", "remove it")
            return nil
        }
    }

    // MARK: - Valid values

    private struct ValidValues {
        var texts: [String]?
        var pattern: Pattern?
        let place: MappingReader
        let key: String
    }

    /// From the quality rule `invalidValues` that must be zero, and from v3.2's `enum`.
    private func validValues() -> ValidValues? {
        var result: ValidValues?
        for rule in reader.mappings("quality", namedBy: "id", keys: nil) where QualityReader.isHardInvalidValues(rule) {
            guard let arguments = rule.mapping("arguments", keys: nil) else { continue }
            if result != nil { rule.report("metric", "invalidValues stands there twice", "keep one rule") }
            result = ValidValues(
                texts: arguments.texts("validValues"),
                pattern: arguments["pattern"] == nil ? nil : CleaningReader.pattern(arguments, "pattern"),
                place: arguments, key: "validValues")
        }
        guard keys.minor >= 2, reader["enum"] != nil else { return result }
        if result?.texts != nil { reader.report("enum", "stands beside invalidValues", "keep one of them") }
        let texts = reader.mappings("enum", namedBy: "value", keys: nil).compactMap { $0.requiredText("value") }
        return ValidValues(texts: texts, pattern: result?.pattern, place: reader, key: "enum")
    }

    /// A valid value that another limit forbids is a mistake in one of them.
    private func check(
        _ valid: ValidValues?, _ type: LogicalType, _ minimumLength: Int?, _ maximumLength: Int?, _ pattern: Pattern?
    ) {
        guard let valid, let texts = valid.texts else { return }
        let matcher = try? pattern?.makeMatcher()
        for text in texts {
            let length = text.unicodeScalars.count
            let isAllowed =
                CanonicalText.isValid(text, type) && length >= minimumLength ?? 0 && length <= maximumLength ?? .max
                && (matcher.map { $0.match(text) == .found } ?? true)
            if !isAllowed {
                valid.place.report(valid.key, "\(text) breaks another rule of the column", "correct one of them")
            }
        }
    }
}
