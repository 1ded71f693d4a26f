internal import Glibc

/// A lock that threads can wait in for what others change, on the system's own mutex and condition, which the thread
/// sanitizer understands. It guards its owner's properties; where one value is all there is to guard, take `Guarded`.
package final class Monitor: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    package init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Calls `body` when it is this thread's turn. `body` must not come back to the same monitor.
    package func hold<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Calls `body` unless it is another thread's turn; nil then.
    package func holdIfAvailable<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard pthread_mutex_trylock(mutex) == 0 else { return nil }
        defer { pthread_mutex_unlock(mutex) }
        return try body()
    }

    /// Inside `hold`: lets others in until one of them wakes this thread, or for no reason at all: wait in a loop.
    package func wait() { pthread_cond_wait(changed, mutex) }

    /// Inside `hold`: wakes one thread that waits.
    package func wakeOne() { pthread_cond_signal(changed) }

    /// Inside `hold`: wakes all threads that wait.
    package func wakeAll() { pthread_cond_broadcast(changed) }

    /// Inside `hold`: calls `body` while others may have their turns.
    package func release(during body: () -> Void) {
        pthread_mutex_unlock(mutex)
        body()
        pthread_mutex_lock(mutex)
    }
}
