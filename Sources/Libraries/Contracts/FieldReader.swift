/// A field that has been read, with where it stands, for the checks that look at several.
struct FieldDraft {
    let field: Field
    let reader: MappingReader
    let cleaning: MappingReader?
}

/// Reads one property of a schema object.
struct FieldReader {
    private let reader: MappingReader
    private let keys: ODCSKeys
    private let defaults: CleaningDefaults
    private let extensions: Extensions

    init(_ reader: MappingReader, _ keys: ODCSKeys, _ defaults: CleaningDefaults) {
        self.reader = reader
        self.keys = keys
        self.defaults = defaults
        extensions = Extensions(
            reader, keys, names: ["cleaning", "precision", "scale"],
            misplaced: ["source": "the schema object", "parquet": "the schema object", "guard": "the schema object"])
    }

    /// Nil where the name or the type cannot be read; the reason is in the log.
    func field() -> FieldDraft? {
        let name = SchemaReader.identifier(reader)
        if let name, let physicalName = reader.text("physicalName"), physicalName != name {
            reader.report("physicalName", "differs from name", "remove it: columns are called by their name")
        }
        guard let logicalType = reader.requiredText("logicalType") else { return nil }
        guard let allowed = keys.options(of: logicalType) else {
            reader.report(
                "logicalType", "\(logicalType) is not supported",
                "write string, integer, number, boolean, date, "
                    + "timestamp, time, or object or array as VARIANT")
            return nil
        }
        let options = reader.mapping("logicalTypeOptions", keys: allowed)
        let type = TypeReader(reader, extensions, options).type(logicalType)
        let cleaning = extensions.mapping("cleaning", keys: CleaningReader.keys)
        guard let name, let type else { return nil }
        let settings = CleaningReader(reader: cleaning, defaults: defaults)
            .cleaning(type, synonyms: synonyms(), format: format(type, options))
        let (isRequired, position) = key()
        let limits = LimitsReader(reader, options, cleaning, keys).limits(type)
        let field = Field(
            name: name, type: type, description: reader.prose("description"), isRequired: isRequired,
            isUnique: reader.flag("unique") ?? false, primaryKeyPosition: position,
            classification: reader.text("classification"), tags: reader.texts("tags", isEmptyAllowed: true) ?? [],
            limits: limits, cleaning: settings, defaultTimezone: timezone(type, options),
            place: FindingPlace(reader.node, reader.path, reader.log))
        return FieldDraft(field: field, reader: reader, cleaning: cleaning)
    }

    /// Whether nulls are refused, and the position in the primary key.
    private func key() -> (isRequired: Bool, position: Int?) {
        let isRequired = reader.flag("required") ?? false
        let isKey = reader.flag("primaryKey") ?? false
        if isKey, !isRequired {
            reader.report("primaryKey", "a part of the key may be null", "add required: true")
        }
        // The standard writes -1 for a column that is no part of the key.
        let position = reader.whole("primaryKeyPosition", -1...1000)
        if !isKey, let position, position != -1 {
            reader.report("primaryKeyPosition", "the column is no part of the key", "add primaryKey: true or remove it")
        }
        return (isRequired || isKey, isKey ? position ?? 1 : nil)
    }

    /// The names that v3.2 calls synonyms, as far as they are headers.
    private func synonyms() -> [String] {
        guard keys.minor >= 2 else { return [] }
        return reader.mappings("synonyms", namedBy: "synonym", keys: nil).compactMap { synonym in
            guard synonym.text("source") == "header" else { return nil }
            return synonym.requiredText("synonym")
        }
    }

    /// The format of a date, or of a text that has a check of its own.
    private func format(_ type: LogicalType, _ options: MappingReader?) -> String? {
        guard let options, let format = options.text("format") else { return nil }
        switch type {
        case .date, .time, .timestamp:
            do throws(DateFormatError) {
                return try DateFormat(format).text
            } catch {
                options.report("format", "\(format) \(error)", "use the letters of the contracts' README")
                return nil
            }
        case .string: return format
        default: return nil
        }
    }

    private func timezone(_ type: LogicalType, _ options: MappingReader?) -> String? {
        let own = options?.text("defaultTimezone")
        guard type == .timestamp(isInstant: true) else {
            if own != nil {
                options?.report(
                    "defaultTimezone", "has no meaning for \(type.contractName)", "remove it or write timezone: true")
            }
            return nil
        }
        return own ?? defaults.timezone
    }
}
