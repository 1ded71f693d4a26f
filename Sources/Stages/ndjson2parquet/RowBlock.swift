import Bytes
import Parquet

/// Whole lines of the input and what they became, while they go from the reader to a thread and on to the file.
final class RowBlock {
    let lines = LineBlock(capacity: 256 << 10)
    let batch: RowBatch
    /// True for the front of the input, where a byte order mark may stand.
    var isFirst = false
    /// The thread's work on this block.
    var task: WorkPool.Task?

    // What the thread found.
    var lineCount = 0
    var blankCount = 0
    var droppedCount = 0
    var hasByteOrderMark = false
    /// The first line that cannot be written, counted from 1 in this block; the batch is then unusable.
    var problem: (line: Int, message: String)?

    init(_ schema: ParquetSchema) { batch = RowBatch(schema) }

    func removeAll() {
        batch.removeAll()
        isFirst = false
        task = nil
        lineCount = 0
        blankCount = 0
        droppedCount = 0
        hasByteOrderMark = false
        problem = nil
    }
}
