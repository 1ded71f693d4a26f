import StageKit
import XLSX

/// The rows of a target: those in its area that are not to be skipped, the first of them kept while the header is
/// searched for and then handed out again.
struct SheetRows {
    /// Rows with cells that are looked at for a header.
    static let searchRowCount = 50
    /// Memory that the search may take; fewer rows are looked at where they are longer.
    static let searchByteCount = 8 << 20

    let reader: SheetReader
    let area: CellRange
    private let skipsHidden: Bool
    private let filler: MergeFiller?
    /// True when every column is read.
    private let isWhole: Bool
    /// Numbers of rows that were skipped for being hidden.
    private(set) var hiddenRows: Set<Int> = []
    /// The first rows with cells in the area.
    let head: RowCopies
    private var headCount = 0
    private var nextHead = 0
    private var isPastHead = false

    init(_ reader: SheetReader, area: CellRange, skipsHidden: Bool, filler: MergeFiller?) throws(XLSXError) {
        self.reader = reader
        self.area = area
        self.skipsHidden = skipsHidden
        self.filler = filler
        isWhole = !skipsHidden && area.columns == CellRange.everything.columns
        head = RowCopies()
        while head.count < Self.searchRowCount, head.byteCount < Self.searchByteCount {
            guard let row = try reader.nextRow() else {
                isPastHead = true
                break
            }
            if row.number > area.rows.upperBound {
                isPastHead = true
                break
            }
            guard isWanted(row) else { continue }
            let filled = filler?.fill(row) ?? row
            if hasCells(filled) { head.append(filled) }
        }
        headCount = head.count
    }

    /// The columns that are read at all.
    func isWanted(column: Int) -> Bool {
        guard area.columns.contains(column) else { return false }
        return !skipsHidden || !reader.hiddenColumns.contains { $0.contains(column) }
    }

    func hasCells(_ row: SheetRow) -> Bool {
        isWhole ? !row.cells.isEmpty : row.cells.contains { isWanted(column: Int($0.column)) }
    }

    /// Hands out rows from the `index`th of the head on.
    mutating func startAfterHead(_ index: Int) { nextHead = index }

    /// The next row in the area, or nil. Valid until the next call.
    mutating func next() throws(XLSXError) -> SheetRow? {
        if nextHead < headCount {
            nextHead += 1
            return head[nextHead - 1]
        }
        if isPastHead { return nil }
        while let row = try reader.nextRow() {
            if row.number > area.rows.upperBound { return nil }
            if isWanted(row) { return filler?.fill(row) ?? row }
        }
        return nil
    }

    private mutating func isWanted(_ row: SheetRow) -> Bool {
        if skipsHidden, row.isHidden {
            hiddenRows.insert(row.number)
            return false
        }
        return row.number >= area.rows.lowerBound
    }
}
