internal import Bytes

/// Does the same work for many items, several at a time, each on a thread of its own: for calls that wait for
/// something outside, such as `HTTPClient.send`.
package enum WorkerThreads {
    /// More threads than this are not used.
    package static let threadLimit = 256

    /// Calls `work` for each item, at most `atOnce` at a time, and returns when all have ended.
    ///
    /// Items are begun in order. After a failure no further item is begun, those under way end, and the failure of the
    /// earliest item is thrown. The caller's thread works too; where the system has no more threads, the work is done
    /// by those there are.
    package static func forEach<Item: Sendable, Failure: Error>(
        _ items: [Item], atOnce: Int, work: @escaping @Sendable (Item) throws(Failure) -> Void
    ) throws(Failure) {
        let list = WorkList<Item, Failure>(items)
        let extraCount = min(max(1, atOnce), threadLimit, max(1, items.count)) - 1
        let helpers = (0..<extraCount).compactMap { _ in
            try? Helper { list.workThrough(work) }
        }
        list.workThrough(work)
        for helper in helpers { helper.join() }
        if let failure = list.failure { throw failure }
    }

    /// A thread in an array.
    private final class Helper {
        private var thread: SystemThread?
        init(_ body: @escaping @Sendable () -> Void) throws(IOError) { thread = try SystemThread(body) }
        func join() { thread.take()?.join() }
    }
}

/// The items that threads take from, one after the other.
private final class WorkList<Item: Sendable, Failure: Error>: Sendable {
    private struct Progress {
        var next = 0
        var failure: (index: Int, error: Failure)?
    }

    private let items: [Item]
    private let progress = Guarded(Progress())

    init(_ items: [Item]) { self.items = items }

    var failure: Failure? { progress.withLock { $0.failure?.error } }

    func workThrough(_ work: (Item) throws(Failure) -> Void) {
        while let index = takeIndex() {
            do throws(Failure) {
                try work(items[index])
            } catch {
                progress.withLock { progress in
                    if index < progress.failure?.index ?? .max { progress.failure = (index, error) }
                }
            }
        }
    }

    private func takeIndex() -> Int? {
        progress.withLock { progress in
            guard progress.failure == nil, progress.next < items.count else { return nil }
            progress.next += 1
            return progress.next - 1
        }
    }
}
