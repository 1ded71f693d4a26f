package import Bytes
internal import CZlib

/// Inflates a DEFLATE stream (RFC 1951) that another source delivers: raw as in zip, or as gzip members (RFC 1952).
///
/// A stream that ends early, is damaged, or (gzip) has the wrong checksum throws `IOError.corrupt`. Bytes after a raw
/// stream are left alone; gzip members may follow each other, as `cat a.gz b.gz` makes them.
package final class InflateSource: ByteSource {
    package enum Container: Sendable { case raw, gzip }

    package let path: String
    /// True when the compressed stream has come to its proper end.
    package private(set) var isFinished = false

    private let source: any ByteSource
    private let container: Container
    // zlib checks that its state has not moved, so it lives at a fixed address.
    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private var betweenMembers = true

    package init(_ source: any ByteSource, container: Container, inputCapacity: Int = 128 << 10) {
        self.source = source
        self.container = container
        path = source.path
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        input = .allocate(byteCount: inputCapacity, alignment: 64)
        let status = sluice_inflate_init(stream, container == .raw ? -MAX_WBITS : MAX_WBITS + 16)
        precondition(status == Z_OK, "zlib could not start: out of memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        if isFinished || buffer.count == 0 { return 0 }
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: buffer.count)
        let asked = Int(stream.pointee.avail_out)
        while true {
            if stream.pointee.avail_in == 0, try !refill() {
                if betweenMembers, container == .gzip {
                    isFinished = true
                    return asked - Int(stream.pointee.avail_out)
                }
                throw .corrupt(path: path, reason: "the compressed data ends too early")
            }
            betweenMembers = false
            let status = inflate(stream, Z_NO_FLUSH)
            let produced = asked - Int(stream.pointee.avail_out)
            switch status {
            case Z_OK, Z_BUF_ERROR:
                if produced == asked { return produced }
                if status == Z_OK, produced > 0, stream.pointee.avail_in == 0 { return produced }
            case Z_STREAM_END:
                if container == .raw {
                    isFinished = true
                    return produced
                }
                inflateReset(stream)
                betweenMembers = true
                if produced > 0 { return produced }
            default:
                let detail = stream.pointee.msg.map { String(cString: $0) } ?? "damaged"
                throw .corrupt(path: path, reason: "the compressed data is damaged (\(detail))")
            }
        }
    }

    private func refill() throws(IOError) -> Bool {
        let count = try source.read(into: input)
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
        return count > 0
    }
}
