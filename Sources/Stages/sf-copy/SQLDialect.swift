internal import Bytes

/// How one of the two warehouses writes what both have. Every name and value of a statement goes through here.
enum SQLDialect: Equatable {
    /// The catalog is always attached as `ecom`.
    case duckdb
    /// Names are stored in upper case, as unquoted ones are.
    case snowflake(database: String)

    /// A quoted identifier: `"` is doubled, so any name is safe.
    func identifier(_ name: String) -> String {
        switch self {
        case .duckdb: SQLText.identifier(name)
        case .snowflake: SQLText.identifier(Self.upperCase(name))
        }
    }

    /// The name of a table with its database.
    func name(_ schema: String, _ table: String) -> String {
        "\(catalog).\(identifier(schema)).\(identifier(table))"
    }

    var catalog: String {
        switch self {
        case .duckdb: SQLText.identifier(DuckDBWarehouse.catalog)
        case .snowflake(let database): identifier(database)
        }
    }

    func name(_ table: TableShape) -> String { name(table.schema, table.name) }

    /// A string literal, or NULL for nil.
    func literal(_ text: String?) -> String {
        switch self {
        case .duckdb: SQLText.literal(text)
        case .snowflake: SnowflakeText.literal(text)
        }
    }

    func literal(_ number: Int?) -> String { SQLText.literal(number) }

    /// A timestamp literal in UTC, or NULL for nil.
    func literal(_ time: UTCTime?) -> String {
        guard let time else { return "NULL" }
        return switch self {
        case .duckdb: SQLText.literal(time)
        case .snowflake: "'\(time.text.dropLast().replacing("T", with: " "))'::TIMESTAMP_NTZ"
        }
    }

    /// A column of time as a number of milliseconds since 1970. Snowflake's answers are read as such anyway.
    func milliseconds(_ column: String) -> String {
        switch self {
        case .duckdb: "epoch_ms(\(column)) AS \(column)"
        case .snowflake: column
        }
    }

    /// A JSON value from its text, or NULL for nil.
    func json(_ text: String?) -> String {
        guard let text else { return "NULL" }
        return switch self {
        case .duckdb: literal(text)
        case .snowflake: "PARSE_JSON(\(literal(text)))"
        }
    }

    func list(_ texts: some Sequence<String>) -> String { texts.map { literal($0) }.joined(separator: ", ") }

    /// The time of the transaction in UTC, in whole milliseconds: after the warehouse has given us its lock, so that
    /// whoever had it before is older.
    var now: String {
        switch self {
        case .duckdb: "make_timestamp(epoch_ms(now()) * 1000)"
        // The session's time zone is UTC (`SnowflakeService`).
        case .snowflake: "DATE_TRUNC('MILLISECOND', CURRENT_TIMESTAMP()::TIMESTAMP_NTZ)"
        }
    }

    /// A query that ends the transaction unless `condition` holds; the message begins with `mark`.
    ///
    /// Snowflake has no function that raises an error; what is no number does, and its message quotes the text.
    ///
    /// - Parameter detail: an expression of text that follows the mark; nil for none.
    func check(_ condition: String, mark: String, detail: String? = nil, from source: String? = nil) -> String {
        let message = detail.map { "'\(mark): ' || \($0)" } ?? "'\(mark)'"
        let origin = source.map { " FROM \($0)" } ?? ""
        return switch self {
        case .duckdb: "SELECT CASE WHEN NOT (\(condition)) THEN error(\(message)) END AS checked\(origin)"
        case .snowflake: "SELECT CAST(IFF(\(condition), '1', \(message)) AS NUMBER(38, 0)) AS checked\(origin)"
        }
    }

    /// Inserts one row. Snowflake takes no PARSE_JSON in VALUES.
    func insertion(into table: TableShape, _ columns: [(name: String, value: String)]) -> String {
        let names = columns.map { identifier($0.name) }.joined(separator: ", ")
        let values = columns.map(\.value).joined(separator: ", ")
        return switch self {
        case .duckdb: "INSERT INTO \(name(table)) (\(names)) VALUES (\(values))"
        case .snowflake: "INSERT INTO \(name(table)) (\(names)) SELECT \(values)"
        }
    }

    /// Counts again how many rows of one delivery a table has: with its name as a constant, what holds others is passed over.
    func recount(of table: TableShape, delivery: String) -> String {
        guard self == .duckdb else { return recount(of: table, where: "delivery = \(literal(delivery))") }
        return """
            UPDATE \(name(OpsTables.deliveries)) SET rows_landed = (SELECT count(*) FROM \(name(table)) \
            WHERE _delivery = \(literal(delivery))) WHERE delivery = \(literal(delivery))
            """
    }

    /// Counts again how many rows of some deliveries a table has. Snowflake takes no correlated query in SET.
    func recount(of table: TableShape, where condition: String) -> String {
        let deliveries = name(OpsTables.deliveries)
        return switch self {
        case .duckdb:
            """
            UPDATE \(deliveries) AS control SET rows_landed = \
            (SELECT count(*) FROM \(name(table)) WHERE _delivery = control.delivery) WHERE \(condition)
            """
        case .snowflake:
            """
            UPDATE \(deliveries) SET rows_landed = counted.landed FROM (SELECT control.delivery AS id, \
            count(landed_rows._delivery) AS landed FROM (SELECT delivery FROM \(deliveries) WHERE \(condition)) AS control \
            LEFT JOIN \(name(table)) AS landed_rows ON landed_rows._delivery = control.delivery GROUP BY control.delivery) AS counted \
            WHERE delivery = counted.id
            """
        }
    }

    /// The type of a column: shapes name DuckDB's.
    func type(_ type: String) -> String {
        guard case .snowflake = self else { return type }
        return switch type {
        case "BIGINT", "INTEGER": "NUMBER(38,0)"
        case "DOUBLE": "FLOAT"
        case "TIME": "TIME(6)"
        case "TIMESTAMP": "TIMESTAMP_NTZ(6)"
        case "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_TZ(6)"
        case "JSON": "VARIANT"
        default: type.hasPrefix("DECIMAL") ? "NUMBER" + type.dropFirst("DECIMAL".count) : type
        }
    }

    /// ASCII letters only: as an unquoted identifier is stored.
    static func upperCase(_ name: String) -> String {
        String(
            String.UnicodeScalarView(
                name.unicodeScalars.map { scalar in
                    ("a"..."z").contains(scalar) ? Unicode.Scalar(scalar.value - 32) ?? scalar : scalar
                }))
    }
}
