/// Rows that have been read and not yet handed out. Cells of all rows lie one after the other.
final class RowBatch {
    struct Row {
        var number: Int
        var isHidden: Bool
        var cells: Range<Int>
    }

    /// A scanner may write a whole row behind this many cells.
    static let cellLimit = 2048

    let cells: UnsafeMutablePointer<SheetCell>
    private(set) var rows: [Row] = []
    private(set) var cellCount = 0
    private var next = 0

    init() {
        cells = .allocate(capacity: Self.cellLimit + XLSXLimits.columnCount)
        rows.reserveCapacity(Self.cellLimit)
    }

    deinit { cells.deallocate() }

    var isFull: Bool { cellCount >= Self.cellLimit || rows.count >= Self.cellLimit }
    var isEmpty: Bool { next == rows.count }

    func removeAll() {
        rows.removeAll(keepingCapacity: true)
        cellCount = 0
        next = 0
    }

    /// Takes the cells that were written behind the last row.
    func append(number: Int, isHidden: Bool, cellCount added: Int) {
        rows.append(Row(number: number, isHidden: isHidden, cells: cellCount..<cellCount + added))
        cellCount += added
    }

    func takeRow() -> SheetRow {
        let row = rows[next]
        next += 1
        return SheetRow(
            number: row.number, isHidden: row.isHidden,
            cells: UnsafeBufferPointer(start: cells + row.cells.lowerBound, count: row.cells.count))
    }
}
