internal import Glibc

/// What has to happen when the process is told to stop: the unfinished outputs go, and the parent sees the signal.
package enum Signals {
    /// How many unfinished files can be registered at once.
    package static let partialFileLimit = 256

    // The handler may only touch memory that is never reallocated and call what POSIX lists as async-signal-safe:
    // a fixed table of C strings, unlink, signal, raise.
    private nonisolated(unsafe) static let table: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
        let table = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: partialFileLimit)
        table.initialize(repeating: nil, count: partialFileLimit)
        return table
    }()

    /// Ignores SIGPIPE (a closed pipe then shows as EPIPE) and removes registered files on SIGINT, SIGTERM and SIGHUP.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        _ = table
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var previous = sigaction()
            sigaction(number, nil, &previous)
            // A shell that runs us in the background asks for SIGINT to be ignored; nohup does so for SIGHUP.
            let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
            if isIgnored { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { Signals.handle($0) }
            sigaction(number, &action, nil)
        }
    }

    /// Removes this file if a signal ends the process before `unregister`. Says which slot it took, or nil when the
    /// table is full or the process handles no signals (tests).
    package static func register(_ path: String) -> Int? {
        guard let copy = strdup(path) else { return nil }
        for slot in 0..<partialFileLimit where table[slot] == nil {
            table[slot] = copy
            return slot
        }
        free(copy)
        return nil
    }

    package static func unregister(_ slot: Int?) {
        guard let slot, let text = table[slot] else { return }
        table[slot] = nil
        free(text)
    }

    private static func handle(_ number: Int32) {
        for slot in 0..<partialFileLimit {
            if let path = table[slot] { unlink(path) }
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
