import Bytes
import Parquet
import StageKit

/// A column to sort by, as `--sort-by` names it: `order_id`, or `price:desc`.
struct SortColumn: Equatable {
    let leaf: Int
    let isDescending: Bool

    /// A column whose name ends in `:desc` is found by its whole name.
    static func parse(_ text: String, in table: TableDefinition, for option: String) throws(StageFailure) -> SortColumn
    {
        let suffix = ":desc"
        let isWholeName = table.columns.contains { $0.name == text }
        let isDescending = !isWholeName && text.hasSuffix(suffix)
        let name = isDescending ? String(text.dropLast(suffix.count)) : text
        let index = try table.column(named: name, for: option).index
        return SortColumn(leaf: table.firstLeaf(of: index), isDescending: isDescending)
    }
}

/// The sort columns of a row as bytes that compare as the row does: null before all values, numbers by value, texts
/// by their bytes; a descending column turns round, so null comes last.
struct SortKey {
    private let columns: [SortColumn]
    private(set) var bytes: [UInt8] = []

    init(_ columns: [SortColumn]) { self.columns = columns }

    /// Takes the key of the only row of a batch.
    mutating func read(_ batch: RowBatch) {
        bytes.removeAll(keepingCapacity: true)
        for column in columns {
            let start = bytes.count
            if let value = batch.value(ofRow: 0, column: column.leaf) {
                bytes.append(1)
                append(value)
            } else {
                bytes.append(0)
            }
            guard column.isDescending else { continue }
            for place in start..<bytes.count { bytes[place] = ~bytes[place] }
        }
    }

    private mutating func append(_ value: PlainValue) {
        switch value {
        case .boolean(let truth): bytes.append(truth ? 1 : 0)
        case .integer(let number):
            // With the sign bit turned, two's complement compares as unsigned.
            appendBigEndian(UInt128(bitPattern: number) ^ (1 << 127))
        case .double(let number):
            let bits = number.bitPattern
            // Negative numbers grow with their magnitude the other way.
            appendBigEndian(bits >> 63 == 0 ? bits | 1 << 63 : ~bits)
        case .text(let text):
            bytes.append(contentsOf: text)
            // Texts have no U+0000 (the scanner refuses it), so that a text stands before its continuations.
            bytes.append(0)
        }
    }

    private mutating func appendBigEndian(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
