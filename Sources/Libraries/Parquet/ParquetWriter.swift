package import Bytes

/// Writes one Parquet file, front to back, without ever going back (parquet-format, "File format").
///
///     "PAR1" | row group ... | ColumnIndex ... | OffsetIndex ... | FileMetaData | its length, 4 bytes | "PAR1"
///     row group = column chunk ... [Bloom filter ...]
///     column chunk = [dictionary page] data page ...      page = header, body
///
/// What is held in memory is one page per column, the compressed pages of one row group, and the dictionaries. The
/// same rows and options give the same bytes, whatever the pool's threads.
package final class ParquetWriter {
    /// Checks of how large a row group has become are this far apart, in bytes of values: they wait for all threads.
    private static let checkpointBytes = 32 << 20

    package private(set) var rowCount = 0
    /// True when the file has reached `fileBytes` and has a row: rows that follow belong to another.
    package var isFull: Bool { rowCount > 0 && offset >= options.fileBytes ?? .max }

    private let schema: ParquetSchema
    private let options: ParquetOptions
    private let pool: EncodingPool
    private let sink: any ByteSink
    private let columns: [ColumnWriter]
    private let sources: [Int]
    private let checkpointBytes: Int
    private var offset = 0
    private var rowsInGroup = 0
    /// Bytes of values since the row group's size was last looked at.
    private var uncheckedByteCount = 0
    private var rowGroups: [RowGroupMetadata] = []
    private var indexes: [[ChunkIndexes]] = []
    private var bounds: [Bounds?]
    private var nullCounts: [Int]

    /// What is kept of each chunk for the indexes behind the row groups.
    private struct ChunkIndexes {
        let columnIndex: [UInt8]?
        let offsetIndex: [UInt8]
    }

    /// `taking` names, for each leaf, the column of the batches that it gets; without it, the column of its number.
    package init(
        _ schema: ParquetSchema, taking sources: [Int]? = nil, options: ParquetOptions, pool: EncodingPool,
        sink: any ByteSink
    ) throws(ParquetError) {
        self.sources = sources ?? Array(schema.leaves.indices)
        precondition(self.sources.count == schema.leaves.count, "one source for each leaf")
        self.schema = schema
        self.options = options
        self.pool = pool
        self.sink = sink
        let limits = DictionaryLimits(byteCount: options.dictionaryBytes)
        let pageBytes = min(
            options.pageBytes, max(ParquetOptions.smallestPageBytes, ParquetOptions.openPageBytes / schema.leaves.count)
        )
        for (number, column) in options.columns {
            guard schema.leaves.indices.contains(number) else { throw .schema("there is no column \(number)") }
            let leaf = schema.leaves[number]
            if column.encoding.encoding(of: leaf.type) == nil {
                throw .schema("column \(leaf.name): its type cannot be stored in the encoding asked for")
            }
            if column.hasBloomFilter, leaf.type == .boolean {
                throw .schema("column \(leaf.name): a Bloom filter on booleans would help nobody")
            }
        }
        columns = schema.leaves.enumerated().map { number, leaf in
            ColumnWriter(
                encoder: ChunkEncoder(
                    leaf: leaf, codec: options.codec, limits: limits, options: options.columns[number] ?? .init()),
                pool: pool,
                pageRows: options.pageRows, pageBytes: pageBytes)
        }
        bounds = Array(repeating: nil, count: schema.leaves.count)
        nullCounts = Array(repeating: 0, count: schema.leaves.count)
        checkpointBytes = min(Self.checkpointBytes, max(1, min(options.rowGroupBytes, options.fileBytes ?? .max) / 8))
        try write(Array("PAR1".utf8))
    }

    // Tasks that still run work on our columns.
    deinit { pool.work.drain() }

    /// Takes rows of a batch, all of them unless `rows` says which, until the file is full. Says how many it took. The
    /// batch can be used again at once.
    package func append(_ batch: RowBatch, rows: Range<Int>? = nil) throws(ParquetError) -> Int {
        let rows = rows ?? 0..<batch.rowCount
        precondition(
            sources.allSatisfy { batch.columns.indices.contains($0) && batch.columns[$0].rowCount == batch.rowCount },
            "a batch of other columns, or with half a row")
        var places = sources.map { batch.columns[$0].place(after: .init(), rows: rows.lowerBound, byteLimit: .max) }
        var row = rows.lowerBound
        while row < rows.upperBound, !isFull {
            let end = nextStop(batch, places, row..<rows.upperBound)
            for (index, column) in columns.enumerated() {
                let before = places[index].byte
                column.append(batch.columns[sources[index]], from: &places[index], rows: end - row)
                uncheckedByteCount += places[index].byte - before
            }
            rowsInGroup += end - row
            rowCount += end - row
            row = end
            if rowsInGroup >= options.rowGroupRows {
                try endRowGroup()
            } else if uncheckedByteCount >= checkpointBytes {
                try checkSize()
            }
        }
        return row - rows.lowerBound
    }

    /// The row of the batch before which the row group may have to end: by its rows, or because enough bytes came
    /// in to look at its size. It depends on the rows alone, not on where batches end.
    private func nextStop(_ batch: RowBatch, _ places: [ColumnBuffer.Place], _ rows: Range<Int>) -> Int {
        let row = rows.lowerBound
        let end = min(rows.upperBound, row + options.rowGroupRows - rowsInGroup)
        var room = checkpointBytes - uncheckedByteCount
        var left = 0
        for index in places.indices { left += batch.columns[sources[index]].end.byte - places[index].byte }
        if left < room { return end }
        var next = places
        for stop in row..<end {
            for index in next.indices {
                let place = batch.columns[sources[index]].place(after: next[index], rows: 1, byteLimit: .max)
                room -= place.byte - next[index].byte
                next[index] = place
            }
            if room <= 0 { return stop + 1 }
        }
        return end
    }

    /// Ends the row group when its encoded pages are large enough for it, or for the file.
    private func checkSize() throws(ParquetError) {
        uncheckedByteCount = 0
        pool.work.drain()
        let held = columns.reduce(0) { $0 + $1.encoder.heldByteCount }
        if held >= options.rowGroupBytes || offset + held >= options.fileBytes ?? .max { try endRowGroup() }
    }

    /// Writes what is held, the indexes and the footer. The sink is not finished: it belongs to the caller.
    package func finish() throws(ParquetError) -> ParquetSummary {
        if rowsInGroup > 0 { try endRowGroup() }
        for group in rowGroups.indices {
            for chunk in rowGroups[group].chunks.indices {
                guard let index = indexes[group][chunk].columnIndex else { continue }
                rowGroups[group].chunks[chunk].columnIndex = (offset, index.count)
                try write(index)
            }
        }
        for group in rowGroups.indices {
            for chunk in rowGroups[group].chunks.indices {
                let index = indexes[group][chunk].offsetIndex
                rowGroups[group].chunks[chunk].offsetIndex = (offset, index.count)
                try write(index)
            }
        }
        let footer = FileMetadata(
            schema: schema, rowGroups: rowGroups, keyValues: options.keyValues, createdBy: options.createdBy
        ).encode()
        try write(footer)
        try write(withUnsafeBytes(of: UInt32(truncatingIfNeeded: footer.count)) { Array($0) })
        try write(Array("PAR1".utf8))
        return summary()
    }

    private func summary() -> ParquetSummary {
        let columns = schema.leaves.indices.map { index in
            let leaf = schema.leaves[index]
            let stated = bounds[index].flatMap { CutBounds($0, order: ValueOrder(leaf.type)) }
            return ParquetSummary.Column(
                leaf: leaf, nullCount: nullCounts[index],
                minimum: stated.map { PlainValue($0.minimum, type: leaf.type) },
                maximum: stated.map { PlainValue($0.maximum, type: leaf.type) })
        }
        return ParquetSummary(
            byteCount: offset, rowCount: rowCount, rowGroupCount: rowGroups.count, columns: columns)
    }

    // MARK: Row groups

    private func endRowGroup() throws(ParquetError) {
        for column in columns { column.endChunk() }
        pool.work.drain()
        let start = offset
        var chunks: [ChunkMetadata] = []
        var chunkIndexes: [ChunkIndexes] = []
        var filters: [[UInt8]?] = []
        for (number, column) in columns.enumerated() {
            let chunk = column.encoder.takeChunk(with: pool.workspace)
            precondition(chunk.rowCount == rowsInGroup, "column \(column.leaf.name) was not given one entry per row")
            let (metadata, locations) = try write(chunk)
            chunks.append(metadata)
            filters.append(chunk.bloomFilter?.encode())
            chunkIndexes.append(Self.indexes(of: chunk, locations))
            bounds[number] = ValueOrder(chunk.leaf.type).union(bounds[number], chunk.statistics.bounds)
            nullCounts[number] += chunk.statistics.nullCount
        }
        for (number, filter) in filters.enumerated() {
            guard let filter else { continue }
            chunks[number].bloomFilter = (offset, filter.count)
            try write(filter)
        }
        rowGroups.append(
            RowGroupMetadata(chunks: chunks, rowCount: rowsInGroup, offset: start, sortedBy: options.sortedBy))
        indexes.append(chunkIndexes)
        rowsInGroup = 0
        uncheckedByteCount = 0
    }

    private static func indexes(of chunk: EncodedChunk, _ locations: [PageLocation]) -> ChunkIndexes {
        let pages = chunk.pages.filter { $0.kind == .data }
        let textByteCounts = chunk.leaf.type.physical == .byteArray ? pages.map(\.textByteCount) : nil
        return ChunkIndexes(
            columnIndex: ColumnIndex.encode(pages, order: ValueOrder(chunk.leaf.type)),
            offsetIndex: OffsetIndex.encode(locations, textByteCounts: textByteCounts))
    }

    private func write(_ chunk: EncodedChunk) throws(ParquetError) -> (ChunkMetadata, [PageLocation]) {
        var metadata = ChunkMetadata(
            leaf: chunk.leaf, codecNumber: chunk.codecNumber, statistics: chunk.statistics)
        var locations: [PageLocation] = []
        var firstRow = 0
        for page in chunk.pages {
            guard max(page.plainByteCount, page.storedByteCount) <= Int(Int32.max) else {
                throw .pageTooLarge(column: chunk.leaf.name, byteCount: page.plainByteCount)
            }
            let header = page.header()
            let pageOffset = offset
            try write(header)
            try write(page.body)
            metadata.plainByteCount += header.count + page.plainByteCount
            metadata.storedByteCount += header.count + page.storedByteCount
            switch page.kind {
            case .dictionary: metadata.dictionaryOffset = pageOffset
            case .data:
                if locations.isEmpty { metadata.dataOffset = pageOffset }
                locations.append(
                    PageLocation(
                        offset: pageOffset, byteCount: header.count + page.storedByteCount, firstRow: firstRow))
                firstRow += page.rowCount
                metadata.count(page)
            }
        }
        return (metadata, locations)
    }

    private func write(_ bytes: [UInt8]) throws(ParquetError) {
        do throws(IOError) { try sink.write(bytes) } catch { throw .output(error) }
        offset += bytes.count
    }
}
