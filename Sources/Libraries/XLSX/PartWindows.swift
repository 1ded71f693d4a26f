internal import Bytes
internal import Glibc

/// The text of a part as window after window: each is what the scanner could not finish of the one before, and more.
/// The text may be changed in place. `end` has `TextBlock.slack` NULs behind it.
final class PartWindows {
    /// Blocks that wait between the threads: 8 MiB. 32 MiB is 2 % faster and takes 27 MB more (2026-11-23).
    static let queuedBlockCount = 32
    /// Smaller parts are not worth a thread.
    static let threadThreshold = 2 * TextBlock.capacity

    private(set) var start: Room
    private(set) var end: Room
    private let part: String
    private let limits: XLSXLimits
    private let queue: BlockQueue
    private var thread: pthread_t?
    private let reader: ZipEntryReader?
    private var held: TextBlock?
    /// Holds a window that is too long for a block.
    private var joint: UnsafeMutableBufferPointer<UInt8>?

    /// Opens a member; with `isThreaded`, a large one is inflated by a thread of its own.
    init(
        _ archive: ZipArchive, _ entry: ZipEntry, limits: XLSXLimits, limit: Int, limitName: String, isThreaded: Bool
    ) throws(XLSXError) {
        part = entry.name
        self.limits = limits
        // One byte more than the part has, so that its end is met at once.
        queue = BlockQueue(
            limit: Self.queuedBlockCount, blockCapacity: min(TextBlock.capacity - 1, max(0, entry.byteCount)) + 1)
        let reader = try ZipEntryReader(archive, entry, limit: limit, limitName: limitName)
        let empty = TextBlock(capacity: 0)
        (start, end) = (empty.text, empty.text)
        held = nil
        first = empty
        if isThreaded, entry.byteCount > Self.threadThreshold {
            let queue = queue
            let job = InflateJob(archive: archive, entry: entry, limit: limit, limitName: limitName, queue: queue)
            thread = try job.start()
            self.reader = nil
        } else {
            self.reader = reader
        }
    }

    /// The block that the first, empty window points into.
    private let first: TextBlock

    deinit {
        queue.cancel()
        if let thread { pthread_join(thread, nil) }
        joint?.deallocate()
        first.deallocate()
    }

    /// Makes a window of the text from `place` on and at least as much again. False when there is no more text.
    /// Throws when what is kept has reached the limit for a row.
    func advance(keeping place: Place) throws(XLSXError) -> Bool {
        let kept = Place(end) - place
        guard kept <= limits.rowBytes else {
            throw .limitExceeded(part: part, cell: nil, limit: "rowBytes", value: limits.rowBytes)
        }
        guard let block = try nextBlock() else { return false }
        if kept <= TextBlock.headroom {
            let target = block.text - kept
            memcpy(target, place, kept)
            releaseJoint()
            release()
            held = block
            (start, end) = (target, block.text + block.count)
            return true
        }
        // Twice as much each time: the scanner begins again at the start of a long row.
        let bigger = UnsafeMutableBufferPointer<UInt8>.allocate(
            capacity: 2 * kept + TextBlock.capacity + TextBlock.slack)
        guard let target = bigger.baseAddress else { return false }
        memcpy(target, place, kept)
        releaseJoint()
        release()
        joint = bigger
        var filled = kept
        var next: TextBlock? = block
        while let block = next {
            memcpy(target + filled, block.text, block.count)
            filled += block.count
            queue.giveBack(block)
            next = filled < 2 * kept ? try nextBlock() : nil
        }
        memset(target + filled, 0, TextBlock.slack)
        (start, end) = (target, target + filled)
        return true
    }

    private func nextBlock() throws(XLSXError) -> TextBlock? {
        if thread != nil { return try queue.take() }
        guard var block = queue.emptyBlock() else { return nil }
        guard let reader, try block.fill(reader) else {
            queue.giveBack(block)
            return nil
        }
        return block
    }

    private func release() {
        if let held { queue.giveBack(held) }
        held = nil
    }

    private func releaseJoint() {
        joint?.deallocate()
        joint = nil
    }
}

/// Inflates a member into a queue, on a thread of its own.
private final class InflateJob: Sendable {
    private let archive: ZipArchive
    private let entry: ZipEntry
    private let limit: Int
    private let limitName: String
    private let queue: BlockQueue

    init(archive: ZipArchive, entry: ZipEntry, limit: Int, limitName: String, queue: BlockQueue) {
        self.archive = archive
        self.entry = entry
        self.limit = limit
        self.limitName = limitName
        self.queue = queue
    }

    func start() throws(XLSXError) -> pthread_t {
        var thread = pthread_t()
        let job = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { job in
                guard let job else { return nil }
                Unmanaged<InflateJob>.fromOpaque(job).takeRetainedValue().run()
                return nil
            }, job.toOpaque())
        if status == 0 { return thread }
        job.release()
        throw .io(.system(call: "start a thread", path: entry.name, code: status))
    }

    private func run() {
        do throws(XLSXError) {
            let reader = try ZipEntryReader(archive, entry, limit: limit, limitName: limitName)
            while var block = queue.emptyBlock() {
                guard try block.fill(reader) else { break }
                queue.put(block)
            }
            queue.finish(.success(()))
        } catch {
            queue.finish(.failure(error))
        }
    }
}
