import Bytes
import NDJSON
import StageKit

extension NDJSON2Parquet {
    /// Gives every row to the columns. The first row that does not fit ends the run.
    func copyRows(
        from lines: inout RowLines, to files: PartFiles, _ table: TableDefinition, log: Log, report: RunReport
    ) throws(StageFailure) -> Int {
        var record = RecordView()
        var binder = RowBinder(table)
        var columns = files.columns
        var rowCount = 0
        while let line = try lines.next() {
            if files.isFull {
                try files.startNext()
                columns = files.columns
            }
            do throws(JSONError) {
                try record.parse(line)
            } catch {
                throw .badData("\(lines.path):\(lines.lineNumber): \(error.message)")
            }
            do throws(RowProblem) {
                try binder.append(record, of: line, to: columns)
            } catch {
                throw .badData("\(lines.path):\(lines.lineNumber): \(error.message)")
            }
            try files.endRow()
            rowCount += 1
        }
        warn(lines, binder, log: log, report: report)
        return rowCount
    }

    private func warn(_ lines: borrowing RowLines, _ binder: RowBinder, log: Log, report: RunReport) {
        let path = lines.path
        let blankCount = lines.blankCount
        func tell(_ code: String, _ count: Int, _ message: String) {
            guard count > 0 else { return }
            report.warn(code, times: count)
            log.warning(message, code: code)
        }
        tell("json.byteOrderMark", lines.hasByteOrderMark ? 1 : 0, "\(path): a byte order mark was left out")
        tell("json.blankLine", blankCount, "\(path): \(blankCount) blank lines were left out")
        tell(
            "columns.dropped", binder.droppedCount,
            "\(path): \(binder.droppedCount) values of columns that the contract does not know were dropped")
    }
}
