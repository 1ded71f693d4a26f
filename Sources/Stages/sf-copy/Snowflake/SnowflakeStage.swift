internal import NDJSON
internal import StageKit

/// The stage through which Snowflake reads the lake: a named place that stands for the lake's root.
struct SnowflakeStage: Equatable {
    /// COPY takes at most so many names at once.
    static let fileLimit = 1000
    /// How the statements that copy files begin.
    static let copyVerb = "COPY INTO "

    let database: String
    let schema: String
    let name: String
    /// The lake that the stage stands for, without `/` at its end; nil when nobody said.
    let lake: String?

    /// - Parameter text: `@NAME`, `@SCHEMA.NAME` or `@DATABASE.SCHEMA.NAME`.
    init(_ text: String, database: String, lake: String?) throws(StageFailure) {
        guard text.hasPrefix("@") else { throw .usage("--stage \(text): a stage begins with @") }
        var parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...3).contains(parts.count), !parts.contains("") else {
            throw .usage("--stage \(text): not @NAME, @SCHEMA.NAME or @DATABASE.SCHEMA.NAME")
        }
        if parts.count == 1 { parts.insert("OPS", at: 0) }
        if parts.count == 2 { parts.insert(database, at: 0) }
        (self.database, schema, name) = (parts[0], parts[1], parts[2])
        self.lake = lake.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// Quoted, as statements name it.
    var sqlName: String {
        [database, schema, name].map { SQLText.identifier(SQLDialect.upperCase($0)) }.joined(separator: ".")
    }

    /// What COPY calls a file: its path below the stage's root. Nil for a file that lies elsewhere.
    func relativePath(_ url: String) -> String? {
        guard let lake, url.hasPrefix(lake + "/") else { return nil }
        let path = url.dropFirst(lake.count + 1)
        return path.isEmpty || path.split(separator: "/").contains("..") ? nil : String(path)
    }

    /// Where the stage must lie to stand for the lake: Snowflake reads ADLS Gen2 at its blob endpoint. Nil for a lake
    /// that Snowflake cannot read, such as a folder of this machine.
    var url: String? { lake.flatMap(Self.blobAddress) }

    /// `azure://account.blob.core.windows.net/container/path/` from `abfss://container@account.dfs.core.windows.net/path`.
    /// The `/` at the end keeps siblings out: without it `/data` also takes `/data2`.
    static func blobAddress(_ lake: String) -> String? {
        for scheme in ["abfss://", "abfs://"] where lake.hasPrefix(scheme) {
            let rest = lake.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" }
            let parts = authority.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
            let host = parts[1].replacing(".dfs.", with: ".blob.", maxReplacements: 1)
            var path = String(rest[authority.endIndex...])
            while path.hasSuffix("/") { path.removeLast() }
            return "azure://\(host)/\(parts[0])\(path)/"
        }
        return nil
    }

    /// A row of COPY's answer, marked, with its file as manifests name it.
    func copied(_ row: JSONObject) -> JSONObject {
        var row = row
        row["kind"] = .string(CopyReport.kind)
        if let file = row["file"]?.string { row["file"] = .string(lakeAddress(file)) }
        return row
    }

    /// Where a file of COPY's answer lies, which names it by its whole address or below the stage.
    private func lakeAddress(_ file: String) -> String {
        guard let lake else { return file }
        if let url, file.hasPrefix(url) { return "\(lake)/\(file.dropFirst(url.count))" }
        return file.contains("://") ? file : "\(lake)/\(file)"
    }

    /// The statements that copy files into a table, in batches.
    func copies(of paths: [String], into table: String, numbersRows: Bool = false) -> [String] {
        let numbers = numbersRows ? " INCLUDE_METADATA = (_file_row = METADATA$FILE_ROW_NUMBER)" : ""
        return stride(from: 0, to: paths.count, by: Self.fileLimit).map { start in
            let names = paths[start..<min(start + Self.fileLimit, paths.count)].map { SnowflakeText.literal($0) }
            return """
                \(Self.copyVerb)\(table) FROM @\(sqlName)/ FILES = (\(names.joined(separator: ", "))) \
                FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE USE_VECTORIZED_SCANNER = TRUE) \
                MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE ON_ERROR = ABORT_STATEMENT\(numbers)
                """
        }
    }
}
