internal import Contracts

/// A table as it should be, or as it is.
struct TableShape {
    struct Column: Equatable {
        let name: String
        /// As DuckDB names it; `SQLDialect.type` translates.
        let type: String
        let isNullable: Bool
        /// Whether every row that arrives has a value, whatever older rows have.
        let isRequired: Bool
        let comment: String?

        init(
            _ name: String, _ type: String, isNullable: Bool = true, isRequired: Bool = false, comment: String? = nil
        ) {
            self.name = name
            self.type = type
            self.isNullable = isNullable
            self.isRequired = isRequired
            self.comment = comment
        }
    }

    let schema: String
    let name: String
    let comment: String?
    let columns: [Column]

    /// `lnd.orders`.
    var shortName: String { "\(schema).\(name)" }
    /// What its row in ops.locks, and its rows in ops.deliveries, are called: the dataset, for its landing table.
    var lockName: String { schema == Self.landingSchema ? name : shortName }

    static let landingSchema = "lnd"

    /// The landing table of a dataset, or another table of its form: the columns of its Parquet files, the delivery, the time of loading.
    ///
    /// It has no keys, for history repeats them, and the contract's columns are nullable, for older deliveries may
    /// have been written under a contract that allowed it.
    static func landing(_ dataset: Dataset, as other: TableName? = nil) -> TableShape {
        let columns = dataset.columns.map {
            Column($0.name, type($0.type), isRequired: !$0.isNullable, comment: $0.description)
        }
        return TableShape(
            schema: other?.schema ?? landingSchema, name: other?.name ?? dataset.name, comment: dataset.description,
            columns: columns + deliveryColumns)
    }

    /// What every landed row carries beside its data.
    static let deliveryColumns = [
        Column("_delivery", "VARCHAR", isNullable: false, comment: "The delivery the row came with."),
        Column("_loaded_at", "TIMESTAMP", isNullable: false, comment: "When the row was loaded, in UTC."),
    ]

    private static func type(_ type: LogicalType) -> String {
        switch type {
        case .string: "VARCHAR"
        case .integer(.i64), .integer(.u32): "BIGINT"
        case .integer: "INTEGER"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .double: "DOUBLE"
        case .boolean: "BOOLEAN"
        case .date: "DATE"
        case .time: "TIME"
        case .timestamp(false): "TIMESTAMP"
        case .timestamp(true): "TIMESTAMP WITH TIME ZONE"
        case .json: "JSON"
        }
    }
}

/// A table's name as a user gives it: `schema.name`.
struct TableName: Equatable {
    let schema: String
    let name: String

    /// Nil for anything else, and for the control tables, which are ours and only to be looked at.
    init?(_ text: String, forReading: Bool = false) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
            forReading || parts[0].lowercased() != OpsTables.schema
        else { return nil }
        schema = String(parts[0])
        name = String(parts[1])
    }
}
