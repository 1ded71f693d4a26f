internal import Glibc

/// Encodes pages on all cores there are, while the caller fills the next ones.
///
/// Pages of one column are encoded in their order, each column by one thread at a time, so the bytes that come out do
/// not depend on how many threads there are. When too much waits, the caller encodes some itself.
package final class EncodingPool {
    /// Bytes of page buffers that may wait before the caller has to help: about three rows of pages of a usual table.
    static let waitingByteLimit = 8 << 20
    package static let threadLimit = 64

    /// Threads that encode, the caller's included.
    package let threadCount: Int

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var threads: [pthread_t] = []
    private let ownWorkspace = Workspace()

    // Guarded by the mutex.
    private var ready: [ChunkEncoder] = []
    private var freePages: [PagePointer] = []
    private var pageCount = 0
    private var waitingByteCount = 0
    private var isStopping = false

    /// `threadCount` is clamped to 1...64. Where the system gives fewer threads, the work is done by those there are.
    package init(threadCount: Int) {
        self.threadCount = min(max(1, threadCount), Self.threadLimit)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
        for _ in 1..<self.threadCount {
            var thread = pthread_t()
            let context = Unmanaged.passUnretained(self).toOpaque()
            let status = pthread_create(
                &thread, nil,
                { context in
                    if let context { Unmanaged<EncodingPool>.fromOpaque(context).takeUnretainedValue().work() }
                    return nil
                }, context)
            if status != 0 { break }
            threads.append(thread)
        }
    }

    deinit {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
        for thread in threads { pthread_join(thread, nil) }
        for page in freePages { page.destroy() }
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// What the caller's own thread encodes with.
    var workspace: Workspace { ownWorkspace }

    /// An empty page buffer, used before if there is one.
    func takePage() -> PagePointer {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return freePages.popLast() ?? .make()
    }

    func give(back page: PagePointer) {
        page.pointee.removeAll()
        pthread_mutex_lock(mutex)
        freePages.append(page)
        pthread_mutex_unlock(mutex)
    }

    /// Takes over a page. It is encoded after those that the column has given before.
    func submit(_ page: PagePointer, isLast: Bool, to encoder: ChunkEncoder) {
        pthread_mutex_lock(mutex)
        encoder.queue.append((page, isLast))
        pageCount += 1
        waitingByteCount += page.pointee.values.count
        if !encoder.isScheduled {
            encoder.isScheduled = true
            ready.append(encoder)
            pthread_cond_broadcast(changed)
        }
        while threads.isEmpty ? pageCount > 0 : waitingByteCount > Self.waitingByteLimit { helpOrWait() }
        pthread_mutex_unlock(mutex)
    }

    /// Returns when everything that was submitted is encoded.
    func drain() {
        pthread_mutex_lock(mutex)
        while pageCount > 0 { helpOrWait() }
        pthread_mutex_unlock(mutex)
    }

    // The mutex is held at entry and exit of what follows.

    private func helpOrWait() {
        if ready.isEmpty {
            pthread_cond_wait(changed, mutex)
        } else {
            encodeNext(with: ownWorkspace)
        }
    }

    private func work() {
        let workspace = Workspace()
        pthread_mutex_lock(mutex)
        while true {
            if !ready.isEmpty {
                encodeNext(with: workspace)
            } else if isStopping {
                break
            } else {
                pthread_cond_wait(changed, mutex)
            }
        }
        pthread_mutex_unlock(mutex)
    }

    private func encodeNext(with workspace: Workspace) {
        let encoder = ready.removeFirst()
        let (page, isLast) = encoder.queue.removeFirst()
        pthread_mutex_unlock(mutex)
        let byteCount = page.pointee.values.count
        encoder.encode(page.pointee, isLast: isLast, with: workspace)
        page.pointee.removeAll()
        pthread_mutex_lock(mutex)
        freePages.append(page)
        pageCount -= 1
        waitingByteCount -= byteCount
        if encoder.queue.isEmpty {
            encoder.isScheduled = false
        } else {
            ready.append(encoder)
        }
        pthread_cond_broadcast(changed)
    }
}
