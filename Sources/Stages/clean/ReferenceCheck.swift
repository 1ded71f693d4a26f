internal import ArgumentParser
internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// `--ref COLUMN=FILE`: the clean rows of another dataset, whose keys this one's column must be among.
struct ReferenceArgument: ExpressibleByArgument, Equatable, Sendable {
    /// Several for a composite key, separated by commas.
    let columns: [String]
    let path: String

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else { return nil }
        // The name may be given with its dataset, as in customers.customer_id.
        columns = parts[0].split(separator: ",", omittingEmptySubsequences: false).map { name in
            String(name.split(separator: ".").last ?? "")
        }
        path = String(parts[1])
        if columns.contains("") { return nil }
    }
}

/// What happens to a row whose reference is not found.
enum ReferenceMisses: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The row stays and is counted: the file that has the other row may come later.
    case warn
    case reject
}

/// The keys of another dataset.
final class ReferenceTable: Sendable {
    /// Indexes of the fields that refer.
    let fields: [Int]
    /// As in `orders.order_id`, for messages.
    let name: String
    private let keys: SharedKeys

    private struct SharedKeys: ~Copyable, @unchecked Sendable {
        // Never changed after it was filled.
        let table: KeyTable
    }

    /// Reads the keys from the file. Which columns they are in, the contract's foreign keys say; without one, the names
    /// are the same.
    init(_ argument: ReferenceArgument, _ dataset: Dataset) throws(StageFailure) {
        var fields: [Int] = []
        for column in argument.columns {
            guard let index = dataset.index(of: column) else {
                throw .usage("--ref: the contract has no column \(column)")
            }
            fields.append(index)
        }
        let reference = dataset.references.first { $0.fields == fields }
        self.fields = fields
        let columns = reference?.columns ?? argument.columns
        name = columns.map { (reference.map { "\($0.dataset)." } ?? "") + $0 }.joined(separator: ",")
        keys = SharedKeys(table: try Self.read(argument.path, columns))
    }

    func contains(_ key: RowKey) -> Bool { keys.table.contains(key) }

    private static func read(_ path: String, _ columns: [String]) throws(StageFailure) -> KeyTable {
        var table = KeyTable()
        var record = RecordView()
        do throws(IOError) {
            var reader = LineReader(try DataInput.open(path))
            var number = 0
            while let line = try reader.nextLine() {
                number += 1
                if line.byteCount == 0 { continue }
                do throws(JSONError) {
                    try record.parse(line)
                } catch {
                    throw IOError.corrupt(path: "\(path):\(number)", reason: error.message)
                }
                if let key = key(record, line, columns) { _ = table.insert(key) }
            }
        } catch {
            throw .input(error)
        }
        return table
    }

    /// The fingerprint of a record's key, or nil when a part of it is null or absent.
    private static func key(_ record: borrowing RecordView, _ line: RawSpan, _ columns: [String]) -> RowKey? {
        var hasher = RowKeyHasher()
        for column in columns {
            let name = Array(column.utf8)
            guard let field = record.fields.first(where: { RecordLayout.name(of: $0, in: line) == name }),
                field.kind != .null
            else { return nil }
            // As in the output: with quotes.
            let range = field.kind.isString ? field.value.lowerBound - 1..<field.value.upperBound + 1 : field.value
            hasher.add(line.extracting(range))
        }
        return hasher.finish()
    }
}
