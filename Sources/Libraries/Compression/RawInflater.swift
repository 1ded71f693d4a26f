internal import CISAL

/// Inflates a raw DEFLATE stream (RFC 1951) from buffer to buffer with Intel's ISA-L, which takes a third of zlib's
/// time (sheet of 283 MB: 0.19 s against 0.55 s, 2026-11-23). The caller moves the bytes: nothing is read, nothing kept
/// but the 32 KiB that the format refers back to.
package final class RawInflater {
    package enum Failure: Error { case damaged }

    // ISA-L's state is 100 KiB, too large for a stack.
    private let state: UnsafeMutablePointer<inflate_state>

    package init() {
        state = .allocate(capacity: 1)
        state.initialize(to: inflate_state())
        isal_inflate_init(state)
    }

    deinit { state.deallocate() }

    /// True when the stream has come to its proper end.
    package var isFinished: Bool { state.pointee.block_state == ISAL_BLOCK_FINISH }

    /// Inflates until `output` is full, `input` is used up or the stream ends, and says how much of each was used.
    /// Throws when the bytes are no DEFLATE stream.
    package func inflate(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> (consumed: Int, produced: Int) {
        let inputCount = min(input.count, Int(UInt32.max))
        let outputCount = min(output.count, Int(UInt32.max))
        state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(inputCount)
        state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = UInt32(outputCount)
        while !isFinished, state.pointee.avail_out > 0 {
            let before = (state.pointee.avail_in, state.pointee.avail_out)
            guard isal_inflate(state) == ISAL_DECOMP_OK else { throw .damaged }
            // With room left nothing is held back, and without input nothing more comes.
            if state.pointee.avail_in == 0, state.pointee.avail_out > 0 { break }
            if before == (state.pointee.avail_in, state.pointee.avail_out) { break }
        }
        return (inputCount - Int(state.pointee.avail_in), outputCount - Int(state.pointee.avail_out))
    }
}

extension CRC32 {
    /// The CRC-32 after `bytes`, with ISA-L's carry-less multiplication: 2.5 GB/s.
    package static func next(_ value: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        guard let base = bytes.baseAddress else { return value }
        return crc32_gzip_refl(value, base.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
    }
}
