internal import NDJSON
internal import StageKit

/// Snowflake. A transaction is one request; what it needs beside the tables lives in temporary ones of its session.
struct SnowflakeWarehouse: Warehouse {
    let database: String
    let service: SnowflakeService
    let stage: SnowflakeStage

    var dialect: SQLDialect { .snowflake(database: database) }
    var displayName: String { "Snowflake database \(SQLDialect.upperCase(database))" }

    func exists() throws(WarehouseError) -> Bool {
        do throws(WarehouseError) {
            _ = try service.run(
                ["SELECT 1 AS one FROM \(dialect.catalog).INFORMATION_SCHEMA.SCHEMATA LIMIT 1"], wanted: [])
            return true
        } catch {
            // 002003 and 002043: does not exist or not authorized, which look alike.
            if case .refused(let message) = error, message.contains("00200") || message.contains("00204") {
                return false
            }
            throw error
        }
    }

    func makeIfMissing() throws(WarehouseError) {
        if try exists() { return }
        _ = try service.run(["CREATE DATABASE IF NOT EXISTS \(dialect.catalog)"], wanted: [])
    }

    func run(_ access: WarehouseAccess, _ statements: [String]) throws(WarehouseError) -> [JSONObject] {
        let first = access == .reading ? 0 : statements.firstIndex(of: "COMMIT") ?? statements.count
        let wanted = statements.indices.filter { index in
            index >= first && statements[index].hasPrefix("SELECT")
                || statements[index].hasPrefix(SnowflakeStage.copyVerb)
        }
        let results = try service.run(statements, wanted: wanted, isChange: access == .writing)
        return zip(wanted, results).flatMap { index, rows in
            statements[index].hasPrefix(SnowflakeStage.copyVerb) ? rows.map(stage.copied) : rows
        }
    }

    func script(_ access: WarehouseAccess, _ statements: [String]) -> String {
        statements.map { "\($0);\n" }.joined()
    }

    func problems(of rows: ProcessedRows) throws(WarehouseError) -> [FileFinding] {
        var folders: Set<String> = []
        for file in rows.files {
            guard let path = stage.relativePath(file.url) else {
                let lake = stage.lake ?? "a lake (give --lake)"
                return [
                    .failed(file.url, "\(file.url) does not lie below \(lake), which stage \(stage.sqlName) stands for")
                ]
            }
            folders.insert(path.split(separator: "/").dropLast().joined(separator: "/"))
        }
        let present = try listing(of: folders.sorted())
        return rows.files.compactMap { file in
            guard let size = present[stage.relativePath(file.url) ?? ""] else {
                return FileFinding(
                    address: file.url, status: .missing, reason: "\(file.url): Snowflake sees no such file in the stage"
                )
            }
            guard let expected = file.byteCount, expected != size else { return nil }
            return .failed(file.url, "\(file.url): \(size) bytes long, the manifest says \(expected)")
        }
    }

    /// Lengths of the files in some folders of the stage, by their paths below its root.
    private func listing(of folders: [String]) throws(WarehouseError) -> [String: Int] {
        var lengths: [String: Int] = [:]
        for folder in folders {
            let place = SnowflakeText.literal("@\(stage.sqlName)/\(folder.isEmpty ? "" : folder + "/")")
            for row in try service.run(["LIST \(place)"], wanted: [0]).first ?? [] {
                // The whole address, whose end is the folder and what follows it.
                guard let name = row["name"]?.string, let size = row["size"].flatMap(Self.number),
                    let start = folder.isEmpty
                        ? stage.url.flatMap({ name.firstRange(of: $0)?.upperBound })
                        : name.firstRange(of: "/\(folder)/").map({ name.index(after: $0.lowerBound) })
                else { continue }
                lengths[String(name[start...])] = size
            }
        }
        return lengths
    }

    private static func number(_ value: JSONValue) -> Int? { value.integer ?? value.string.flatMap { Int($0) } }

    /// By what the stage tells of each: its MD5, or else its length and when it was written last.
    func describe(_ path: String) throws(StageFailure) -> FileLoader.File? {
        guard let place = stage.relativePath(path) else {
            throw .usage("\(path) does not lie below \(stage.lake ?? "a lake (give --lake)")")
        }
        let rows = try asking { () throws(WarehouseError) in
            try service.run(["LIST \(SnowflakeText.literal("@\(stage.sqlName)/\(place)"))"], wanted: [0]).first ?? []
        }
        // What lies beside it with a longer name is listed as well.
        guard let row = rows.first(where: { $0["name"]?.string?.hasSuffix("/\(place)") == true }),
            let size = row["size"].flatMap(Self.number)
        else { return nil }
        let version = "\(path) \(size) \(row["last_modified"]?.string ?? "")"
        let fingerprint = row["md5"]?.string.flatMap { $0.isEmpty ? nil : "md5:\($0)" } ?? version
        return FileLoader.File(path: path, byteCount: size, sha256: nil, fingerprint: fingerprint)
    }

    func arrival(
        of files: [LakeFile], for table: TableShape, delivery: String, holder: String, key: [String]
    ) -> Arrival {
        // A temporary table would hide another of its name: this one nobody else has.
        let nonce = holder.split(separator: " ").last.map(String.init) ?? holder
        let staging = dialect.name(table.schema, "\(table.name)__LOAD_\(nonce)")
        let columns = table.columns.filter { column in !TableShape.deliveryColumns.contains { $0.name == column.name } }
        let names = columns.map { dialect.identifier($0.name) }
        let values = columns.map { column in
            let name = dialect.identifier(column.name)
            return column.type == "JSON" ? "PARSE_JSON(\(name))" : name
        }
        let added = TableShape.deliveryColumns.map { dialect.identifier($0.name) }
        let paths = files.map { stage.relativePath($0.url) ?? $0.url }
        var insertion = """
            INSERT INTO \(dialect.name(table)) (\((names + added).joined(separator: ", "))) \
            SELECT \(values.joined(separator: ", ")), \(dialect.literal(delivery)), \(dialect.now) FROM \(staging)
            """
        var removal: [String] = []
        if !key.isEmpty {
            let keys = key.map { dialect.identifier($0) }.joined(separator: ", ")
            removal = ["DELETE FROM \(dialect.name(table)) WHERE (\(keys)) IN (SELECT \(keys) FROM \(staging))"]
            insertion += " QUALIFY row_number() OVER (PARTITION BY \(keys) ORDER BY _file_row DESC) = 1"
        }
        return Arrival(
            preparation: [creation(of: staging, columns, numbersRows: !key.isEmpty)]
                + stage.copies(of: paths, into: staging, numbersRows: !key.isEmpty),
            insertion: removal + [insertion], source: staging)
    }

    private func creation(of staging: String, _ columns: [TableShape.Column], numbersRows: Bool) -> String {
        let shapes = columns.map { column in
            // JSON comes as text: COPY would make a text of it in a VARIANT column as well.
            let type = column.type == "JSON" ? "VARCHAR" : dialect.type(column.type)
            // A file without the column would otherwise load as NULL in silence.
            return "\(dialect.identifier(column.name)) \(type)\(column.isRequired ? " NOT NULL" : "")"
        }
        let all = shapes + (numbersRows ? ["_file_row NUMBER(38,0)"] : [])
        return "CREATE TEMPORARY TABLE \(staging) (\(all.joined(separator: ", ")))"
    }
}
