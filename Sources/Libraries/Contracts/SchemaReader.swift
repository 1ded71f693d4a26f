/// Reads one schema object: its settings, then its properties.
struct SchemaReader {
    private let reader: MappingReader
    private let keys: ODCSKeys
    private let extensions: Extensions

    /// Names become columns, tables and JSON keys: what fits everywhere without quotes. `_` begins reserved names.
    static let nameLimit = 128

    init(_ reader: MappingReader, _ keys: ODCSKeys) {
        self.reader = reader
        self.keys = keys
        extensions = Extensions(
            reader, keys, names: ["source", "cleaning", "parquet", "guard"],
            misplaced: ["precision": "the property", "scale": "the property"])
    }

    func dataset() -> Dataset? {
        let name = SchemaReader.identifier(reader)
        if let name, let physicalName = reader.text("physicalName"), physicalName != name {
            reader.report("physicalName", "differs from name", "remove it: tables and columns are called by their name")
        }
        _ = reader.choice("logicalType", ["object": true])
        let cleaning = extensions.mapping("cleaning", keys: SchemaReader.cleaningKeys)
        let defaults = CleaningDefaults(cleaning)
        let columns = ColumnNames(reader)
        let drafts = fields(defaults)
        let settings = SettingsReader(extensions, columns)
        let (source, guards, parquet) = (settings.source(), settings.guards(), settings.parquet())
        let rows = self.rows(cleaning, columns)
        let references = ReferenceReader(keys, columns, dataset: name ?? "").references(of: reader, drafts)
        let rules = QualityReader(keys, columns).rules(of: reader, drafts)
        DatasetLint(drafts, rows.headerMatch, reader).check()
        guard let name, drafts.count == columns.names.count else { return nil }
        return Dataset(
            name: name, description: reader.prose("description"), fields: drafts.map(\.field), source: source,
            rows: rows, guards: guards, parquet: parquet, references: references, qualityRules: rules.run,
            rulesNotRun: rules.notRun, place: FindingPlace(reader.node, reader.path, reader.log))
    }

    static func identifier(_ reader: MappingReader) -> String? {
        guard let name = reader.requiredText("name") else { return nil }
        let isValid =
            name.utf8.count <= nameLimit
            && name.utf8.enumerated().allSatisfy { index, byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): index > 0
                default: false
                }
            }
        guard isValid else {
            reader.report(
                "name", "\(name) is no name for tables and columns",
                "use a letter, then letters, digits and _, \(nameLimit) at most; a leading _ is reserved")
            return nil
        }
        return name
    }

    private func fields(_ defaults: CleaningDefaults) -> [FieldDraft] {
        guard let items = reader.list("properties"), !items.isEmpty else {
            reader.report("properties", "there are none", "describe at least one column")
            return []
        }
        return reader.mappings("properties", namedBy: "name", keys: keys.property).compactMap {
            FieldReader($0, keys, defaults).field()
        }
    }

    // MARK: - Settings

    static let cleaningKeys: Set<String> = [
        "rulesVersion", "nullTokens", "nullTokensIgnoreCase", "emptyString", "ops", "headerMatch", "unknownColumns",
        "missingColumns", "timezone", "dedupe",
    ]

    private func rows(_ cleaning: MappingReader?, _ columns: ColumnNames) -> RowRules {
        if let cleaning {
            if cleaning["rulesVersion"] == nil { cleaning.report("rulesVersion", "is missing", "add rulesVersion: 1") }
            if let version = cleaning.whole("rulesVersion", 1...(.max)), version != 1 {
                cleaning.report("rulesVersion", "\(version) is not known to this program", "write 1")
            }
        }
        return RowRules(
            headerMatch: cleaning?.choice(
                "headerMatch",
                ["exact": HeaderMatch.exact, "caseInsensitive": .caseInsensitive, "snake": .snake]) ?? .exact,
            unknownColumns: cleaning?.choice(
                "unknownColumns",
                ["rescue": UnknownColumns.rescue, "freeze": .freeze, "discard": .discard]) ?? .rescue,
            missingColumns: cleaning?.choice(
                "missingColumns", ["null": MissingColumns.null, "reject": .reject, "freeze": .freeze]) ?? .null,
            dedupe: dedupe(cleaning, columns))
    }

    private func dedupe(_ cleaning: MappingReader?, _ columns: ColumnNames) -> Dedupe? {
        guard let reader = cleaning?.mapping("dedupe", keys: ["keys", "exact", "keep", "orderBy", "ties"]) else {
            return nil
        }
        let isExact = reader.flag("exact") ?? false
        let keys = columns.indexes(reader, "keys")
        let orderBy = columns.indexes(reader, "orderBy")
        let keep =
            reader.choice("keep", ["first": Dedupe.Keep.first, "last": .last, "latest": .latest]) ?? .first
        let ties =
            reader.choice("ties", ["firstSeen": Dedupe.Ties.firstSeen, "lastSeen": .lastSeen, "reject": .reject])
        if isExact == (reader["keys"] != nil) {
            reader.log.add(
                reader.node, reader.path, "needs either keys or exact: true", "name the key, or compare whole rows")
        }
        if (keep == .latest) != (reader["orderBy"] != nil) {
            reader.log.add(
                reader.node, reader.path, "keep: latest and orderBy belong together",
                "say by which columns rows are newer, or keep first or last")
        }
        if ties != nil, keep != .latest { reader.report("ties", "has a meaning only with keep: latest", "remove it") }
        return Dedupe(keys: keys, isExact: isExact, keep: keep, orderBy: orderBy, ties: ties ?? .firstSeen)
    }
}

/// The names of a schema object's columns as written, whether or not the columns can be read: what other settings may refer to.
struct ColumnNames {
    let names: [String]

    init(_ schema: MappingReader) {
        guard case .sequence(let items)? = schema["properties"]?.content else {
            names = []
            return
        }
        names = items.map { item in
            guard case .mapping(let entries) = item.content else { return "" }
            for entry in entries {
                guard case .scalar("name", _) = entry.key.content, case .scalar(let name, _) = entry.value.content
                else { continue }
                return name
            }
            return ""
        }
    }

    func index(of name: String) -> Int? { names.firstIndex(of: name) }

    /// The indexes of the columns that a list names; unknown ones are reported.
    func indexes(_ reader: MappingReader, _ key: String) -> [Int] {
        (reader.texts(key) ?? []).compactMap { name in
            if let index = index(of: name) { return index }
            reader.report(key, "there is no column \(name)", "name a property of this schema object")
            return nil
        }
    }
}
