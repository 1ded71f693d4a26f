/// A table: one schema object of a contract, with the settings of its extensions.
package struct Dataset: Sendable {
    package let name: String
    package let description: String?
    /// In the order of the contract, which is the order of columns everywhere.
    package let fields: [Field]
    /// Indexes into `fields`, in the order of the key's parts.
    package let primaryKey: [Int]
    package let source: SourceSettings?
    package let rows: RowRules
    package let guards: GuardSettings
    package let parquet: ParquetSettings
    package let references: [Reference]
    /// Thresholds over the whole dataset or a column.
    package let qualityRules: [QualityRule]
    /// Rules that only other tools run (sql, custom, text): to be told, never passed silently.
    package let rulesNotRun: [String]

    package let place: FindingPlace
    private let positions: [String: Int]

    init(
        name: String, description: String?, fields: [Field], source: SourceSettings?, rows: RowRules,
        guards: GuardSettings, parquet: ParquetSettings, references: [Reference], qualityRules: [QualityRule],
        rulesNotRun: [String], place: FindingPlace
    ) {
        self.place = place
        self.name = name
        self.description = description
        self.fields = fields
        self.source = source
        self.rows = rows
        self.guards = guards
        self.parquet = parquet
        self.references = references
        self.qualityRules = qualityRules
        self.rulesNotRun = rulesNotRun
        primaryKey = fields.indices.filter { fields[$0].primaryKeyPosition != nil }
            .sorted { (fields[$0].primaryKeyPosition ?? 0, $0) < (fields[$1].primaryKeyPosition ?? 0, $1) }
        positions = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The position of the field of exactly that name.
    package func index(of fieldName: String) -> Int? { positions[fieldName] }

    /// Whether rows carry `_extra`, the JSON object of unknown columns.
    package var hasExtraColumn: Bool { rows.unknownColumns == .rescue }

    /// The columns of the dataset's Parquet files, and the first of its landing table: the fields, `_extra`, provenance.
    package var columns: [Column] {
        var columns = fields.enumerated().map { index, field in
            Column(
                name: field.name, type: field.type, isNullable: !field.isRequired, description: field.description,
                role: .field(index))
        }
        if hasExtraColumn {
            columns.append(
                Column(
                    name: ReservedName.extra, type: .json, isNullable: true,
                    description: "Columns of the source that the contract does not know.", role: .extra))
        }
        columns.append(provenance(ReservedName.sourceFile, .string(maximumLength: nil), "The file the row came from."))
        columns.append(
            provenance(ReservedName.sourceSheet, .string(maximumLength: nil), "The sheet the row came from."))
        columns.append(provenance(ReservedName.sourceRow, .integer(.i64), "The row's number in the sheet, from 1."))
        return columns
    }

    private func provenance(_ name: String, _ type: LogicalType, _ description: String) -> Column {
        Column(name: name, type: type, isNullable: true, description: description, role: .provenance)
    }
}

/// One column of the files and tables that hold a dataset.
package struct Column: Equatable, Sendable {
    package enum Role: Equatable, Sendable {
        /// The field of the contract with that index.
        case field(Int)
        case extra
        case provenance
    }

    package let name: String
    package let type: LogicalType
    package let isNullable: Bool
    package let description: String?
    package let role: Role
}

/// The names that records may carry beside the contract's.
package enum ReservedName {
    package static let extra = "_extra"
    package static let sourceFile = "_source_file"
    package static let sourceSheet = "_source_sheet"
    package static let sourceRow = "_source_row"
    package static let sourceColumns = "_source_columns"
}

/// A foreign key: these fields of the dataset are those columns of another.
package struct Reference: Sendable {
    package let fields: [Int]
    package let dataset: String
    package let columns: [String]
    /// Where the contract says so.
    let place: FindingPlace
}

/// What happens to whole rows and columns: drift and duplicates.
package struct RowRules: Equatable, Sendable {
    package let headerMatch: HeaderMatch
    package let unknownColumns: UnknownColumns
    package let missingColumns: MissingColumns
    package let dedupe: Dedupe?
}

/// How incoming names are compared when neither name nor alias is equal.
package enum HeaderMatch: Equatable, Sendable {
    case exact, caseInsensitive, snake
}

/// What becomes of a column that the contract does not know.
package enum UnknownColumns: Equatable, Sendable {
    /// Kept in `_extra`.
    case rescue
    /// Ends the run.
    case freeze
    /// Dropped and counted.
    case discard
}

/// What becomes of a row in which a column of the contract is absent.
package enum MissingColumns: Equatable, Sendable {
    case null, reject, freeze
}

/// Which rows are duplicates, and which of them stays.
package struct Dedupe: Equatable, Sendable {
    package enum Keep: Equatable, Sendable {
        case first, last, latest
    }

    package enum Ties: Equatable, Sendable {
        case firstSeen, lastSeen, reject
    }

    /// Field indexes; empty when whole rows are compared.
    package let keys: [Int]
    package let isExact: Bool
    package let keep: Keep
    /// Field indexes, for `latest`.
    package let orderBy: [Int]
    package let ties: Ties
}
