internal import NDJSON
internal import StageKit

extension SFCopy {
    /// No table is printed that has more rows: all of them pass through memory.
    static let printedRowLimit = 1_000_000

    /// `--rows`: prints the rows of a landing or control table in no particular order, every value as a text that is the
    /// same whichever the warehouse: times as `2018-01-31T12:30:00.000000` in UTC, decimals with all their digits.
    func printRows(of table: TableName, in warehouse: any Warehouse, output: ResultOutput) throws(StageFailure) {
        let dialect = warehouse.dialect
        let catalog = try asking { () throws(WarehouseError) in try TableCreation.catalog(of: warehouse) }
        guard let columns = catalog.columns(of: table) else {
            throw .noInput("\(table.schema).\(table.name): there is no such table in \(warehouse.displayName)")
        }
        let values = columns.map { "\(dialect.text($0)) AS \(dialect.identifier($0.name))" }.joined(separator: ", ")
        let query = "SELECT \(values) FROM \(dialect.name(table.schema, table.name)) LIMIT \(Self.printedRowLimit + 1)"
        let rows = try asking { () throws(WarehouseError) in try warehouse.run(.reading, [query]) }
        guard rows.count <= Self.printedRowLimit else {
            throw .badData("\(table.schema).\(table.name) has more than \(Self.printedRowLimit) rows")
        }
        for row in rows {
            var line = JSONObject()
            for column in columns { line[column.name.lowercased()] = row[column.name.lowercased()] ?? .null }
            try output.print(line)
        }
        output.report.count("rows", rows.count)
    }
}

extension SQLDialect {
    /// A column's value as text, in the same form in both warehouses.
    func text(_ column: TableShape.Column) -> String {
        let name = identifier(column.name)
        switch self {
        case .duckdb:
            let format = "'%Y-%m-%dT%H:%M:%S.%f'"
            return switch column.type {
            case "TIMESTAMP": "strftime(\(name), \(format))"
            case "TIMESTAMP WITH TIME ZONE": "strftime(\(name) AT TIME ZONE 'UTC', \(format))"
            case "TIME": "strftime(DATE '1970-01-01' + \(name), '%H:%M:%S.%f')"
            default: "CAST(\(name) AS VARCHAR)"
            }
        case .snowflake:
            let format = "'YYYY-MM-DD\"T\"HH24:MI:SS.FF6'"
            // TO_CHAR means another thing with every type: which one stands beside it.
            if column.type.hasPrefix("TIMESTAMP_TZ") || column.type.hasPrefix("TIMESTAMP_LTZ") {
                return "TO_CHAR(CAST(CONVERT_TIMEZONE('UTC', \(name)) AS TIMESTAMP_NTZ(6)), \(format))"
            }
            if column.type.hasPrefix("TIMESTAMP") { return "TO_CHAR(CAST(\(name) AS TIMESTAMP_NTZ(6)), \(format))" }
            if column.type.hasPrefix("TIME") { return "TO_CHAR(CAST(\(name) AS TIME(6)), 'HH24:MI:SS.FF6')" }
            return switch column.type {
            case "DATE": "TO_CHAR(CAST(\(name) AS DATE), 'YYYY-MM-DD')"
            case "VARIANT": "TO_JSON(\(name))"
            default: "CAST(\(name) AS VARCHAR)"
            }
        }
    }
}
