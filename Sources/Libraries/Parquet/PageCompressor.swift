internal import Compression

/// How pages are compressed.
package enum ParquetCodec: Equatable, Sendable {
    case none
    /// Level 1 to 9.
    case gzip(level: Int)
    /// Level 1 to 22; nil takes for each chunk the better of a fast level and `ParquetCodec.thoroughLevel`.
    case zstandard(level: Int?)

    /// What other writers take: rarely better than level 1 on identifiers and numbers, often on text.
    package static let thoroughLevel = 3
    static let fastLevel = 1

    package static let `default` = ParquetCodec.zstandard(level: nil)

    /// parquet.thrift, CompressionCodec.
    var number: Int {
        switch self {
        case .none: 0
        case .gzip: 2
        case .zstandard: 6
        }
    }
}

/// What a thread needs to encode pages, kept from page to page.
final class Workspace {
    /// The body of the page being put together.
    var body = GrowingBuffer(capacity: 4 << 10)
    /// Dictionary indices of the page, four bytes each.
    var indices = GrowingBuffer(capacity: 4 << 10)
    private var compressed = GrowingBuffer(capacity: 4 << 10)
    private var zstandard: ZstandardCompressor?
    private var gzip: GzipCompressor?
    private var gzipLevel = 0

    /// Compresses bytes that stay where they are. The result is valid until the next call.
    func compress(_ bytes: UnsafeRawBufferPointer, _ codec: ParquetCodec) -> UnsafeRawBufferPointer {
        switch codec {
        case .none: return bytes
        case .zstandard(let level):
            let room = ZstandardCompressor.bound(of: bytes.count)
            compressed.removeAll()
            let target = UnsafeMutableRawBufferPointer(start: compressed.reserve(room), count: room)
            let level = level ?? ParquetCodec.fastLevel
            if zstandard == nil { zstandard = ZstandardCompressor(level: level) }
            compressed.advance(zstandard?.compress(bytes, level: level, into: target) ?? 0)
        case .gzip(let level):
            if gzip == nil || gzipLevel != level {
                gzip = GzipCompressor(level: level)
                gzipLevel = level
            }
            let room = gzip?.bound(of: bytes.count) ?? 0
            compressed.removeAll()
            let target = UnsafeMutableRawBufferPointer(start: compressed.reserve(room), count: room)
            compressed.advance(gzip?.compress(bytes, into: target) ?? 0)
        }
        return compressed.bytes
    }

    /// Compresses the body as it stands.
    func compressBody(_ codec: ParquetCodec) -> UnsafeRawBufferPointer { compress(body.bytes, codec) }
}
