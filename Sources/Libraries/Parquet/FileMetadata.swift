/// Where and how one column of a row group is stored (parquet.thrift, ColumnChunk and ColumnMetaData).
struct ChunkMetadata {
    let leaf: ParquetLeaf
    let codecNumber: Int
    var entryCount = 0
    var plainByteCount = 0
    var storedByteCount = 0
    var dictionaryOffset: Int?
    var dataOffset = 0
    /// How many data pages have which encoding, in the order of their first use.
    var dataPages: [(encoding: Encoding, count: Int)] = []
    var statistics: Statistics
    /// Nil for other columns than text.
    var textByteCount: Int?
    var bloomFilter: (offset: Int, byteCount: Int)?
    var columnIndex: (offset: Int, byteCount: Int)?
    var offsetIndex: (offset: Int, byteCount: Int)?

    var encodings: [Encoding] {
        var all: [Encoding] = dictionaryOffset == nil ? [] : [.plain]
        if leaf.maximumDefinition > 0 || leaf.maximumRepetition > 0 { all.append(.runLength) }
        for pages in dataPages where !all.contains(pages.encoding) { all.append(pages.encoding) }
        return all
    }

    /// Counts a data page.
    mutating func count(_ page: EncodedPage) {
        entryCount += page.entryCount
        if leaf.type.physical == .byteArray { textByteCount = (textByteCount ?? 0) + page.textByteCount }
        if let place = dataPages.firstIndex(where: { $0.encoding == page.encoding }) {
            dataPages[place].count += 1
        } else {
            dataPages.append((page.encoding, 1))
        }
    }

    func write(to writer: inout ThriftCompactWriter) {
        writer.writeInt64(2, 0)
        writer.writeStruct(3) { writeMetadata(to: &$0) }
        if let offsetIndex {
            writer.writeInt64(4, offsetIndex.offset)
            writer.writeInt32(5, offsetIndex.byteCount)
        }
        if let columnIndex {
            writer.writeInt64(6, columnIndex.offset)
            writer.writeInt32(7, columnIndex.byteCount)
        }
    }

    private func writeMetadata(to writer: inout ThriftCompactWriter) {
        writer.writeInt32(1, leaf.type.physical.rawValue)
        writer.writeList(2, of: .int32, encodings) { $0.appendInteger($1.rawValue) }
        writer.writeList(3, of: .binary, leaf.path) { $0.appendBinary(Array($1.utf8)) }
        writer.writeInt32(4, codecNumber)
        writer.writeInt64(5, entryCount)
        writer.writeInt64(6, plainByteCount)
        writer.writeInt64(7, storedByteCount)
        writer.writeInt64(9, dataOffset)
        if let dictionaryOffset { writer.writeInt64(11, dictionaryOffset) }
        writer.writeStruct(12) { statistics.write(to: &$0) }
        var counts = dataPages.map { (kind: 0, encoding: $0.encoding, count: $0.count) }
        if dictionaryOffset != nil { counts.insert((kind: 2, encoding: .plain, count: 1), at: 0) }
        writer.writeList(13, of: .structure, counts) { list, pages in
            list.appendStruct { entry in
                entry.writeInt32(1, pages.kind)
                entry.writeInt32(2, pages.encoding.rawValue)
                entry.writeInt32(3, pages.count)
            }
        }
        if let bloomFilter {
            writer.writeInt64(14, bloomFilter.offset)
            writer.writeInt32(15, bloomFilter.byteCount)
        }
        if let textByteCount { writer.writeStruct(16) { $0.writeInt64(1, textByteCount) } }
    }
}

/// One row group (parquet.thrift, RowGroup).
struct RowGroupMetadata {
    var chunks: [ChunkMetadata]
    let rowCount: Int
    let offset: Int
    let sortedBy: [ParquetSortColumn]

    func write(to writer: inout ThriftCompactWriter, ordinal: Int) {
        writer.writeList(1, of: .structure, chunks) { list, chunk in list.appendStruct { chunk.write(to: &$0) } }
        writer.writeInt64(2, chunks.reduce(0) { $0 + $1.plainByteCount })
        writer.writeInt64(3, rowCount)
        if !sortedBy.isEmpty {
            writer.writeList(4, of: .structure, sortedBy) { list, column in
                list.appendStruct { entry in
                    entry.writeInt32(1, column.leaf)
                    entry.writeBoolean(2, column.isDescending)
                    entry.writeBoolean(3, column.nullsFirst)
                }
            }
        }
        writer.writeInt64(5, offset)
        writer.writeInt64(6, chunks.reduce(0) { $0 + $1.storedByteCount })
        // The field has 16 bits; it is optional.
        if ordinal <= Int(Int16.max) { writer.writeInt16(7, ordinal) }
    }
}

/// The footer (parquet.thrift, FileMetaData).
struct FileMetadata {
    let schema: ParquetSchema
    let rowGroups: [RowGroupMetadata]
    let keyValues: [(key: String, value: String)]
    let createdBy: String

    func encode() -> [UInt8] {
        var writer = ThriftCompactWriter()
        writer.appendStruct { file in
            file.writeInt32(1, 1)
            file.writeList(2, of: .structure, SchemaElement.list(of: schema)) { $1.append(to: &$0) }
            file.writeInt64(3, rowGroups.reduce(0) { $0 + $1.rowCount })
            file.writeList(4, of: .structure, Array(rowGroups.enumerated())) { list, group in
                list.appendStruct { group.element.write(to: &$0, ordinal: group.offset) }
            }
            if !keyValues.isEmpty {
                file.writeList(5, of: .structure, keyValues) { list, pair in
                    list.appendStruct { entry in
                        entry.writeString(1, pair.key)
                        entry.writeString(2, pair.value)
                    }
                }
            }
            file.writeString(6, createdBy)
            // Every column is ordered as its type says.
            file.writeList(7, of: .structure, schema.leaves) { list, _ in list.appendStruct { $0.writeEmptyStruct(1) } }
        }
        return writer.bytes
    }
}
