import Bytes
import NDJSON
import Parquet

/// Turns blocks of lines into batches of rows. Each thread has its own.
final class BlockParser {
    /// What lives on from block to block. Behind a pointer, so that its use for every value is not checked for
    /// exclusivity at run time, as that of a class's variables is.
    private let state: UnsafeMutablePointer<LineParser>

    init(_ table: TableDefinition, lineLimit: Int = LineReader.defaultLineLimit) {
        state = .allocate(capacity: 1)
        state.initialize(to: LineParser(table, lineLimit: lineLimit))
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Parses all lines of a block, up to the first that cannot be written.
    func parse(_ block: RowBlock) { state.pointee.parse(block, eachRow: nil) }

    /// Parses the lines of a block one by one: `body` finds each row alone in the block's batch, is given its line, and
    /// says whether to go on.
    func parseRows(_ block: RowBlock, _ body: (UnsafeRawBufferPointer) -> Bool) {
        withoutActuallyEscaping(body) { state.pointee.parse(block, eachRow: $0) }
    }
}

/// Turns lines into rows of a batch.
struct LineParser: ~Copyable {
    private var record = RecordView()
    private var binder: RowBinder
    private let lineLimit: Int

    init(_ table: TableDefinition, lineLimit: Int) {
        binder = RowBinder(table)
        self.lineLimit = lineLimit
    }

    mutating func parse(_ block: RowBlock, eachRow: ((UnsafeRawBufferPointer) -> Bool)?) {
        let droppedBefore = binder.droppedCount
        defer { block.droppedCount = binder.droppedCount - droppedBefore }
        if block.lines.isTooLong {
            block.problem = (1, tooLong)
            return
        }
        let lines = block.lines
        let span = lines.bytes
        let columns = block.batch.columns
        span.withUnsafeBytes { bytes in
            var start = 0
            var lineCount = 0
            defer { block.lineCount = lineCount }
            if block.isFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                block.hasByteOrderMark = true
                start = 3
            }
            while start < bytes.count {
                let stop = ByteScan.firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
                let line = UnsafeRawBufferPointer(rebasing: bytes[start..<stop])
                start = stop + 1
                lineCount += 1
                if Self.isBlank(line) {
                    block.blankCount += 1
                    continue
                }
                if let message = parse(line, to: columns) {
                    block.problem = (lineCount, message)
                    return
                }
                guard let eachRow else { continue }
                guard eachRow(line) else { return }
                block.batch.removeAll()
            }
        }
    }

    private var tooLong: String { "the line is longer than \(lineLimit) bytes" }

    @inline(__always) private static func isBlank(_ line: UnsafeRawBufferPointer) -> Bool {
        line.first != 0x7B && line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    }

    /// Gives a line to the columns; says what is wrong with it.
    @inline(__always)
    private mutating func parse(
        _ line: UnsafeRawBufferPointer, to columns: UnsafeMutableBufferPointer<ColumnBuffer>
    ) -> String? {
        if line.count > lineLimit { return tooLong }
        do throws(JSONError) {
            try record.parse(line)
        } catch {
            return error.message
        }
        do throws(RowProblem) {
            try binder.append(record, of: line, to: columns)
        } catch {
            return error.message
        }
        return nil
    }
}
