internal import Bytes
internal import NDJSON

/// What became of the lines of one block, in their order. Everything that depends on the lines before (line numbers,
/// duplicates, cells) is left to the one place that sees the blocks in sequence.
struct CleanedBlock: ~Copyable {
    /// A row that passed, with what duplicates are recognised by.
    struct Row {
        /// Where it ends in `output`; it begins where the one before ends.
        let end: Int
        /// Its line, counted from 0 in the block.
        let line: Int
        /// Of the key's canonical bytes; nil where a part of the key is null.
        let key: RowKey?
        /// Where what decides between rows of one key ends in `orders`.
        let orderEnd: Int
        /// The quality rules it breaks.
        let violations: UInt64
    }

    /// A row that did not.
    struct Refusal {
        let line: Int
        /// Where the line is in the block.
        let range: Range<Int>
        let failures: [Failure]
        /// Set when the line is no record at all.
        let jsonError: JSONError?
    }

    /// A line that tells the columns of a sheet (`_source_columns`).
    struct Sighting {
        let line: Int
        let range: Range<Int>
    }

    struct UnknownColumn {
        let name: [UInt8]
        /// The first line that had it, and how many had it.
        let line: Int
        var count: Int
    }

    var output = ByteBuffer(capacity: BlockReader.defaultCapacity)
    var rows: [Row] = []
    var orders = ByteBuffer()
    /// For each row the keys by which quality rules ask whether it repeats another.
    var repeatedKeys: [RowKey?] = []
    var refusals: [Refusal] = []
    var sightings: [Sighting] = []
    /// Columns that the contract does not know.
    var unknownColumns: [UnknownColumn] = []
    /// The first field that a record lacks, where the contract asks for the run to end then.
    var missingColumn: (field: Int, line: Int)?
    /// Rows whose reference was not found, by the reference's number.
    var referenceMisses: [Int: Int] = [:]
    /// The newest value of each column whose age matters.
    var newest: [Int64?] = []
    var warnings = WarningCounts()
    var lineCount = 0
    var blankCount = 0
    var rowCount = 0

    mutating func removeAll() {
        output.removeAll()
        rows.removeAll(keepingCapacity: true)
        orders.removeAll()
        repeatedKeys.removeAll(keepingCapacity: true)
        refusals.removeAll(keepingCapacity: true)
        sightings.removeAll(keepingCapacity: true)
        unknownColumns.removeAll(keepingCapacity: true)
        missingColumn = nil
        referenceMisses.removeAll(keepingCapacity: true)
        newest.removeAll(keepingCapacity: true)
        warnings = WarningCounts()
        lineCount = 0
        blankCount = 0
        rowCount = 0
    }
}
