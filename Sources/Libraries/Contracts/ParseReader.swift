/// Reads the `parse` settings of a property: how text becomes a value of its type.
struct ParseReader {
    private let reader: MappingReader?
    private let type: LogicalType
    private let format: String?

    /// - Parameters:
    ///   - cleaning: the property's `cleaning`.
    ///   - format: the format of a date's logicalTypeOptions, which comes before those of `parse`.
    init(_ cleaning: MappingReader?, _ type: LogicalType, _ format: String?) {
        reader = cleaning?.mapping("parse", keys: ParseReader.allKeys)
        self.type = type
        self.format = format
        checkKeys()
    }

    private static let numberKeys: Set<String> = ["decimal", "group", "strip", "percent", "parens", "trailingMinus"]
    private static let dateKeys: Set<String> = ["formats", "language", "pivotYear", "excelSerial"]
    private static let allKeys = numberKeys.union(dateKeys).union([
        "excessScale", "integralDecimal", "base", "epoch", "trueValues", "falseValues",
    ])

    private func keys() -> Set<String> {
        switch type {
        case .integer: ["group", "strip", "integralDecimal", "base"]
        case .decimal: ParseReader.numberKeys.union(["excessScale"])
        case .double: ParseReader.numberKeys
        case .boolean: ["trueValues", "falseValues"]
        case .date: ParseReader.dateKeys
        case .time: ["formats"]
        case .timestamp: ParseReader.dateKeys.union(["epoch"])
        case .string, .json: []
        }
    }

    /// A setting for another type does nothing, so it is a mistake.
    private func checkKeys() {
        guard let reader else { return }
        let keys = keys()
        for entry in reader.entries {
            guard case .scalar(let key, _) = entry.key.content, ParseReader.allKeys.contains(key), !keys.contains(key)
            else { continue }
            reader.report(key, "has no meaning for \(type.contractName)", "remove it or correct the type")
        }
    }

    func settings() -> ParseSettings {
        let decimal = reader?.choice("decimal", [".": UInt8(ascii: "."), ",": UInt8(ascii: ",")]) ?? UInt8(ascii: ".")
        let group = groupSeparator()
        if !isInteger, group == Unicode.Scalar(decimal) {
            reader?.report("group", "is the decimal separator too", "declare two different characters")
        }
        let trueValues = words("trueValues") ?? ["true"]
        let falseValues = words("falseValues") ?? ["false"]
        if let both = trueValues.first(where: { falseValues.contains($0) }) {
            reader?.report("falseValues", "\(both) is true and false", "remove it from one of them")
        }
        return ParseSettings(
            decimalSeparator: decimal, groupSeparator: group, strip: reader?.texts("strip") ?? [],
            isPercent: reader?.flag("percent") ?? false, allowsParentheses: reader?.flag("parens") ?? false,
            allowsTrailingMinus: reader?.flag("trailingMinus") ?? false,
            excessScale: reader?.choice(
                "excessScale", ["reject": ExcessScale.reject, "round": .round, "truncate": .truncate]) ?? .reject,
            allowsIntegralDecimal: reader?.flag("integralDecimal") ?? false, base: reader?.whole("base", 2...36) ?? 10,
            formats: formats(), language: reader?.choice("language", ["en": Language.en, "pt": .pt]) ?? .en,
            pivotYear: pivotYear(), excelSerial: excelSerial(),
            epoch: reader?.choice("epoch", ["s": EpochUnit.seconds, "ms": .milliseconds, "us": .microseconds]),
            trueValues: trueValues, falseValues: falseValues)
    }

    private var isInteger: Bool {
        if case .integer = type { return true }
        return false
    }

    private func groupSeparator() -> Unicode.Scalar? {
        reader?.choice(
            "group",
            [
                ".": "." as Unicode.Scalar, ",": ",", "'": "'", " ": " ", "\u{A0}": "\u{A0}", "\u{202F}": "\u{202F}",
            ])
    }

    private func words(_ key: String) -> [String]? { reader?.texts(key)?.map { $0.lowercased() } }

    private func excelSerial() -> ExcelSerial? {
        guard let year = reader?.whole("excelSerial", 1900...1904) else { return nil }
        switch year {
        case 1900: return .base1900
        case 1904: return .base1904
        default:
            reader?.report("excelSerial", "\(year) is no date system", "write 1900 or 1904")
            return nil
        }
    }

    private func pivotYear() -> Int? {
        // With yyyy five digits would be needed from 9901 on.
        let year = reader?.whole("pivotYear", 1...9900)
        let needsYear = (reader?.texts("formats") ?? []).contains { text in
            text.contains("yy") && !text.contains("yyyy")
        }
        if needsYear, year == nil, let reader, reader["pivotYear"] == nil {
            reader.report("formats", "has a year of two digits", "add pivotYear, the first year that may be meant")
        }
        return year
    }

    private func formats() -> [DateFormat] {
        var formats: [DateFormat] = []
        let texts = reader?.texts("formats") ?? []
        if isDateOrTime, let format, !texts.contains(format), let first = try? DateFormat(format) {
            formats.append(first)
        }
        for (index, text) in texts.enumerated() {
            do throws(DateFormatError) {
                let format = try DateFormat(text)
                if let problem = mismatch(format) {
                    reader?.report("formats", "[\(index)] \(text) \(problem)", "correct the format or the type")
                } else if let iso = ParseReader.isoFormats.first(where: { $0.isAmbiguous(with: format) }) {
                    reader?.report(
                        "formats", "\(text) reads clean dates, which are \(iso.text), differently",
                        "such dates cannot be told apart: correct the source")
                } else if let other = formats.first(where: { $0.isAmbiguous(with: format) }) {
                    reader?.report(
                        "formats", "\(other.text) and \(text) read the same text differently",
                        "keep the one that is meant")
                } else {
                    formats.append(format)
                }
            } catch {
                reader?.report("formats", "[\(index)] \(text) \(error)", "use the letters of the contracts' README")
            }
        }
        return formats
    }

    /// How clean data is written; what reads it otherwise would change it.
    private static let isoFormats = [
        "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "HH:mm:ss",
    ].compactMap { try? DateFormat($0) }

    private var isDateOrTime: Bool {
        switch type {
        case .date, .time, .timestamp: true
        default: false
        }
    }

    private func mismatch(_ format: DateFormat) -> String? {
        switch type {
        case .date, .timestamp: format.hasDate ? nil : "has no date"
        case .time: format.hasDate || !format.hasTime ? "is not a time of day" : nil
        default: nil
        }
    }
}
