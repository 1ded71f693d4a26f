internal import NDJSON

/// The tables that a warehouse has, to be compared with those that it should have.
struct WarehouseCatalog {
    private var columns: [String: [TableShape.Column]] = [:]

    private let dialect: SQLDialect

    /// The query whose rows `init` takes.
    static func query(_ dialect: SQLDialect) -> String {
        switch dialect {
        case .duckdb:
            """
            SELECT 'column' AS kind, schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() \
            WHERE database_name = '\(DuckDBWarehouse.catalog)' AND NOT internal \
            ORDER BY schema_name, table_name, column_index
            """
        case .snowflake:
            """
            SELECT 'column' AS kind, table_schema AS schema_name, table_name, column_name, CASE \
            WHEN data_type = 'NUMBER' THEN data_type || '(' || numeric_precision || ',' || numeric_scale || ')' \
            WHEN data_type = 'TEXT' THEN 'VARCHAR' WHEN data_type = 'OBJECT' THEN 'VARIANT' \
            WHEN data_type = 'TIME' OR data_type LIKE 'TIMESTAMP%' THEN data_type || '(6)' ELSE data_type END AS data_type, \
            is_nullable = 'YES' AS is_nullable FROM \(dialect.catalog).INFORMATION_SCHEMA.COLUMNS \
            WHERE table_schema NOT IN ('INFORMATION_SCHEMA', 'MARTS', 'STAGING') \
            ORDER BY table_schema, table_name, ordinal_position
            """
        }
    }

    init(_ dialect: SQLDialect) { self.dialect = dialect }

    init(_ rows: [JSONObject], _ dialect: SQLDialect) {
        self.dialect = dialect
        for row in rows where row["kind"]?.string == "column" {
            guard let schema = row["schema_name"]?.string, let table = row["table_name"]?.string,
                let name = row["column_name"]?.string, let type = row["data_type"]?.string
            else { continue }
            columns[Self.key(schema, table), default: []].append(
                .init(name, type, isNullable: row["is_nullable"]?.bool ?? true))
        }
    }

    func has(_ table: TableShape) -> Bool { columns[Self.key(table.schema, table.name)] != nil }

    /// The columns of a table as they are; nil when it is not there.
    func columns(of table: TableName) -> [TableShape.Column]? { columns[Self.key(table.schema, table.name)] }

    // Neither warehouse has two tables whose names differ in case alone, as we name them.
    private static func key(_ schema: String, _ table: String) -> String { "\(schema).\(table)".lowercased() }

    /// What is wrong with a table; nil when nothing is. Columns that only the table has are left alone: they hold the
    /// history of older contracts.
    func drift(of table: TableShape) -> TableDrift? {
        guard let present = columns[Self.key(table.schema, table.name)] else {
            return TableDrift(table: table, dialect: dialect, isMissing: true)
        }
        var drift = TableDrift(table: table, dialect: dialect, isMissing: false)
        for column in table.columns {
            if let found = present.first(where: { $0.name.lowercased() == column.name.lowercased() }) {
                if found.type != dialect.type(column.type) { drift.differing.append((column, found.type)) }
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
    let dialect: SQLDialect
    let isMissing: Bool
    var absent: [TableShape.Column] = []
    var differing: [(column: TableShape.Column, found: String)] = []

    init(table: TableShape, dialect: SQLDialect, isMissing: Bool) {
        self.table = table
        self.dialect = dialect
        self.isMissing = isMissing
    }

    /// One line per difference, each with the statement that mends it.
    var messages: [String] {
        if isMissing { return ["\(table.shortName) is missing: run with --create"] }
        return absent.map { "\(table.shortName) lacks \($0.name): --evolve, or \(addition($0))" }
            + differing.map { column, found in
                "\(table.shortName).\(column.name) is \(found), not \(dialect.type(column.type)): ALTER TABLE "
                    + "\(dialect.name(table)) ALTER COLUMN \(dialect.identifier(column.name)) SET DATA TYPE "
                    + dialect.type(column.type)
            }
    }

    /// The statements that make the table, or add what it lacks.
    var statements: [String] {
        isMissing
            ? dialect.creation(of: table)
            : absent.flatMap { [addition($0)] + dialect.comment(on: $0, in: table) }
    }

    private func addition(_ column: TableShape.Column) -> String {
        // The rows that are there have no value for it, whatever the column will ask of later ones.
        "ALTER TABLE \(dialect.name(table)) ADD COLUMN \(dialect.identifier(column.name)) \(dialect.type(column.type))"
    }
}

extension SQLDialect {
    /// The statements that make a table where it is missing.
    func creation(of table: TableShape) -> [String] {
        let list = table.columns.map { column in
            "\(identifier(column.name)) \(type(column.type))\(column.isNullable ? "" : " NOT NULL")"
                + (self == .duckdb ? "" : column.comment.map { " COMMENT \(literal($0))" } ?? "")
        }
        let statement = "CREATE TABLE IF NOT EXISTS \(name(table)) (\(list.joined(separator: ", ")))"
        guard self == .duckdb else {
            // One statement, for each is a trip of its own.
            return [statement + (table.comment.map { " COMMENT = \(literal($0))" } ?? "")]
        }
        return [statement] + (table.comment.map { ["COMMENT ON TABLE \(name(table)) IS \(literal($0))"] } ?? [])
            + table.columns.flatMap { comment(on: $0, in: table) }
    }

    func comment(on column: TableShape.Column, in table: TableShape) -> [String] {
        column.comment.map { ["COMMENT ON COLUMN \(name(table)).\(identifier(column.name)) IS \(literal($0))"] } ?? []
    }
}
