internal import Glibc

/// A thread of the system with one owner, who joins it.
///
/// Signals stay with the other threads, so a handler never runs in the middle of a library's work, and a closed
/// socket shows as EPIPE.
package struct SystemThread: ~Copyable {
    private let thread: pthread_t

    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts `body`. Throws when the system has no more threads.
    package init(_ body: @escaping @Sendable () -> Void) throws(IOError) {
        let work = Unmanaged.passRetained(Work(body))
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        // The new thread inherits the mask, so there is no moment at which it takes a signal.
        pthread_sigmask(SIG_BLOCK, &all, &before)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, work.toOpaque())
        pthread_sigmask(SIG_SETMASK, &before, nil)
        guard code == 0 else {
            work.release()
            throw .system(call: "start", path: "thread", code: code)
        }
        self.thread = thread
    }

    /// Waits for the end of the thread.
    package consuming func join() { pthread_join(thread, nil) }
}
