internal import Glibc

/// Rows that outlive the reader's next step: what a look-ahead keeps while it searches for the header.
package final class RowCopies {
    private struct Copy {
        let number: Int
        let isHidden: Bool
        let cells: UnsafeMutableBufferPointer<SheetCell>
        let text: UnsafeMutableBufferPointer<UInt8>
    }

    private var copies: [Copy] = []
    /// Bytes of text and cells that are kept.
    package private(set) var byteCount = 0

    package init() {}

    deinit {
        for copy in copies {
            copy.cells.deallocate()
            copy.text.deallocate()
        }
    }

    package var count: Int { copies.count }

    /// The row kept as the `index`th. Valid as long as this object.
    package subscript(index: Int) -> SheetRow {
        let copy = copies[index]
        return SheetRow(number: copy.number, isHidden: copy.isHidden, cells: UnsafeBufferPointer(copy.cells))
    }

    /// Keeps a copy of a row.
    package func append(_ row: SheetRow) {
        let textByteCount = row.cells.reduce(0) { $0 + Int($1.count) }
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: textByteCount + TextBlock.slack)
        text.initialize(repeating: 0)
        let cells = UnsafeMutableBufferPointer<SheetCell>.allocate(capacity: row.cells.count)
        var offset = 0
        for (index, cell) in row.cells.enumerated() {
            guard let base = text.baseAddress else { break }
            memcpy(base + offset, cell.start, Int(cell.count))
            cells.initializeElement(at: index, to: cell.moved(to: base + offset))
            offset += Int(cell.count)
        }
        copies.append(Copy(number: row.number, isHidden: row.isHidden, cells: cells, text: text))
        byteCount += textByteCount + row.cells.count * MemoryLayout<SheetCell>.stride
    }
}
