internal import Bytes

/// Records of bytes in memory that grows piece by piece, so that nothing is moved and little is reserved in advance.
/// A record is never split.
struct RecordChunks: ~Copyable {
    static let chunkByteCount = 16 << 10

    private var full: [UnsafeRawBufferPointer] = []
    private var current: UnsafeMutableRawBufferPointer
    private var used = 0

    init() { current = UnsafeMutableRawBufferPointer(start: nil, count: 0) }

    deinit {
        for chunk in full { chunk.deallocate() }
        current.deallocate()
    }

    var isEmpty: Bool { used == 0 }

    /// The place for a record of so many bytes, which must all be written.
    @inline(__always)
    mutating func append(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if current.count - used < byteCount { open(byteCount) }
        defer { used += byteCount }
        return current.baseAddress.unsafelyUnwrapped + used
    }

    @inline(never)
    private mutating func open(_ byteCount: Int) {
        if used > 0 { full.append(UnsafeRawBufferPointer(rebasing: current[..<used])) } else { current.deallocate() }
        current = .allocate(byteCount: max(Self.chunkByteCount, byteCount), alignment: 8)
        used = 0
    }

    /// All records, in the order in which they were added, a chunk at a time.
    borrowing func visitChunks<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        for chunk in full { try body(chunk) }
        if used > 0 { try body(UnsafeRawBufferPointer(rebasing: current[..<used])) }
    }
}
