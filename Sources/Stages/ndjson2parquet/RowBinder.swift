import Bytes
import Contracts
import NDJSON
import Parquet

/// What is wrong with one line, for a person; the caller adds file and line.
struct RowProblem: Error, Equatable {
    let message: String

    /// Values are quoted to this many characters.
    private static let quoteLimit = 100

    init(_ message: String) { self.message = message }

    init(column: TableDefinition.Column, value: String?, problem: CellProblem, hint: String = "") {
        var text = "column \(column.name)"
        if let value {
            let quoted = value.unicodeScalars.prefix(Self.quoteLimit)
            text += ": \(String(String.UnicodeScalarView(quoted)))"
            if quoted.endIndex < value.unicodeScalars.endIndex { text += "…" }
        }
        message = "\(text): \(problem.reason) (\(column.shape.typeName))\(hint)"
    }
}

/// Gives the fields of each record to the columns they belong to. Which those are is looked up when the keys of the
/// records change, not for every record.
struct RowBinder {
    private let table: TableDefinition
    /// For each column its first leaf, and what reads it.
    private let readers: [Reader]
    private let columnByName: [String: Int]
    /// For each field of the record the number of its column, or `ignored`.
    private var targets: [Int] = []
    /// The columns that the record has no field for.
    private var absent: [Int] = []
    private var isBound = false
    private var scratch: [UInt8] = []
    /// Values of unknown keys that were dropped, as the contract allows.
    private(set) var droppedCount = 0

    private enum Reader {
        case value(CellReader, leaf: Int)
        case nested(NestedReader, leaf: Int)
    }

    private static let ignored = -1
    private static let dropped = -2

    init(_ table: TableDefinition) {
        self.table = table
        readers = table.columns.indices.map { index in
            let column = table.columns[index]
            let leaf = table.firstLeaf(of: index)
            guard let type = column.type else { return .nested(NestedReader(column.shape), leaf: leaf) }
            return .value(CellReader(type: type, isRequired: column.isRequired), leaf: leaf)
        }
        columnByName = Dictionary(
            table.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Gives one record to the columns: every column gets one entry.
    mutating func append(
        _ record: borrowing RecordView, of line: UnsafeRawBufferPointer,
        to columns: UnsafeMutableBufferPointer<ColumnBuffer>
    ) throws(RowProblem) {
        if !isBound || !record.keysAreUnchanged { try bind(record, line) }
        guard let column = columns.baseAddress else { return }
        let fields = record.fields
        for index in 0..<fields.count {
            let target = targets[index]
            if target < 0 {
                if target == Self.dropped { droppedCount += 1 }
                continue
            }
            let field = fields[index]
            do throws(CellProblem) {
                switch readers[target] {
                case .value(let reader, let leaf):
                    try reader.append(field.kind, field.value, of: line, to: column + leaf, scratch: &scratch)
                case .nested(let reader, let leaf):
                    try reader.append(field.kind, field.value, of: line, to: column + leaf, scratch: &scratch)
                }
            } catch {
                let text = field.kind == .null ? nil : String(decoding: line[field.value], as: UTF8.self)
                throw RowProblem(column: table.columns[target], value: text, problem: error, hint: table.hint)
            }
        }
        for target in absent {
            do throws(CellProblem) {
                switch readers[target] {
                case .value(let reader, let leaf): try reader.appendNull(to: column + leaf)
                case .nested(let reader, let leaf): reader.appendNull(to: column + leaf)
                }
            } catch {
                throw RowProblem(column: table.columns[target], value: nil, problem: error)
            }
        }
    }

    private mutating func bind(_ record: borrowing RecordView, _ line: UnsafeRawBufferPointer) throws(RowProblem) {
        targets.removeAll(keepingCapacity: true)
        var isAbsent = [Bool](repeating: true, count: table.columns.count)
        for field in record.fields {
            let name = Self.name(of: field, in: line)
            if let column = columnByName[name] {
                targets.append(column)
                isAbsent[column] = false
            } else if name == ReservedName.sourceColumns {
                targets.append(Self.ignored)
            } else if table.dropsUnknownKeys {
                targets.append(Self.dropped)
            } else {
                throw RowProblem(table.unknownKeyMessage(name))
            }
        }
        absent = isAbsent.indices.filter { isAbsent[$0] }
        isBound = true
    }

    /// The key of a field, unescaped.
    static func name(of field: RecordView.Field, in line: UnsafeRawBufferPointer) -> String {
        let raw = UnsafeRawBufferPointer(rebasing: line[field.key])
        guard field.keyHasEscapes else { return String(decoding: raw, as: UTF8.self) }
        var plain: [UInt8] = []
        JSONText.unescape(raw, into: &plain)
        return String(decoding: plain, as: UTF8.self)
    }
}
