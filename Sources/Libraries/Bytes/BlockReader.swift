internal import Glibc

/// Whole lines in one piece of memory, as `BlockReader` hands them out.
package final class LineBlock {
    fileprivate var memory: UnsafeMutableRawBufferPointer
    fileprivate(set) package var byteCount = 0
    /// The block is the beginning of one line that is longer than the reader allows; the rest of it was skipped.
    fileprivate(set) package var isTooLong = false

    package init(capacity: Int = BlockReader.defaultCapacity) {
        memory = .allocate(byteCount: max(64, capacity), alignment: 64)
    }

    deinit { memory.deallocate() }

    /// The lines, until the block is filled again.
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: memory[..<byteCount]))
            return _overrideLifetime(span, borrowing: self)
        }
    }

    fileprivate func grow(to capacity: Int, keeping count: Int) {
        let bigger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
        bigger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = bigger
    }
}

/// Cuts a source into blocks of whole lines, so that threads can work on them apart.
///
///     source:   | line LF line LF li | ne LF line LF |
///     blocks:   [ line LF line LF ]  [ line LF line LF ]
///
/// Blocks are as large as they can be without splitting a line; only the last one may lack a line feed at its end. A
/// line that is longer than `lineLimit` and than a block is not kept in memory: its beginning comes as a block of its
/// own, marked, and the rest is skipped. (One that fits into a block is handed out: who reads the lines judges it.)
package struct BlockReader: ~Copyable {
    package static let defaultCapacity = 1 << 20
    /// How much of a line that is too long is handed out.
    package static let excerptByteCount = 1 << 10

    private let source: any ByteSource
    private let lineLimit: Int
    private var rest: [UInt8] = []
    private var isAtEnd = false
    private var isSkipping = false
    /// Bytes read so far.
    package private(set) var byteCount = 0

    package init(_ source: any ByteSource, lineLimit: Int = LineReader.defaultLineLimit) {
        self.source = source
        self.lineLimit = lineLimit
    }

    /// Fills the block; false at the end of the input.
    package mutating func next(_ block: LineBlock) throws(IOError) -> Bool {
        block.isTooLong = false
        block.byteCount = 0
        var used = takeRest(block)
        // What was kept of the block before has no line feed.
        var lastFeed: Int?
        while true {
            if used == block.memory.count {
                // One more than the limit: the line feed.
                guard used <= lineLimit else { return skipLongLine(block) }
                block.grow(to: min(lineLimit + 1, used * 2), keeping: used)
            }
            let free = UnsafeMutableRawBufferPointer(rebasing: block.memory[used...])
            let count = isAtEnd ? 0 : try source.read(into: free)
            byteCount += count
            if count == 0 {
                isAtEnd = true
                block.byteCount = used
                return used > 0
            }
            var fresh = used
            used += count
            if isSkipping {
                used = endSkipping(block, used)
                fresh = 0
            }
            let read = UnsafeRawBufferPointer(rebasing: block.memory[fresh..<used])
            if let place = ByteScan.lastIndex(of: 0x0A, in: read) { lastFeed = fresh + place }
            // A pipe gives little at a time; half a block is worth handing on.
            if let lastFeed, used >= block.memory.count / 2 {
                rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: block.memory[(lastFeed + 1)..<used]))
                block.byteCount = lastFeed + 1
                return true
            }
        }
    }

    private mutating func takeRest(_ block: LineBlock) -> Int {
        if block.memory.count < rest.count * 2 { block.grow(to: rest.count * 2, keeping: 0) }
        rest.withUnsafeBytes { block.memory.copyMemory(from: $0) }
        let count = rest.count
        rest.removeAll(keepingCapacity: true)
        return count
    }

    private mutating func skipLongLine(_ block: LineBlock) -> Bool {
        isSkipping = true
        block.isTooLong = true
        block.byteCount = min(Self.excerptByteCount, block.memory.count)
        return true
    }

    /// Drops the rest of a line that is too long, up to its line feed. Says how many bytes of the block are left.
    private mutating func endSkipping(_ block: LineBlock, _ used: Int) -> Int {
        let found = memchr(block.memory.baseAddress.unsafelyUnwrapped, 0x0A, used)
        guard let found else { return 0 }
        isSkipping = false
        let start = UnsafeRawPointer(found) - UnsafeRawPointer(block.memory.baseAddress.unsafelyUnwrapped) + 1
        memmove(block.memory.baseAddress.unsafelyUnwrapped, found + 1, used - start)
        return used - start
    }
}
