internal import Bytes

/// Gathers the rows of one column into pages and hands them on as they fill.
///
/// A page ends with the row that makes it full, in rows or in bytes of values; where the batches of rows end that
/// come in makes no difference.
final class ColumnWriter {
    let leaf: ParquetLeaf
    let encoder: ChunkEncoder
    private let pool: EncodingPool
    private let lane = WorkPool.Lane()
    private let pages: FreePages
    private let rowLimit: Int
    private let byteLimit: Int
    private var page: PagePointer

    init(encoder: ChunkEncoder, pool: EncodingPool, pageRows: Int, pageBytes: Int) {
        leaf = encoder.leaf
        self.encoder = encoder
        self.pool = pool
        pages = FreePages(leaf)
        rowLimit = pageRows
        byteLimit = pageBytes
        page = pages.take()
    }

    deinit { pages.give(page) }

    /// Takes `rows` rows of a batch from `place` on, and moves the place behind them.
    func append(_ batch: borrowing ColumnBuffer, from place: inout ColumnBuffer.Place, rows: Int) {
        let last = place.row + rows
        while place.row < last {
            if page.pointee.rowCount >= rowLimit || page.pointee.values.count >= byteLimit { submit(isLast: false) }
            let end = batch.place(
                after: place, rows: min(last - place.row, rowLimit - page.pointee.rowCount),
                byteLimit: byteLimit - page.pointee.values.count)
            page.pointee.append(batch, from: place, to: end)
            place = end
        }
    }

    /// Hands on what is left, at the end of a row group.
    func endChunk() { if page.pointee.entryCount > 0 { submit(isLast: true) } }

    private func submit(isLast: Bool) {
        let full = page
        page = pages.take()
        pool.encode(full, isLast: isLast, with: encoder, in: lane, returningTo: pages)
    }
}
