/// What a schema object says for all of its columns.
struct CleaningDefaults {
    let operations: [TextOperation]
    let nullTokens: [String]
    let ignoresNullTokenCase: Bool
    let keepsEmptyString: Bool
    let timezone: String?

    init(_ reader: MappingReader?) {
        operations = reader.flatMap { CleaningReader.operations($0) } ?? [.nfc, .controlStrip, .trim]
        nullTokens = reader?.texts("nullTokens", isEmptyAllowed: true) ?? [""]
        ignoresNullTokenCase = reader?.flag("nullTokensIgnoreCase") ?? false
        keepsEmptyString = reader?.choice("emptyString", ["null": false, "keep": true]) ?? false
        timezone = reader?.text("timezone")
    }
}

/// Reads the `cleaning` of a property and merges it with that of its schema object.
struct CleaningReader {
    static let keys: Set<String> = [
        "aliases", "ops", "nullTokens", "nullTokensIgnoreCase", "emptyString", "map", "parse", "check", "minimum",
        "maximum", "onFail", "default", "mask",
    ]

    let reader: MappingReader?
    let defaults: CleaningDefaults

    /// - Parameters:
    ///   - synonyms: aliases that stand elsewhere in the property.
    ///   - format: the format of logicalTypeOptions, where the type has one.
    func cleaning(_ type: LogicalType, synonyms: [String], format: String?) -> FieldCleaning {
        let onFail = reader?.choice(
            "onFail", ["reject": FailureAction.reject, "null": .null, "keep": .keep])
        let aliases = (reader?.texts("aliases") ?? []) + synonyms
        return FieldCleaning(
            aliases: aliases,
            operations: defaults.operations + (reader.flatMap { CleaningReader.operations($0) } ?? []),
            nullTokens: reader?.texts("nullTokens", isEmptyAllowed: true) ?? defaults.nullTokens,
            ignoresNullTokenCase: reader?.flag("nullTokensIgnoreCase") ?? defaults.ignoresNullTokenCase,
            keepsEmptyString: reader?.choice("emptyString", ["null": false, "keep": true]) ?? defaults.keepsEmptyString,
            map: map(), parse: ParseReader(reader, type, format).settings(), check: check(type, format),
            onFail: onFail ?? .reject, defaultValue: reader?.text("default"), mask: mask(type))
    }

    private func map() -> [ValueMapping] {
        guard let map = reader?.mapping("map", keys: nil) else { return [] }
        return map.entries.compactMap { entry in
            guard let from = MappingReader.text(entry.key, map.path, map.log),
                let to = MappingReader.text(entry.value, map.path(of: from), map.log)
            else { return nil }
            return ValueMapping(from: from, to: to)
        }
    }

    private func check(_ type: LogicalType, _ format: String?) -> FormatCheck? {
        let check = reader?.choice(
            "check", ["email": FormatCheck.email, "uuid": .uuid, "luhn": .luhn, "iban": .iban, "uri": .uri])
        guard case .string = type else {
            if check != nil { reader?.report("check", "is for texts, not \(type.contractName)", "remove it") }
            return nil
        }
        return check ?? format.flatMap { FormatCheck(rawValue: $0) }
    }

    private func mask(_ type: LogicalType) -> MaskSettings? {
        guard let mask = reader?.mapping("mask", keys: ["method", "keyRef", "length", "when"]) else { return nil }
        _ = mask.choice("when", ["afterChecks": true])
        guard case .string(let limit) = type else {
            mask.report("method", "masks texts, not \(type.contractName)", "remove the mask or make the column a text")
            return nil
        }
        if mask["method"] == nil { mask.report("method", "is missing", "write hmac-sha256, redact or truncate") }
        let length = mask.whole("length", 1...(.max))
        let key = mask.text("keyRef")
        let method: MaskSettings.Method
        switch mask.choice("method", ["hmac-sha256": 0, "redact": 1, "truncate": 2]) {
        case 0:
            method = .hmacSHA256
            if key == nil { mask.report("keyRef", "is missing", "name the environment variable that holds the key") }
            if let limit, limit < MaskSettings.hmacLength {
                mask.report("method", "makes \(MaskSettings.hmacLength) characters", "declare VARCHAR(64) or more")
            }
        case 1:
            method = .redact
        case 2:
            if length == nil { mask.report("length", "is missing", "say how many characters stay") }
            method = .truncate(length ?? 1)
        default: return nil
        }
        if length != nil, method == .hmacSHA256 || method == .redact {
            mask.report("length", "has a meaning only with truncate", "remove it")
        }
        if key != nil, method != .hmacSHA256 {
            mask.report("keyRef", "has a meaning only with hmac-sha256", "remove it")
        }
        return MaskSettings(method: method, keyReference: key)
    }

    // MARK: - Operations

    private static let named: KeyValuePairs<String, TextOperation> = [
        "nfc": .nfc, "nfkc": .nfkc, "controlStrip": .controlStrip, "trim": .trim, "squeeze": .squeeze,
        "lower": .lower, "upper": .upper, "fixMojibake": .fixMojibake,
    ]

    /// Nil when there is no `ops`.
    static func operations(_ reader: MappingReader) -> [TextOperation]? {
        reader.list("ops").map { items in
            items.enumerated().compactMap { operation($1, reader.path(of: "ops[\($0)]"), reader.log) }
        }
    }

    private static func operation(_ node: YAMLNode, _ path: String, _ log: FindingLog) -> TextOperation? {
        if case .scalar(let text, _) = node.content {
            if let found = named.first(where: { $0.key == text }) { return found.value }
            log.add(node, path, "\(text) is no operation", "write one of \(named.map(\.key).joined(separator: ", "))")
            return nil
        }
        let withSettings: Set<String> = ["stripChars", "padLeft", "replace", "extract"]
        guard let reader = MappingReader(node, path, keys: withSettings, log) else { return nil }
        guard reader.entries.count == 1 else {
            log.add(node, path, "has \(reader.entries.count) keys", "write one operation per list item")
            return nil
        }
        if reader["stripChars"] != nil { return reader.requiredText("stripChars").map { .stripChars($0) } }
        if let pad = reader.mapping("padLeft", keys: ["width", "with"]) { return padLeft(pad) }
        if let replace = reader.mapping("replace", keys: ["regex", "with"]) {
            guard let pattern = pattern(replace, "regex") else { return nil }
            guard let with = replace.text("with") else {
                replace.report("with", "is missing", "write the text that takes the place of what matches")
                return nil
            }
            return .replace(pattern, with: with)
        }
        guard let extract = reader.mapping("extract", keys: ["regex", "group"]),
            let pattern = pattern(extract, "regex")
        else { return nil }
        let group = extract.whole("group", 0...99) ?? 0
        if group > pattern.groupCount {
            extract.report("group", "the pattern has no group \(group)", "count the parentheses")
        }
        return .extract(pattern, group: group)
    }

    /// More characters than any code has.
    private static let padLimit = 255

    private static func padLeft(_ reader: MappingReader) -> TextOperation? {
        let width = reader.whole("width", 1...padLimit)
        if reader["width"] == nil {
            reader.report("width", "is missing", "say how many characters the text has at least")
        }
        guard let with = reader.requiredText("with") else { return nil }
        guard with.unicodeScalars.count == 1, let scalar = with.unicodeScalars.first else {
            reader.report("with", "is not one character", "write \"0\"")
            return nil
        }
        return width.map { .padLeft(width: $0, with: scalar) }
    }

    /// A pattern under a key; required.
    static func pattern(_ reader: MappingReader, _ key: String) -> Pattern? {
        guard let text = reader.requiredText(key) else { return nil }
        do throws(PatternError) {
            return try Pattern(text)
        } catch {
            reader.report(key, "\(text) \(error)", "correct the pattern")
            return nil
        }
    }
}
