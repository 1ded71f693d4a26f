internal import NDJSON

/// The tables that a warehouse has, to be compared with those that it should have.
struct WarehouseCatalog {
    private var columns: [String: [TableShape.Column]] = [:]

    /// The query whose rows `init` takes.
    static let query = """
        SELECT 'column' AS kind, schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() \
        WHERE database_name = '\(DuckDBWarehouse.catalog)' AND NOT internal \
        ORDER BY schema_name, table_name, column_index
        """

    init() {}

    init(_ rows: [JSONObject]) {
        for row in rows where row["kind"]?.string == "column" {
            guard let schema = row["schema_name"]?.string, let table = row["table_name"]?.string,
                let name = row["column_name"]?.string, let type = row["data_type"]?.string
            else { continue }
            columns["\(schema).\(table)", default: []].append(
                .init(name, type, isNullable: row["is_nullable"]?.bool ?? true))
        }
    }

    func has(_ table: TableShape) -> Bool { columns[table.shortName] != nil }

    /// What is wrong with a table; nil when nothing is. Columns that only the table has are left alone: they hold the
    /// history of older contracts.
    func drift(of table: TableShape) -> TableDrift? {
        guard let present = columns[table.shortName] else { return TableDrift(table: table, isMissing: true) }
        var drift = TableDrift(table: table, isMissing: false)
        for column in table.columns {
            if let found = present.first(where: { $0.name.lowercased() == column.name.lowercased() }) {
                if found.type != column.type { drift.differing.append((column, found.type)) }
            } else {
                drift.absent.append(column)
            }
        }
        return drift.absent.isEmpty && drift.differing.isEmpty ? nil : drift
    }
}

/// How a table differs from what it should be, and the statements that would mend it.
struct TableDrift {
    let table: TableShape
    let isMissing: Bool
    var absent: [TableShape.Column] = []
    var differing: [(column: TableShape.Column, found: String)] = []

    init(table: TableShape, isMissing: Bool) {
        self.table = table
        self.isMissing = isMissing
    }

    /// One line per difference, each with the statement that mends it.
    var messages: [String] {
        if isMissing { return ["\(table.shortName) is missing: run with --create"] }
        return absent.map { "\(table.shortName) lacks \($0.name): --evolve, or \(addition($0))" }
            + differing.map { column, found in
                "\(table.shortName).\(column.name) is \(found), not \(column.type): ALTER TABLE \(table.sqlName) ALTER COLUMN "
                    + "\(SQLText.identifier(column.name)) SET DATA TYPE \(column.type)"
            }
    }

    /// The statements that make the table, or add what it lacks.
    var statements: [String] {
        isMissing
            ? table.creation
            : absent.flatMap { [addition($0)] + table.comment(on: $0) }
    }

    private func addition(_ column: TableShape.Column) -> String {
        // The rows that are there have no value for it, whatever the column will ask of later ones.
        "ALTER TABLE \(table.sqlName) ADD COLUMN \(SQLText.identifier(column.name)) \(column.type)"
    }
}

extension TableShape {
    /// The statements that make the table where it is missing.
    var creation: [String] {
        let list = columns.map { column in
            "\(SQLText.identifier(column.name)) \(column.type)\(column.isNullable ? "" : " NOT NULL")"
        }
        var statements = ["CREATE TABLE IF NOT EXISTS \(sqlName) (\(list.joined(separator: ", ")))"]
        if let comment { statements.append("COMMENT ON TABLE \(sqlName) IS \(SQLText.literal(comment))") }
        return statements + columns.flatMap { self.comment(on: $0) }
    }

    func comment(on column: Column) -> [String] {
        column.comment.map {
            ["COMMENT ON COLUMN \(sqlName).\(SQLText.identifier(column.name)) IS \(SQLText.literal($0))"]
        } ?? []
    }
}
