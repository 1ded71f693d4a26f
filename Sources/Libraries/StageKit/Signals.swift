package import Bytes
internal import Glibc

/// What has to happen when the process is told to stop: the unfinished outputs go, and the parent sees the signal.
package enum Signals {
    /// How many unfinished files can be registered at once.
    package static let partialFileLimit = 256
    /// How many children can run at once.
    package static let childLimit = 16

    // The handler may only touch memory that is never reallocated and call what POSIX lists as async-signal-safe:
    // fixed tables of C strings and of numbers, unlink, kill, signal, raise.
    private nonisolated(unsafe) static let table: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
        let table = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: partialFileLimit)
        table.initialize(repeating: nil, count: partialFileLimit)
        return table
    }()

    // Set once, before the handler may look; never released.
    private nonisolated(unsafe) static var flag: Unmanaged<StopFlag>?

    /// A flag that the first SIGINT, SIGTERM or SIGHUP sets instead of ending the process, for programs that must tell
    /// a service first. They end with 128 + its number; another signal ends them at once.
    package static func stopFlag() -> StopFlag {
        let made = StopFlag()
        registration.hold { if flag == nil { flag = Unmanaged.passRetained(made) } }
        return flag?.takeUnretainedValue() ?? made
    }

    // Orders the threads that register; the handler cannot wait for it and only reads.
    private static let registration = Monitor()

    private nonisolated(unsafe) static let children: UnsafeMutablePointer<pid_t> = {
        let children = UnsafeMutablePointer<pid_t>.allocate(capacity: childLimit)
        children.initialize(repeating: 0, count: childLimit)
        return children
    }()

    /// Ignores SIGPIPE and SIGXFSZ (a closed pipe and a file beyond `ulimit -f` then show as EPIPE and EFBIG, with a
    /// message and nothing left behind) and removes registered files on SIGINT, SIGTERM and SIGHUP.
    static func install() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
        _ = table
        _ = children
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
        let taken = registration.hold { () -> Int? in
            guard let slot = (0..<partialFileLimit).first(where: { table[$0] == nil }) else { return nil }
            table[slot] = copy
            return slot
        }
        if taken == nil { free(copy) }
        return taken
    }

    package static func unregister(_ slot: Int?) {
        guard let slot else { return }
        let text = registration.hold {
            defer { table[slot] = nil }
            return table[slot]
        }
        free(text)
    }

    /// Runs `start`, which makes a child that leads a process group of its own, and registers that group: a signal
    /// that ends this process ends the child too, from its first moment on. Gives the child and its slot, which is nil
    /// when too many children run.
    package static func startChild<Failure: Error>(
        _ start: () throws(Failure) -> Int32
    ) throws(Failure) -> (child: Int32, slot: Int?) {
        var handled = sigset_t()
        sigemptyset(&handled)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&handled, number) }
        var previous = sigset_t()
        // Between its start and its registration nobody would end the child: such signals wait.
        pthread_sigmask(SIG_BLOCK, &handled, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        let child = try start()
        let taken = registration.hold { () -> Int? in
            guard let slot = (0..<childLimit).first(where: { children[$0] == 0 }) else { return nil }
            children[slot] = child
            return slot
        }
        return (child, taken)
    }

    /// Forgets a child that has been waited for.
    package static func unregisterChild(_ slot: Int?) {
        if let slot { registration.hold { children[slot] = 0 } }
    }

    private static func handle(_ number: Int32) {
        if let flag = flag?._withUnsafeGuaranteedRef({ $0 }), !flag.isSet {
            flag.set(signalNumber: number)
            return
        }
        for slot in 0..<childLimit where children[slot] > 0 { kill(-children[slot], SIGTERM) }
        for slot in 0..<partialFileLimit {
            if let path = table[slot] { unlink(path) }
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
