/// The checks that need more than one setting of a schema object.
struct DatasetLint {
    private let drafts: [FieldDraft]
    private let match: HeaderMatch
    private let schema: MappingReader

    init(_ drafts: [FieldDraft], _ match: HeaderMatch, _ schema: MappingReader) {
        self.drafts = drafts
        self.match = match
        self.schema = schema
    }

    func check() {
        checkNames()
        checkPrimaryKey()
        for draft in drafts {
            checkMap(draft)
            checkValues(draft)
            checkProtection(draft)
            checkMaskShape(draft)
            checkSerial(draft)
        }
    }

    /// Names are different even where case does not count, and no alias means two columns.
    private func checkNames() {
        var names: [String: String] = [:]
        for draft in drafts {
            let name = draft.field.name
            if let other = names.updateValue(name, forKey: HeaderIndex.fold(name.lowercased(), match)) {
                draft.reader.report("name", "\(name) and \(other) are the same name", "rename one of them")
            }
        }
        var aliases: [String: String] = [:]
        for draft in drafts {
            for alias in draft.field.cleaning.aliases {
                let folded = HeaderIndex.fold(alias, match)
                let place = draft.cleaning ?? draft.reader
                if let owner = names[folded], owner != draft.field.name {
                    place.report("aliases", "\(alias) is the name of \(owner)", "remove it")
                }
                if let owner = aliases[folded], owner != draft.field.name {
                    place.report("aliases", "\(alias) is an alias of \(owner) too", "keep one of them")
                }
                aliases[folded] = draft.field.name
            }
        }
    }

    private func checkPrimaryKey() {
        let parts = drafts.filter { $0.field.primaryKeyPosition != nil }
        let positions = parts.compactMap(\.field.primaryKeyPosition).sorted()
        guard positions != Array(1..<(positions.count + 1)), let last = parts.last else { return }
        last.reader.report(
            "primaryKeyPosition", "the positions of the key are \(positions.map(String.init).joined(separator: ", "))",
            "number them from 1 without holes")
    }

    /// Cleaning what is clean changes nothing: so no target of the map is mapped on, and every target is allowed.
    private func checkMap(_ draft: FieldDraft) {
        let cleaning = draft.field.cleaning
        let targets = Dictionary(cleaning.map.map { ($0.from, $0.to) }, uniquingKeysWith: { first, _ in first })
        for entry in cleaning.map {
            if let next = targets[entry.to], next != entry.to {
                draft.cleaning?.report(
                    "map", "\(entry.from) becomes \(entry.to), which becomes \(next)", "map \(entry.from) to \(next)")
            }
            if let valid = draft.field.limits.validValues, !valid.contains(entry.to) {
                draft.cleaning?.report("map", "\(entry.to) is no valid value of the column", "correct one of them")
            } else {
                checkStability(entry.to, draft, "map")
            }
            let isLowered = cleaning.operations.contains(.lower) && !cleaning.operations.contains(.upper)
            if isLowered, entry.from != entry.from.lowercased() {
                draft.cleaning?.report("map", "\(entry.from) is never there after lower", "write it in lower case")
            }
            if isNull(entry.from, cleaning) {
                draft.cleaning?.report("map", "\(entry.from) is null before the map", "remove it from one of them")
            }
        }
    }

    /// A text that the contract names must be as cleaning leaves it.
    private func checkStability(_ text: String, _ draft: FieldDraft, _ key: String) {
        let place = draft.cleaning ?? draft.reader
        if let operation = draft.field.cleaning.operations.lazy.compactMap({ $0.change(of: text) }).first {
            place.report(key, "\(text) is changed by \(operation)", "write it as the operations leave it")
        }
        if isNull(text, draft.field.cleaning) {
            place.report("nullTokens", "\(text) is a value of \(draft.field.name)", "remove it from one of them")
        }
    }

    private func isNull(_ text: String, _ cleaning: FieldCleaning) -> Bool {
        guard cleaning.ignoresNullTokenCase else { return cleaning.nullTokens.contains(text) }
        return cleaning.nullTokens.contains { $0.lowercased() == text.lowercased() }
    }

    /// Valid values, defaults and examples against the column's type and limits.
    private func checkValues(_ draft: FieldDraft) {
        let field = draft.field
        let place = draft.cleaning ?? draft.reader
        for value in field.limits.validValues ?? [] { checkStability(value, draft, "ops") }
        if let text = field.cleaning.defaultValue {
            if !CanonicalText.isValid(text, field.type) || !(field.limits.validValues?.contains(text) ?? true) {
                place.report("default", "\(text) is no value of the column", "write one that the column's rules allow")
            } else {
                checkStability(text, draft, "default")
            }
        }
        if field.cleaning.onFail == .null, field.isRequired {
            place.report("onFail", "the column may not be null", "write reject, or remove required")
        }
        checkKept(draft)
        guard let examples = draft.reader.list("examples") else { return }
        for (index, node) in examples.enumerated() {
            guard case .scalar(let text, _) = node.content, !CanonicalText.isValid(text, field.type) else { continue }
            draft.reader.log.add(
                node, draft.reader.path(of: "examples[\(index)]"), "\(text) is no \(field.type.contractName)",
                "correct the example or the type")
        }
    }

    private func checkKept(_ draft: FieldDraft) {
        guard draft.field.cleaning.onFail == .keep else { return }
        if case .string = draft.field.type { return }
        draft.cleaning?.report(
            "onFail", "only texts can be kept, not \(draft.field.type.contractName)", "write reject or null")
    }

    private func checkProtection(_ draft: FieldDraft) {
        guard draft.field.classification == "restricted", draft.field.cleaning.mask == nil else { return }
        guard let node = draft.reader["classification"] else { return }
        draft.reader.log.warn(
            node, draft.reader.path(of: "classification"), "a restricted column is not masked",
            "add a mask to its cleaning")
    }

    /// Cleaning what is clean changes nothing, so a text that looks like a keyed mask passes as one: then no text of the
    /// column may look like one before it is masked, or it would stay readable.
    private func checkMaskShape(_ draft: FieldDraft) {
        guard let mask = draft.field.cleaning.mask, mask.method == .hmacSHA256 else { return }
        let limits = draft.field.limits
        let length = MaskSettings.hmacLength
        if limits.maximumLength ?? .max < length || limits.minimumLength ?? 0 > length { return }
        switch draft.field.cleaning.check {
        // All of them need other characters than hexadecimal digits, or another length.
        case .email, .uuid, .iban, .uri: return
        case .luhn, nil: break
        }
        if let valid = limits.validValues, !valid.contains(where: MaskSettings.isHMACShaped) { return }
        // Whether a pattern takes any such text cannot be said in general; one that takes none of many hardly will.
        if let matcher = try? limits.pattern?.makeMatcher(),
            MaskSettings.hmacSamples.allSatisfy({ matcher.match($0) == .notFound })
        {
            return
        }
        draft.cleaning?.report(
            "mask", "a text of \(length) hexadecimal digits would pass for a mask and stay readable",
            "add maxLength below \(length), or a pattern or check that such texts break")
    }

    /// Without a first day, an order number that got into a date column is a date: 43831 is 2020-01-01.
    private func checkSerial(_ draft: FieldDraft) {
        guard draft.field.cleaning.parse.excelSerial != nil, draft.field.limits.minimum == nil,
            let place = draft.cleaning, let node = place["parse"]
        else { return }
        place.log.warn(
            node, place.path(of: "parse.excelSerial"), "any number may be taken for a date",
            "add a minimum to its cleaning")
    }
}
