internal import CZlib

/// Compresses buffers to gzip members (RFC 1952) with one reused state. The header holds no time and no name, so that
/// equal input gives equal bytes.
package struct GzipCompressor: ~Copyable {
    // zlib checks that its state has not moved, so it lives at a fixed address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// `level` is 0 (stored) to 9 (smallest).
    package init(level: Int) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = sluice_deflate_init(stream, Int32(clamping: level), MAX_WBITS + 16)
        precondition(status == Z_OK, "zlib could not start: out of memory or a level outside 0...9")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Room that a member of `byteCount` bytes surely fits in: zlib's bound, and the longest header and trailer.
    package mutating func bound(of byteCount: Int) -> Int {
        // A state that has just finished a member forgets its wrapper, and zlib's bound comes out too small.
        deflateReset(stream)
        return Int(deflateBound(stream, UInt(byteCount)))
    }

    /// Stores one member that holds `bytes`, at most 1 GiB; says how long it is. `output` must have room for
    /// `bound(of: bytes.count)` bytes.
    package mutating func compress(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int {
        deflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(bytes.count)
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(clamping: output.count)
        let status = deflate(stream, Z_FINISH)
        precondition(status == Z_STREAM_END, "deflate was misused: too little room")
        return output.count - Int(stream.pointee.avail_out)
    }
}
