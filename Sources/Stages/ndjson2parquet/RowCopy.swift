import Bytes
import Parquet
import StageKit

/// Reads blocks of lines, lets threads parse them, and gives the rows to the files in their order.
struct RowCopy {
    let table: TableDefinition
    let schema: ParquetSchema
    let target: any RowTarget
    let pool: WorkPool
    let path: String
    let progress: ProgressLine

    private(set) var rowCount = 0
    private(set) var lineCount = 0
    private(set) var blankCount = 0
    private(set) var droppedCount = 0
    private(set) var hasByteOrderMark = false

    init(
        _ table: TableDefinition, _ schema: ParquetSchema, to target: any RowTarget, pool: WorkPool, path: String,
        progress: ProgressLine
    ) {
        self.table = table
        self.schema = schema
        self.target = target
        self.pool = pool
        self.path = path
        self.progress = progress
    }

    /// Copies all rows. The first line that does not fit ends the run.
    mutating func copy(from source: any ByteSource) throws(StageFailure) {
        var reader = BlockReader(source)
        let parsers = (0..<pool.threadCount).map { _ in BlockParser(table) }
        var free = (0..<(pool.threadCount == 1 ? 1 : pool.threadCount * 2)).map { _ in RowBlock(schema) }
        var flying: [RowBlock] = []
        // Threads still work on what flies when an error ends the loop.
        defer { pool.drain() }
        var isFirst = true
        while true {
            if free.isEmpty { free.append(try take(flying.removeFirst())) }
            let block = free.removeLast()
            guard try read(&reader, block) else { break }
            block.isFirst = isFirst
            isFirst = false
            block.task = pool.submit(to: WorkPool.Lane()) { thread in parsers[thread].parse(block) }
            flying.append(block)
        }
        while !flying.isEmpty { _ = try take(flying.removeFirst()) }
    }

    private func read(_ reader: inout BlockReader, _ block: RowBlock) throws(StageFailure) -> Bool {
        do throws(IOError) {
            return try reader.next(block.lines)
        } catch {
            throw .input(error)
        }
    }

    /// Waits until a block is parsed, and gives its rows to the files. The block can be used again.
    private mutating func take(_ block: RowBlock) throws(StageFailure) -> RowBlock {
        if let task = block.task { pool.wait(for: task) }
        if let problem = block.problem { throw .badData("\(path):\(lineCount + problem.line): \(problem.message)") }
        try target.append(block.batch)
        rowCount += block.batch.rowCount
        progress.advance(to: rowCount, .rows)
        lineCount += block.lineCount
        blankCount += block.blankCount
        droppedCount += block.droppedCount
        hasByteOrderMark = hasByteOrderMark || block.hasByteOrderMark
        block.removeAll()
        return block
    }

    /// Counts what an earlier pass over the same rows has left out.
    mutating func count(_ pass: SortPass) {
        blankCount += pass.blankCount
        hasByteOrderMark = hasByteOrderMark || pass.hasByteOrderMark
    }

    /// Tells what was left out.
    func warn(_ log: Log, _ report: RunReport) {
        func tell(_ code: String, _ count: Int, _ message: String) {
            guard count > 0 else { return }
            report.warn(code, times: count)
            log.warning(message, code: code)
        }
        tell("json.byteOrderMark", hasByteOrderMark ? 1 : 0, "\(path): a byte order mark was left out")
        tell("json.blankLine", blankCount, "\(path): blank lines were left out: \(blankCount)")
        tell(
            "columns.dropped", droppedCount,
            "\(path): values of columns that the contract does not know were dropped: \(droppedCount)")
    }
}
