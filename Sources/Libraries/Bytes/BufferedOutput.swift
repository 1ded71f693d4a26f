internal import Glibc

/// Gathers small writes into blocks for a sink. The owner must call `finish()`; what is not flushed is lost, on
/// purpose: an abandoned output must not look whole.
package struct BufferedOutput: ~Copyable {
    package static let defaultCapacity = 256 << 10

    /// Bytes accepted so far, flushed or not.
    package private(set) var byteCount = 0

    private let sink: any ByteSink
    private let block: UnsafeMutableRawBufferPointer
    private var used = 0

    package init(_ sink: any ByteSink, capacity: Int = defaultCapacity) {
        self.sink = sink
        block = .allocate(byteCount: max(64, capacity), alignment: 64)
    }

    deinit { block.deallocate() }

    /// Takes a copy of `bytes`, flushing whole blocks as they fill.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        byteCount += bytes.count
        if bytes.count > block.count - used {
            try flush()
            if bytes.count >= block.count { return try sink.write(bytes) }
        }
        guard let base = bytes.baseAddress else { return }
        memcpy(block.baseAddress.unsafelyUnwrapped + used, base, bytes.count)
        used += bytes.count
    }

    /// Smaller pieces are copied: handing each on would cost more.
    static let smallestPiece = 4 << 10

    /// Takes pieces, one after the other. Many bytes in large pieces go to the sink as they are, without a copy.
    package mutating func append(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) {
        let total = pieces.reduce(0) { $0 + $1.count }
        if total < block.count || total / pieces.count < Self.smallestPiece {
            for piece in pieces { try append(piece) }
            return
        }
        byteCount += total
        try flush()
        try sink.write(pieces)
    }

    /// Takes a copy of `bytes`.
    package mutating func append(_ bytes: [UInt8]) throws(IOError) {
        try bytes.withUnsafeBufferPointer { (pointer) throws(IOError) in try append(UnsafeRawBufferPointer(pointer)) }
    }

    /// Hands everything held to the sink.
    package mutating func flush() throws(IOError) {
        guard used > 0 else { return }
        let held = UnsafeRawBufferPointer(rebasing: block[..<used])
        used = 0
        try sink.write(held)
    }

    /// Flushes and ends the sink's stream.
    package mutating func finish() throws(IOError) {
        try flush()
        try sink.finish()
    }
}
