/// Rows on their way into a file, column by column: filled by whoever reads them, in any thread, and then given to
/// `ParquetWriter.append`.
package final class RowBatch {
    /// One for each leaf of the schema, in order; they live as long as the batch.
    package let columns: UnsafeMutableBufferPointer<ColumnBuffer>
    private let types: [ParquetType]

    package init(_ schema: ParquetSchema) {
        types = schema.leaves.map(\.type)
        columns = .allocate(capacity: schema.leaves.count)
        for (index, leaf) in schema.leaves.enumerated() { columns.initializeElement(at: index, to: ColumnBuffer(leaf)) }
    }

    deinit {
        columns.deinitialize()
        columns.deallocate()
    }

    /// The rows that are whole: every column has as many.
    package var rowCount: Int { columns[0].rowCount }

    /// Forgets the rows and keeps the memory.
    package func removeAll() { for index in columns.indices { columns[index].removeAll() } }

    // MARK: Looking into rows; for columns outside lists

    /// The value of a column in a row, nil for null. Finding the row takes a step for each row before it.
    package func value(ofRow row: Int, column: Int) -> PlainValue? {
        let place = columns[column].place(after: .init(), rows: row, byteLimit: .max)
        return columns[column].valueBytes(at: place).map { PlainValue(Array($0), type: types[column]) }
    }

    /// Stretches of rows in which each of the columns keeps its value, in order; together they are all rows.
    package func runs(of numbers: [Int]) -> [Range<Int>] {
        var starts: Set<Int> = [0]
        for number in numbers {
            var place = ColumnBuffer.Place()
            var previous = UnsafeRawBufferPointer?.none
            for row in 0..<rowCount {
                let value = columns[number].valueBytes(at: place)
                if row > 0, !Self.isEqual(value, previous) { starts.insert(row) }
                previous = value
                place = columns[number].place(after: place, rows: 1, byteLimit: .max)
            }
        }
        guard rowCount > 0 else { return [] }
        let sorted = starts.sorted()
        return zip(sorted, sorted.dropFirst() + [rowCount]).map { $0..<$1 }
    }

    private static func isEqual(_ left: UnsafeRawBufferPointer?, _ right: UnsafeRawBufferPointer?) -> Bool {
        guard let left, let right else { return left == nil && right == nil }
        return left.elementsEqual(right)
    }
}
