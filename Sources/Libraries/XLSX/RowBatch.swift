internal import CPrefetch

/// Rows that have been read and not yet handed out. Cells of all rows lie one after the other.
///
/// Everything lies behind pointers: as properties of a class the counters cost a check of exclusive access each time
/// (5 % of the whole run, 2026-11-25).
struct RowBatch {
    struct Row {
        var number: Int
        var isHidden: Bool
        var cells: Range<Int>
    }

    private struct Counts {
        var rows = 0
        var cells = 0
        var next = 0
        /// Keeps the compiler from leaving out reads whose result nobody needs.
        var touched: UInt8 = 0
    }

    /// The batch is full with so many cells or rows; a scanner may write one whole row behind them.
    static let cellLimit = 2048

    let cells: UnsafeMutablePointer<SheetCell>
    private let rows: UnsafeMutablePointer<Row>
    private let counts: UnsafeMutablePointer<Counts>

    /// The owner calls `deallocate`.
    init() {
        cells = .allocate(capacity: Self.cellLimit + XLSXLimits.columnCount)
        rows = .allocate(capacity: Self.cellLimit)
        counts = .allocate(capacity: 1)
        counts.initialize(to: Counts())
    }

    func deallocate() {
        cells.deallocate()
        rows.deallocate()
        counts.deallocate()
    }

    var isFull: Bool { counts.pointee.cells >= Self.cellLimit || counts.pointee.rows >= Self.cellLimit }
    var isEmpty: Bool { counts.pointee.next == counts.pointee.rows }
    var cellCount: Int { counts.pointee.cells }

    func removeAll() { counts.pointee = Counts() }

    /// Takes the cells that were written behind the last row. The batch must not be full.
    func append(number: Int, isHidden: Bool, cellCount added: Int) {
        let first = counts.pointee.cells
        (rows + counts.pointee.rows).initialize(
            to: Row(number: number, isHidden: isHidden, cells: first..<first + added))
        counts.pointee.rows += 1
        counts.pointee.cells += added
    }

    /// Gives the cells that hold numbers of shared strings their texts. Each text costs cache misses: one in the table,
    /// which the scanner has asked for when it met the number, and one or two in the arena, which are asked for here,
    /// for all cells, before the first is waited for (65 ms of 720 for 3,000,000 texts, 2026-11-26). It touches the
    /// texts, since a processor may ignore what it is asked for, and they are to be at hand when they are copied.
    func findStrings(_ strings: SharedStrings) {
        let ends = strings.ends
        let text = Place(strings.text)
        var touched: UInt8 = 0
        for index in 0..<counts.pointee.cells where cells[index].flags & SheetCell.isNumbered != 0 {
            let number = Int(cells[index].count)
            let start = text + Int(ends[number] & ~SharedStrings.needsEscape)
            let last = ends[number &+ 1]
            let end = text + Int(last & ~SharedStrings.needsEscape)
            sluice_prefetch(start)
            sluice_prefetch(end)
            cells[index] = SheetCell(
                start, end, column: Int(cells[index].column), kind: .text, flags: UInt8(truncatingIfNeeded: last >> 31))
        }
        for index in 0..<counts.pointee.cells where cells[index].kind == .text {
            touched ^= cells[index].start[0] ^ cells[index].end[0]
        }
        counts.pointee.touched = touched
    }

    /// The next row. The batch must not be empty.
    func takeRow() -> SheetRow {
        let row = rows[counts.pointee.next]
        counts.pointee.next += 1
        return SheetRow(
            number: row.number, isHidden: row.isHidden,
            cells: UnsafeBufferPointer(start: cells + row.cells.lowerBound, count: row.cells.count))
    }
}
