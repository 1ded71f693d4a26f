import Bytes
import Contracts
import Digests
import NDJSON
import Parquet
import StageKit

/// The columns of the file, in order, and what becomes of keys that are none of them.
struct TableDefinition {
    struct Column: Equatable {
        let name: String
        let shape: ColumnShape
        let isRequired: Bool

        init(name: String, type: LogicalType, isRequired: Bool) {
            self.init(name: name, shape: .value(type), isRequired: isRequired)
        }

        /// Lists and groups are never required.
        init(name: String, shape: ColumnShape, isRequired: Bool = false) {
            self.name = name
            self.shape = shape
            self.isRequired = isRequired
        }

        /// Nil for lists and groups.
        var type: LogicalType? { if case .value(let type) = shape { type } else { nil } }
    }

    /// Where the columns come from, and so what becomes of a key that is none of them.
    enum Origin: Equatable {
        case contract(dropsUnknownKeys: Bool)
        /// All rows were looked at.
        case inferred
        /// So many rows from the front were looked at.
        case sampled(rowCount: Int)
    }

    let columns: [Column]
    let origin: Origin
    /// What the file says about where its types come from.
    let keyValues: [(key: String, value: String)]
    let settings: ParquetSettings?
    /// Which contract was read, for the report.
    var identity: JSONValue?

    /// The columns of a dataset. `reference` is `FILE` or `FILE#dataset`.
    static func load(contract reference: String, log: Log) throws(StageFailure) -> TableDefinition {
        do throws(ContractError) {
            let (contract, dataset) = try Contract.load(reference: reference)
            return TableDefinition(contract, dataset)
        } catch {
            for message in error.messages.dropLast() { log.error(message) }
            throw .badConfiguration(error.messages.last ?? "\(reference): unusable")
        }
    }

    var dropsUnknownKeys: Bool { origin == .contract(dropsUnknownKeys: true) }

    /// What to tell whoever meets a key that no column takes.
    func unknownKeyMessage(_ name: String) -> String {
        if case .contract = origin { return "column \(name) is unknown to the contract" }
        return "column \(name) is none of those that were inferred\(hint)"
    }

    /// Why types that were inferred may not fit; empty for others.
    var hint: String {
        guard case .sampled(let rowCount) = origin else { return "" }
        return "; columns were inferred from the first \(rowCount) rows of a stream: give a file or a contract"
    }

    /// A column that an option names, which must hold values.
    func column(named name: String, for option: String) throws(StageFailure) -> (index: Int, type: LogicalType) {
        guard let index = columns.firstIndex(where: { $0.name == name }) else {
            throw .usage("\(option): there is no column \(name)")
        }
        guard let type = columns[index].type else {
            throw .usage("\(option): column \(name) is \(columns[index].shape.typeName)")
        }
        return (index, type)
    }

    /// The number of a column's first leaf.
    func firstLeaf(of column: Int) -> Int { columns[..<column].reduce(0) { $0 + $1.shape.leafCount } }

    func schema() throws(StageFailure) -> ParquetSchema { try schema(of: Array(columns.indices)) }

    /// The schema of some of the columns.
    func schema(of numbers: [Int]) throws(StageFailure) -> ParquetSchema {
        do throws(ParquetError) {
            return try ParquetSchema(
                numbers.map {
                    ParquetField(
                        columns[$0].name, shape: columns[$0].shape.parquet, isRequired: columns[$0].isRequired)
                })
        } catch {
            throw .badConfiguration(error.message)
        }
    }
}

extension TableDefinition {
    init(_ contract: Contract, _ dataset: Dataset) {
        columns = dataset.columns.map { Column(name: $0.name, type: $0.type, isRequired: !$0.isNullable) }
        origin = .contract(dropsUnknownKeys: dataset.rows.unknownColumns == .discard)
        let hash = MessageDigest.hex(.sha256, of: contract.bytes)
        keyValues = [
            ("contract.id", contract.id), ("contract.version", contract.version), ("contract.sha256", hash),
        ]
        identity = .object([
            "id": .string(contract.id), "version": .string(contract.version), "dataset": .string(dataset.name),
            "sha256": .string(hash),
        ])
        settings = dataset.parquet
    }
}

extension ParquetType {
    /// How a column of a contract is stored.
    init(_ type: LogicalType) {
        switch type {
        case .string, .json: self = .string
        case .integer(.i8), .integer(.i16), .integer(.i32), .integer(.u8), .integer(.u16): self = .int32
        case .integer(.u32), .integer(.i64): self = .int64
        case .decimal(let precision, let scale): self = .decimal(precision: precision, scale: scale)
        case .double: self = .double
        case .boolean: self = .boolean
        case .date: self = .date
        case .time: self = .time
        case .timestamp(let isInstant): self = .timestamp(isInstant: isInstant)
        }
    }
}
