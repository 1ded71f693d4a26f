package import Bytes
internal import CZlib

/// Writes one gzip member (RFC 1952) into another sink. The header holds no time and no name, so that equal input
/// gives equal bytes.
package final class GzipSink: ByteSink {
    package static let defaultLevel: Int32 = 6

    package let path: String
    private let sink: any ByteSink
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer

    package init(_ sink: any ByteSink, level: Int32 = defaultLevel) {
        self.sink = sink
        path = sink.path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 128 << 10, alignment: 64)
        let status = sluice_deflate_init(stream, level, MAX_WBITS + 16)
        precondition(status == Z_OK, "zlib could not start: out of memory or a level outside 0...9")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        var rest = bytes
        while rest.count > 0 {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest[piece.count...])
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece.count)
            while stream.pointee.avail_in > 0 { _ = try step(Z_NO_FLUSH) }
        }
    }

    package func finish() throws(IOError) {
        stream.pointee.avail_in = 0
        while try step(Z_FINISH) != Z_STREAM_END {}
        try sink.finish()
    }

    private func step(_ flush: Int32) throws(IOError) -> Int32 {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let status = deflate(stream, flush)
        precondition(status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR, "deflate was misused")
        let count = output.count - Int(stream.pointee.avail_out)
        if count > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<count])) }
        return status
    }
}
