package import Bytes

/// Writes one Parquet file, front to back, without ever going back (parquet-format, "File format").
///
///     "PAR1" | row group ... | ColumnIndex ... | OffsetIndex ... | FileMetaData | its length, 4 bytes | "PAR1"
///     row group = column chunk ...      column chunk = [dictionary page] data page ...      page = header, body
///
/// What is held in memory is one page per column, the compressed pages of one row group, and the dictionaries. The
/// same rows and options give the same bytes, whatever the pool's threads.
package final class ParquetWriter {
    /// Checks of how large a row group has become are this far apart, in bytes of values: they wait for all threads.
    private static let checkpointBytes = 32 << 20

    /// One for each leaf of the schema, in order.
    package let columns: [ColumnWriter]
    package private(set) var rowCount = 0

    private let schema: ParquetSchema
    private let options: ParquetOptions
    private let pool: EncodingPool
    private let sink: any ByteSink
    private let checkpointBytes: Int
    private var offset = 0
    private var rowsInGroup = 0
    private let submitted = SubmittedBytes()
    private var checkedByteCount = 0
    private var rowGroups: [RowGroupMetadata] = []
    private var indexes: [[ChunkIndexes]] = []
    private var bounds: [Bounds?]
    private var nullCounts: [Int]

    /// What is kept of each chunk for the indexes behind the row groups.
    private struct ChunkIndexes {
        let columnIndex: [UInt8]?
        let offsetIndex: [UInt8]
    }

    package init(
        _ schema: ParquetSchema, options: ParquetOptions, pool: EncodingPool, sink: any ByteSink
    ) throws(ParquetError) {
        self.schema = schema
        self.options = options
        self.pool = pool
        self.sink = sink
        let limits = DictionaryLimits(byteCount: options.dictionaryBytes)
        let pageBytes = min(
            options.pageBytes, max(ParquetOptions.smallestPageBytes, ParquetOptions.openPageBytes / schema.leaves.count)
        )
        let submitted = submitted
        columns = schema.leaves.map { leaf in
            ColumnWriter(
                encoder: ChunkEncoder(leaf: leaf, codec: options.codec, limits: limits), pool: pool,
                submitted: submitted, pageRows: options.pageRows, pageBytes: pageBytes)
        }
        bounds = Array(repeating: nil, count: schema.leaves.count)
        nullCounts = Array(repeating: 0, count: schema.leaves.count)
        checkpointBytes = min(Self.checkpointBytes, max(1, min(options.rowGroupBytes, options.fileBytes ?? .max) / 8))
        try write(Array("PAR1".utf8))
    }

    deinit { pool.drain() }

    /// Ends a row: every column must have been given its entry. Says whether the file has reached `fileBytes`.
    @discardableResult
    package func endRow() throws(ParquetError) -> Bool {
        rowsInGroup += 1
        rowCount += 1
        if rowsInGroup >= options.rowGroupRows {
            try endRowGroup()
        } else {
            if submitted.byteCount - checkedByteCount < checkpointBytes { return false }
            checkedByteCount = submitted.byteCount
            pool.drain()
            let held = columns.reduce(0) { $0 + $1.encoder.heldByteCount }
            guard held >= options.rowGroupBytes || offset + held >= options.fileBytes ?? .max else { return false }
            try endRowGroup()
        }
        return offset >= options.fileBytes ?? .max
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
        pool.drain()
        let start = offset
        var chunks: [ChunkMetadata] = []
        var chunkIndexes: [ChunkIndexes] = []
        for (number, column) in columns.enumerated() {
            let chunk = column.encoder.takeChunk(with: pool.workspace)
            precondition(chunk.rowCount == rowsInGroup, "column \(column.leaf.name) was not given one entry per row")
            let (metadata, locations) = try write(chunk)
            chunks.append(metadata)
            chunkIndexes.append(Self.indexes(of: chunk, locations))
            bounds[number] = ValueOrder(chunk.leaf.type).union(bounds[number], chunk.statistics.bounds)
            nullCounts[number] += chunk.statistics.nullCount
        }
        rowGroups.append(RowGroupMetadata(chunks: chunks, rowCount: rowsInGroup, offset: start))
        indexes.append(chunkIndexes)
        rowsInGroup = 0
        checkedByteCount = submitted.byteCount
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
        let result: Result<Void, IOError> = bytes.withUnsafeBytes { pointer in
            do throws(IOError) {
                return .success(try sink.write(pointer))
            } catch {
                return .failure(error)
            }
        }
        if case .failure(let error) = result { throw .output(error) }
        offset += bytes.count
    }
}
