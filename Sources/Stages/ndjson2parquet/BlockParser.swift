import Bytes
import NDJSON
import Parquet

/// Turns blocks of lines into batches of rows. Each thread has its own.
final class BlockParser {
    private var record = RecordView()
    private var binder: RowBinder
    private let lineLimit: Int

    init(_ table: TableDefinition, lineLimit: Int = LineReader.defaultLineLimit) {
        binder = RowBinder(table)
        self.lineLimit = lineLimit
    }

    /// Parses all lines of a block, up to the first that cannot be written.
    func parse(_ block: RowBlock) {
        let droppedBefore = binder.droppedCount
        defer { block.droppedCount = binder.droppedCount - droppedBefore }
        if block.lines.isTooLong {
            block.problem = (1, tooLong)
            return
        }
        let lines = block.lines
        let span = lines.bytes
        span.withUnsafeBytes { bytes in
            var start = 0
            if block.isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                block.hasByteOrderMark = true
                start = 3
            }
            while start < bytes.count {
                let stop = ByteScan.firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
                block.lineCount += 1
                if let message = parseLine(UnsafeRawBufferPointer(rebasing: bytes[start..<stop]), block) {
                    block.problem = (block.lineCount, message)
                    return
                }
                start = stop + 1
            }
        }
    }

    private var tooLong: String { "the line is longer than \(lineLimit) bytes" }

    /// Gives a line to the batch; says what is wrong with it.
    @inline(__always)
    private func parseLine(_ line: UnsafeRawBufferPointer, _ block: RowBlock) -> String? {
        if line.first != 0x7B, line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
            block.blankCount += 1
            return nil
        }
        if line.count > lineLimit { return tooLong }
        do throws(JSONError) {
            try record.parse(line)
        } catch {
            return error.message
        }
        do throws(RowProblem) {
            try binder.append(record, of: line, to: block.batch.columns)
        } catch {
            return error.message
        }
        return nil
    }
}
