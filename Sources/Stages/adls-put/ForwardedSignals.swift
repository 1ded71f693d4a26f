import Glibc
import StageKit

/// Passes SIGINT, SIGTERM and SIGHUP on to a process group.
enum ForwardedSignals {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]
    // Read in a signal handler: memory that never moves, and no lock.
    private nonisolated(unsafe) static let group: UnsafeMutablePointer<pid_t> = {
        let cell = UnsafeMutablePointer<pid_t>.allocate(capacity: 1)
        cell.initialize(to: 0)
        return cell
    }()

    /// Runs `body` with these signals held back, so that none comes between the start of a child and `forward`.
    static func whileBlocked<Result>(_ body: () throws(StageFailure) -> Result) throws(StageFailure) -> Result {
        var signals = sigset_t()
        var previous = sigset_t()
        sigemptyset(&signals)
        for number in numbers { sigaddset(&signals, number) }
        sigprocmask(SIG_BLOCK, &signals, &previous)
        defer { sigprocmask(SIG_SETMASK, &previous, nil) }
        return try body()
    }

    static func forward(to child: pid_t) {
        group.pointee = child
        for number in numbers {
            var previous = sigaction()
            sigaction(number, nil, &previous)
            // What a shell or nohup told us to ignore, the command ignores as well.
            if unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1 { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { ForwardedSignals.pass($0) }
            sigaction(number, &action, nil)
        }
    }

    /// The group is gone: its number may soon be another's.
    static func stop() { group.pointee = 0 }

    private static func pass(_ number: Int32) {
        let code = errno
        if group.pointee > 0 { kill(-group.pointee, number) }
        errno = code
    }
}
