/// Where a written page lies (parquet.thrift, PageLocation).
struct PageLocation {
    let offset: Int
    /// Header and body.
    let byteCount: Int
    /// The number of its first record within the row group.
    let firstRow: Int
}

/// The bounds of each page of a chunk (parquet.thrift, ColumnIndex), with which readers skip pages.
enum ColumnIndex {
    /// Nil where a page has values without bounds (all NaN): a reader would take the page for empty.
    static func encode(_ pages: [EncodedPage], order: ValueOrder) -> [UInt8]? {
        var minimums: [[UInt8]] = []
        var maximums: [[UInt8]] = []
        for page in pages {
            guard let bounds = page.bounds else {
                if page.nullCount < page.entryCount { return nil }
                minimums.append([])
                maximums.append([])
                continue
            }
            // Where no short text lies above the maximum, the whole of it must stand.
            let cut = CutBounds(bounds, order: order)
            minimums.append(cut?.minimum ?? bounds.minimum)
            maximums.append(cut?.maximum ?? bounds.maximum)
        }
        var writer = ThriftCompactWriter()
        writer.appendStruct { index in
            index.writeList(1, of: .boolean, pages) { $0.appendBoolean($1.bounds == nil) }
            index.writeList(2, of: .binary, minimums) { $0.appendBinary($1) }
            index.writeList(3, of: .binary, maximums) { $0.appendBinary($1) }
            index.writeInt32(4, boundaryOrder(pages, minimums, maximums, order: order))
            index.writeList(5, of: .int64, pages) { $0.appendInteger($1.nullCount) }
            if order == .double { index.writeList(8, of: .int64, pages) { $0.appendInteger($1.nanCount) } }
        }
        return writer.bytes
    }

    /// 1 when both bounds never fall from page to page, 2 when they never rise, else 0. Pages of nulls do not count.
    private static func boundaryOrder(
        _ pages: [EncodedPage], _ minimums: [[UInt8]], _ maximums: [[UInt8]], order: ValueOrder
    ) -> Int {
        let bounded = pages.indices.filter { pages[$0].bounds != nil }
        var rises = true
        var falls = true
        for (earlier, later) in zip(bounded, bounded.dropFirst()) {
            for list in [minimums, maximums] {
                if order.precedes(list[later], list[earlier]) { rises = false }
                if order.precedes(list[earlier], list[later]) { falls = false }
            }
        }
        return rises ? 1 : falls ? 2 : 0
    }
}

/// Where each page of a chunk lies (parquet.thrift, OffsetIndex).
enum OffsetIndex {
    static func encode(_ locations: [PageLocation], textByteCounts: [Int]?) -> [UInt8] {
        var writer = ThriftCompactWriter()
        writer.appendStruct { index in
            index.writeList(1, of: .structure, locations) { list, location in
                list.appendStruct { page in
                    page.writeInt64(1, location.offset)
                    page.writeInt32(2, location.byteCount)
                    page.writeInt64(3, location.firstRow)
                }
            }
            if let textByteCounts { index.writeList(2, of: .int64, textByteCounts) { $0.appendInteger($1) } }
        }
        return writer.bytes
    }
}
