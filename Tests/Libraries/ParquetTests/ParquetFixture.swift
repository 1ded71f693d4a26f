import Bytes
import Testing

@testable import Parquet

/// What tests put into a column.
enum Cell: Equatable {
    case null
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
    case text(String)
    case decimal(Int128)
}

/// Writes flat tables for tests.
func parquet(
    _ fields: [ParquetField], _ rows: [[Cell]], threads: Int = 1, batchRows: Int = 37,
    _ adjust: (inout ParquetOptions) -> Void = { _ in }
) throws -> (bytes: [UInt8], summary: ParquetSummary) {
    var options = ParquetOptions()
    options.createdBy = "test version 1.0.0"
    adjust(&options)
    let sink = MemorySink()
    let schema = try ParquetSchema(fields)
    let writer = try ParquetWriter(
        schema, options: options, pool: EncodingPool(WorkPool(threadCount: threads)), sink: sink)
    // Batches of a length that has nothing to do with pages and row groups.
    let batch = RowBatch(schema)
    for (number, row) in rows.enumerated() {
        for (column, cell) in row.enumerated() {
            switch cell {
            case .null: batch.columns[column].appendNull()
            case .integer(let value): batch.columns[column].append(value)
            case .double(let value): batch.columns[column].append(value)
            case .boolean(let value): batch.columns[column].append(value)
            case .text(let value): Array(value.utf8).withUnsafeBytes { batch.columns[column].append($0) }
            case .decimal(let value): batch.columns[column].append(value)
            }
        }
        if number % batchRows == batchRows - 1 || number == rows.count - 1 {
            #expect(try writer.append(batch) == batch.rowCount)
            batch.removeAll()
        }
    }
    let summary = try writer.finish()
    return (sink.bytes, summary)
}
