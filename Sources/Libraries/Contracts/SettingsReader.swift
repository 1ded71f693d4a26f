/// Reads the extensions `source`, `guard` and `parquet` of a schema object.
struct SettingsReader {
    private let extensions: Extensions
    private let columns: ColumnNames

    init(_ extensions: Extensions, _ columns: ColumnNames) {
        self.extensions = extensions
        self.columns = columns
    }

    func source() -> SourceSettings? {
        guard let reader = extensions.mapping("source", keys: ["files", "sheet", "header", "range", "table"]) else {
            return nil
        }
        let globs = reader.texts("files")?.enumerated().compactMap { index, text in
            glob(text, reader["files"], reader, "files[\(index)]")
        }
        if globs == nil, reader["files"] == nil {
            reader.report("files", "is missing", "say which files hold the dataset")
        }
        let range = reader.text("range")
        if let range, !isRange(range) {
            reader.report("range", "\(range) is no range of cells", "write two corners, as in A1:H99")
        }
        if range != nil, reader["table"] != nil { reader.report("table", "stands beside range", "keep one of them") }
        return SourceSettings(
            files: globs ?? [], sheets: sheets(reader), header: header(reader), range: range,
            table: reader.text("table"))
    }

    func guards() -> GuardSettings {
        guard let reader = extensions.mapping("guard", keys: ["maxRejects", "maxShrink"]) else {
            return GuardSettings(maximumRejects: nil, maximumShrink: GuardSettings.defaultShrink)
        }
        var limit: GuardSettings.RejectLimit?
        if let node = reader["maxRejects"], case .scalar(let text, let isPlain) = node.content {
            if isPlain, let rows = Int(text), rows >= 0 {
                limit = .rows(rows)
            } else if let share = Share(percentText: text) {
                limit = .share(share)
            } else {
                reader.report("maxRejects", "\(text) is no limit", "write a number of rows, or a share such as \"5%\"")
            }
        } else if reader["maxRejects"] != nil {
            reader.report("maxRejects", "is no single value", "write a number of rows, or a share such as \"5%\"")
        }
        var shrink = GuardSettings.defaultShrink
        if let text = reader.text("maxShrink") {
            if let share = Share(percentText: text) {
                shrink = share
            } else {
                reader.report("maxShrink", "\(text) is no share", "write it as \"80%\"")
            }
        }
        return GuardSettings(maximumRejects: limit, maximumShrink: shrink)
    }

    func parquet() -> ParquetSettings {
        let keys: Set<String> = [
            "codec", "level", "rowGroupRows", "pageRows", "splitBytes", "sortBy", "bloom", "encoding",
        ]
        guard let reader = extensions.mapping("parquet", keys: keys) else { return .defaults }
        var encodings: [ParquetSettings.ColumnEncoding] = []
        if let entries = reader.mapping("encoding", keys: Set(columns.names)) {
            for (index, name) in columns.names.enumerated() {
                let encoding = entries.choice(
                    name,
                    ["plain": ParquetSettings.Encoding.plain, "delta": .delta, "dictionary": .dictionary])
                if let encoding { encodings.append(ParquetSettings.ColumnEncoding(field: index, encoding: encoding)) }
            }
        }
        return ParquetSettings(
            codec: reader.choice("codec", ["zstd": ParquetSettings.Codec.zstd, "gzip": .gzip, "none": .none]),
            level: reader.whole("level", 1...22), rowGroupRows: reader.whole("rowGroupRows", 1...Int(Int32.max)),
            pageRows: reader.whole("pageRows", 1...Int(Int32.max)), splitBytes: reader.whole("splitBytes", 1...(.max)),
            sortBy: columns.indexes(reader, "sortBy"), bloom: columns.indexes(reader, "bloom"),
            encodings: encodings)
    }

    private func glob(_ text: String, _ node: YAMLNode?, _ reader: MappingReader, _ key: String) -> Glob? {
        do throws(GlobError) {
            return try Glob(text)
        } catch {
            reader.log.add(node ?? reader.node, reader.path(of: key), "\(text) \(error)", "correct the pattern")
            return nil
        }
    }

    private func sheets(_ reader: MappingReader) -> [SheetSelector] {
        guard let node = reader["sheet"] else { return [] }
        guard case .sequence(let items) = node.content else { return sheet(node, "sheet", reader).map { [$0] } ?? [] }
        if items.isEmpty { reader.report("sheet", "is empty", "name a sheet, or remove the key") }
        return items.enumerated().compactMap { sheet($1, "sheet[\($0)]", reader) }
    }

    /// A plain number is a position; everything else is a name.
    private func sheet(_ node: YAMLNode, _ key: String, _ reader: MappingReader) -> SheetSelector? {
        if case .scalar(let text, true) = node.content, let position = Int(text) {
            if (1...SettingsReader.sheetLimit).contains(position) { return .position(position) }
            reader.log.add(
                node, reader.path(of: key), "\(text) is no position of a sheet",
                "count from 1, or put a name in quotes")
            return nil
        }
        guard let text = MappingReader.text(node, reader.path(of: key), reader.log) else { return nil }
        return glob(text, node, reader, key).map { .name($0) }
    }

    private func header(_ reader: MappingReader) -> HeaderSetting {
        guard let node = reader["header"] else { return .automatic }
        if case .scalar(let text, true) = node.content {
            if text == "auto" { return .automatic }
            if text == "none" { return .none }
            if let row = Int(text), (1...SettingsReader.rowLimit).contains(row) { return .row(row) }
        }
        reader.report("header", "says no header", "write auto, none, or the number of the header's row")
        return .automatic
    }

    /// What a sheet of Excel can have.
    private static let rowLimit = 1_048_576
    private static let sheetLimit = 10_000

    /// Two cells with a colon between them.
    private func isRange(_ text: String) -> Bool {
        let corners = text.split(separator: ":", omittingEmptySubsequences: false)
        return corners.count == 2 && corners.allSatisfy(isCell)
    }

    private func isCell(_ text: Substring) -> Bool {
        var rest = text.utf8[...]
        if rest.first == UInt8(ascii: "$") { rest = rest.dropFirst() }
        let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        rest = rest.dropFirst(letters.count)
        if rest.first == UInt8(ascii: "$") { rest = rest.dropFirst() }
        guard (1...3).contains(letters.count), (1...7).contains(rest.count),
            rest.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let row = Int(String(decoding: rest, as: UTF8.self))
        else { return false }
        return (1...SettingsReader.rowLimit).contains(row)
    }
}
