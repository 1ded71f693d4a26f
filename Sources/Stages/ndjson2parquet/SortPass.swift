import Bytes
import Parquet
import StageKit

/// Reads all rows once, checks them, and gives their lines back in the order asked for. What is wrong with a line is
/// found here, where its number is known.
struct SortPass {
    let table: TableDefinition
    let schema: ParquetSchema
    let columns: [SortColumn]
    let memory: Int
    let path: String

    private(set) var blankCount = 0
    private(set) var hasByteOrderMark = false

    init(_ table: TableDefinition, _ schema: ParquetSchema, by columns: [SortColumn], memory: Int, path: String) {
        self.table = table
        self.schema = schema
        self.columns = columns
        self.memory = memory
        self.path = path
    }

    mutating func sort(_ source: any ByteSource) throws(StageFailure) -> any ByteSource {
        let sorter = RowSorter(memory: memory)
        var reader = BlockReader(source)
        let block = RowBlock(schema)
        let parser = BlockParser(table)
        var key = SortKey(columns)
        var lineCount = 0
        block.isFirst = true
        while try next(&reader, block) {
            var failure: StageFailure?
            parser.parseRows(block) { line in
                key.read(block.batch)
                do throws(IOError) {
                    try sorter.add(key: key.bytes, line: line)
                } catch {
                    failure = .localIO(error.message)
                }
                return failure == nil
            }
            if let failure { throw failure }
            if let problem = block.problem { throw .badData("\(path):\(lineCount + problem.line): \(problem.message)") }
            lineCount += block.lineCount
            blankCount += block.blankCount
            hasByteOrderMark = hasByteOrderMark || block.hasByteOrderMark
            block.removeAll()
        }
        do throws(IOError) {
            return try sorter.finish()
        } catch {
            throw .localIO(error.message)
        }
    }

    private func next(_ reader: inout BlockReader, _ block: RowBlock) throws(StageFailure) -> Bool {
        do throws(IOError) {
            return try reader.next(block.lines)
        } catch {
            throw .input(error)
        }
    }
}
