import Bytes
import Compression
import Testing

/// A Parquet file taken apart without any of the writer's code: footer, indexes and page headers as Thrift fields by
/// their number, with the offset of each page. Layout tests assert on it.
struct ParquetDump {
    indirect enum Value: Equatable {
        case boolean(Bool)
        case integer(Int)
        case double(Double)
        case binary([UInt8])
        case list([Value])
        case structure([Int: Value])

        subscript(field: Int) -> Value? { if case .structure(let fields) = self { fields[field] } else { nil } }
        subscript(path: [Int]) -> Value? {
            path.reduce(self as Value?) { value, field in value?[field] }
        }
        var integer: Int? { if case .integer(let value) = self { value } else { nil } }
        var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }
        var binary: [UInt8]? { if case .binary(let value) = self { value } else { nil } }
        var text: String? { binary.map { String(decoding: $0, as: UTF8.self) } }
        var list: [Value] { if case .list(let values) = self { values } else { [] } }
        var integers: [Int] { list.compactMap(\.integer) }
    }

    struct Page {
        let offset: Int
        let header: Value
        let headerByteCount: Int
        let body: [UInt8]
        /// The body before compression, for zstd and none.
        let plain: [UInt8]

        var isDictionary: Bool { header[1]?.integer == 2 }
        var entryCount: Int { (header[[5, 1]] ?? header[[7, 1]])?.integer ?? -1 }
        var encoding: Int { (header[[5, 2]] ?? header[[7, 2]])?.integer ?? -1 }
    }

    struct Chunk {
        let metadata: Value
        let pages: [Page]
        let columnIndex: Value?
        let offsetIndex: Value?

        var dataPages: [Page] { pages.filter { !$0.isDictionary } }
        var statistics: Value? { metadata[[3, 12]] }
        var codec: Int? { metadata[[3, 4]]?.integer }
        var encodings: [Int] { metadata[[3, 2]]?.integers ?? [] }
    }

    struct RowGroup {
        let metadata: Value
        let chunks: [Chunk]
        var rowCount: Int? { metadata[3]?.integer }
    }

    let footer: Value
    let rowGroups: [RowGroup]
    var schema: [Value] { footer[2]?.list ?? [] }
    var rowCount: Int? { footer[3]?.integer }

    /// Reads the file and checks what every file must satisfy: magic numbers, that chunks and pages lie one behind
    /// the other without a gap, sizes, counts, checksums, and that the offset index names every page.
    init(_ file: [UInt8]) throws {
        try #require(file.count > 12 && file.prefix(4) == [0x50, 0x41, 0x52, 0x31] && file.suffix(4) == file.prefix(4))
        let length = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        var reader = ThriftReader(bytes: file, position: file.count - 8 - length)
        footer = try reader.structure()
        #expect(reader.position == file.count - 8)
        var next = 4
        var groups: [RowGroup] = []
        for group in footer[4]?.list ?? [] {
            #expect(group[5]?.integer == next, "file_offset is the row group's first page")
            var chunks: [Chunk] = []
            for chunk in group[1]?.list ?? [] { chunks.append(try Self.chunk(chunk, of: file, &next)) }
            for chunk in chunks {
                guard let filter = chunk.metadata[[3, 14]]?.integer else { continue }
                #expect(filter == next, "Bloom filters follow their row group")
                next += try #require(chunk.metadata[[3, 15]]?.integer)
            }
            #expect(group[2]?.integer == chunks.reduce(0) { $0 + ($1.metadata[[3, 6]]?.integer ?? -1) })
            #expect(group[6]?.integer == chunks.reduce(0) { $0 + ($1.metadata[[3, 7]]?.integer ?? -1) })
            #expect(group[7]?.integer == groups.count)
            groups.append(RowGroup(metadata: group, chunks: chunks))
        }
        #expect(footer[3]?.integer == groups.reduce(0) { $0 + ($1.rowCount ?? -1) })
        rowGroups = groups
    }

    private static func chunk(_ metadata: Value, of file: [UInt8], _ next: inout Int) throws -> Chunk {
        let start = next
        let entries = try #require(metadata[[3, 5]]?.integer)
        var pages: [Page] = []
        var seen = 0
        var plainByteCount = 0
        while seen < entries {
            var reader = ThriftReader(bytes: file, position: next)
            let header = try reader.structure()
            let size = try #require(header[3]?.integer)
            let body = Array(file[reader.position..<reader.position + size])
            let checksum = try #require(header[4]?.integer)
            #expect(body.withUnsafeBytes { CRC32.of($0) } == UInt32(truncatingIfNeeded: checksum))
            let plainSize = try #require(header[2]?.integer)
            let page = Page(
                offset: next, header: header, headerByteCount: reader.position - next, body: body,
                plain: try decompress(body, codec: metadata[[3, 4]]?.integer))
            #expect(page.plain.count == plainSize)
            plainByteCount += page.headerByteCount + plainSize
            if !page.isDictionary { seen += page.entryCount }
            pages.append(page)
            next = reader.position + size
        }
        #expect(seen == entries)
        #expect(metadata[[3, 7]]?.integer == next - start)
        #expect(metadata[[3, 6]]?.integer == plainByteCount)
        #expect(metadata[[3, 9]]?.integer == pages.first { !$0.isDictionary }?.offset)
        #expect(metadata[[3, 11]]?.integer == pages.first { $0.isDictionary }?.offset)
        #expect(pages.dropFirst().allSatisfy { !$0.isDictionary }, "the dictionary comes first")
        let columnIndex = try index(metadata[6], metadata[7], of: file)
        let offsetIndex = try index(metadata[4], metadata[5], of: file)
        let data = pages.filter { !$0.isDictionary }
        #expect(offsetIndex?[1]?.list.map { $0[1]?.integer } == data.map(\.offset))
        #expect(offsetIndex?[1]?.list.map { $0[2]?.integer } == data.map { $0.headerByteCount + $0.body.count })
        if let columnIndex { #expect(columnIndex[1]?.list.count == data.count) }
        return Chunk(metadata: metadata, pages: pages, columnIndex: columnIndex, offsetIndex: offsetIndex)
    }

    private static func index(_ offset: Value?, _ length: Value?, of file: [UInt8]) throws -> Value? {
        guard let offset = offset?.integer, let length = length?.integer else { return nil }
        var reader = ThriftReader(bytes: file, position: offset)
        let value = try reader.structure()
        #expect(reader.position == offset + length)
        return value
    }

    private static func decompress(_ body: [UInt8], codec: Int?) throws -> [UInt8] {
        switch codec {
        case 0: return body
        case 2: return try contents(InflateSource(MemorySource(body), container: .gzip))
        default: return try contents(ZstandardSource(MemorySource(body)))
        }
    }

    private static func contents(_ source: any ByteSource) throws -> [UInt8] { try FileSystem.contents(of: source) }
}

/// Reads the compact protocol.
private struct ThriftReader {
    struct Damaged: Error {}

    let bytes: [UInt8]
    var position: Int

    private mutating func byte() throws -> UInt8 {
        guard bytes.indices.contains(position) else { throw Damaged() }
        position += 1
        return bytes[position - 1]
    }

    private mutating func variable() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return value }
            shift += 7
        }
    }

    private mutating func integer() throws -> Int {
        let raw = try variable()
        return Int(bitPattern: UInt(raw >> 1)) ^ -Int(raw & 1)
    }

    mutating func structure() throws -> ParquetDump.Value {
        var fields: [Int: ParquetDump.Value] = [:]
        var id = 0
        while true {
            let header = try byte()
            if header == 0 { return .structure(fields) }
            id = header >> 4 == 0 ? try integer() : id + Int(header >> 4)
            fields[id] = try value(header & 15)
        }
    }

    private mutating func value(_ type: UInt8) throws -> ParquetDump.Value {
        switch type {
        case 1, 2: return .boolean(type == 1)
        case 3: return .integer(Int(Int8(bitPattern: try byte())))
        case 4, 5, 6: return .integer(try integer())
        case 8:
            let count = Int(try variable())
            guard position + count <= bytes.count else { throw Damaged() }
            position += count
            return .binary(Array(bytes[position - count..<position]))
        case 9:
            let header = try byte()
            let count = header >> 4 == 15 ? Int(try variable()) : Int(header >> 4)
            var values: [ParquetDump.Value] = []
            for _ in 0..<count {
                values.append(header & 15 <= 2 ? .boolean(try byte() == 1) : try value(header & 15))
            }
            return .list(values)
        case 12: return try structure()
        default: throw Damaged()
        }
    }
}
