internal import Bytes
internal import Glibc

/// A block of a part's text. The room before it holds, when the block is scanned, what was left of the block before.
/// The NULs behind it let scanners look ahead without a bounds check: XML holds no NUL, so what matched is text.
///
///     | headroom | text (count) | NUL * slack |
struct TextBlock: @unchecked Sendable {
    static let capacity = 256 << 10
    static let headroom = 32 << 10
    static let slack = 64

    private let base: Room
    private let capacity: Int
    var count = 0

    var text: Room { base + TextBlock.headroom }
    var buffer: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(start: text, count: capacity) }

    /// A block for so many bytes; that of a small part need not be large.
    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: TextBlock.headroom + capacity + TextBlock.slack)
    }

    func deallocate() { base.deallocate() }

    /// Fills the block from a member; false at the member's end.
    mutating func fill(_ reader: ZipEntryReader) throws(XLSXError) -> Bool {
        count = try reader.read(into: buffer)
        memset(text + count, 0, TextBlock.slack)
        return count > 0
    }
}

/// Hands blocks from the thread that inflates to the one that scans, at most `limit` at a time. Either side can end it:
/// the producer by `finish`, the consumer by `cancel`.
///
/// Who has to wait is woken once for many blocks: a wake for each of a sheet's 1,100 took 5 % of the whole run
/// (2026-11-26).
final class BlockQueue: @unchecked Sendable {
    private let monitor = Monitor()
    private let limit: Int
    private let blockCapacity: Int
    /// So many blocks are free when a producer that ran out of them goes on.
    private let wakingCount: Int
    private var producerWaits = false
    private var consumerWaits = false
    private var made: [TextBlock] = []
    // A stack: the block used last is the one still in cache.
    private var free: [TextBlock] = []
    private var filled: [TextBlock] = []
    private var nextFilled = 0
    private var end: Result<Void, XLSXError>?
    private var isCancelled = false

    init(limit: Int, blockCapacity: Int) {
        self.limit = limit
        self.blockCapacity = blockCapacity
        wakingCount = max(1, limit / 2)
    }

    deinit {
        for block in made { block.deallocate() }
    }

    /// A block to fill; nil when nobody wants more.
    func emptyBlock() -> TextBlock? {
        monitor.hold {
            if free.isEmpty, made.count == limit {
                // The consumer holds one block at most when it waits, so this is reached before both wait.
                producerWaits = true
                while free.count < wakingCount, !isCancelled { monitor.wait() }
                producerWaits = false
            }
            if isCancelled { return nil }
            if let block = free.popLast() { return block }
            let block = TextBlock(capacity: blockCapacity)
            made.append(block)
            return block
        }
    }

    func put(_ block: TextBlock) {
        monitor.hold {
            filled.append(block)
            if consumerWaits { monitor.wakeOne() }
        }
    }

    func finish(_ result: Result<Void, XLSXError>) {
        monitor.hold {
            end = result
            monitor.wakeOne()
        }
    }

    func cancel() {
        monitor.hold {
            isCancelled = true
            monitor.wakeOne()
        }
    }

    func giveBack(_ block: TextBlock) {
        monitor.hold {
            free.append(block)
            if producerWaits, free.count >= wakingCount { monitor.wakeOne() }
        }
    }

    /// The next filled block, or nil at the end of the text.
    func take() throws(XLSXError) -> TextBlock? {
        try monitor.hold { () -> Result<TextBlock?, XLSXError> in
            while nextFilled == filled.count {
                if let end { return end.map { nil } }
                consumerWaits = true
                monitor.wait()
                consumerWaits = false
            }
            let block = filled[nextFilled]
            nextFilled += 1
            if nextFilled == filled.count {
                filled.removeAll(keepingCapacity: true)
                nextFilled = 0
            }
            return .success(block)
        }.get()
    }
}
