/// Gives the empty cells of merged areas the value of the area's first cell (18.3.1.55). Rows must come from top to
/// bottom; rows that the sheet leaves out stay left out. A cell that holds a value of its own keeps it.
package final class MergeFiller {
    private struct Area {
        let range: CellRange
        /// The first cell's row, kept for its text.
        var anchor: RowCopies?
    }

    private var waiting: [CellRange]
    private var active: [Area] = []
    private let cells = UnsafeMutablePointer<SheetCell>.allocate(capacity: XLSXLimits.columnCount)

    package init(_ ranges: [CellRange]) {
        waiting = ranges.sorted { $0.rows.lowerBound > $1.rows.lowerBound }
    }

    deinit { cells.deallocate() }

    /// The row with its merged cells filled. Valid until the next call, and as long as `row`.
    package func fill(_ row: SheetRow) -> SheetRow {
        active.removeAll { $0.range.rows.upperBound < row.number }
        while let next = waiting.last, next.rows.lowerBound <= row.number {
            waiting.removeLast()
            guard next.rows.upperBound >= row.number else { continue }
            var area = Area(range: next)
            if next.rows.lowerBound == row.number,
                let cell = row.cells.first(where: { Int($0.column) == next.columns.lowerBound })
            {
                let copy = RowCopies()
                withUnsafePointer(to: cell) { pointer in
                    let single = UnsafeBufferPointer(start: pointer, count: 1)
                    copy.append(SheetRow(number: row.number, isHidden: row.isHidden, cells: single))
                }
                area.anchor = copy
            }
            active.append(area)
        }
        let anchors = active.compactMap { area in area.anchor.map { (area.range.columns, $0[0].cells[0]) } }
            .sorted { $0.0.lowerBound < $1.0.lowerBound }
        if anchors.isEmpty { return row }
        return SheetRow(number: row.number, isHidden: row.isHidden, cells: merge(row.cells, anchors))
    }

    /// Both kinds of cells from left to right; areas do not overlap.
    private func merge(
        _ own: UnsafeBufferPointer<SheetCell>, _ anchors: [(columns: ClosedRange<Int>, cell: SheetCell)]
    ) -> UnsafeBufferPointer<SheetCell> {
        var count = 0
        var next = 0
        var column = 0
        func takeOwn(before limit: Int) {
            while next < own.count, Int(own[next].column) < limit {
                cells[count] = own[next]
                column = Int(own[next].column) + 1
                count += 1
                next += 1
            }
        }
        for anchor in anchors {
            for place in anchor.columns where place < XLSXLimits.columnCount {
                takeOwn(before: place + 1)
                guard column <= place else { continue }
                cells[count] = anchor.cell.moved(toColumn: place)
                column = place + 1
                count += 1
            }
        }
        takeOwn(before: .max)
        return UnsafeBufferPointer(start: cells, count: count)
    }
}
