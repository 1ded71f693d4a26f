internal import Compression

/// How pages are compressed.
package enum ParquetCodec: Equatable, Sendable {
    case none
    /// Level 1 to 9.
    case gzip(level: Int)
    /// Level 1 to 22; nil takes for each chunk the best of a few efforts, see `ChunkTrial`.
    case zstandard(level: Int?)

    package static let `default` = ParquetCodec.zstandard(level: nil)
}

/// How the pages of one chunk are compressed.
enum PageCodec: Equatable {
    case none
    case gzip(level: Int)
    case zstandard(ZstandardCompressor.Effort)

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
    func compress(_ bytes: UnsafeRawBufferPointer, _ codec: PageCodec) -> UnsafeRawBufferPointer {
        switch codec {
        case .none: return bytes
        case .zstandard(let effort):
            if zstandard == nil { zstandard = ZstandardCompressor(effort) }
            zstandard?.set(effort)
            let target = room(ZstandardCompressor.bound(of: bytes.count))
            compressed.advance(zstandard?.compress(bytes, into: target) ?? 0)
        case .gzip(let level):
            if gzip == nil || gzipLevel != level {
                gzip = GzipCompressor(level: level)
                gzipLevel = level
            }
            let target = room(gzip?.bound(of: bytes.count) ?? 0)
            compressed.advance(gzip?.compress(bytes, into: target) ?? 0)
        }
        return compressed.bytes
    }

    private func room(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
        compressed.removeAll()
        return UnsafeMutableRawBufferPointer(start: compressed.reserve(byteCount), count: byteCount)
    }

    /// Compresses the body as it stands.
    func compressBody(_ codec: PageCodec) -> UnsafeRawBufferPointer { compress(body.bytes, codec) }
}
