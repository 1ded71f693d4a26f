import Bytes
import Glibc
import StageKit

/// Runs a command while a lock of the lake is held: `--lease URL -- COMMAND...`.
///
///     adls-put ── holds the lock, forwards signals ──┬── COMMAND, in a process group of its own
///                                                    └── guard: ends that group if adls-put is killed
///
/// The command has the lock's descriptor too. So even if adls-put is killed with SIGKILL, the lock is free only when
/// the command's processes are gone; the guard sees to it that they go.
enum LeasedCommand {
    /// What a shell says of a command that is not there, and of one that cannot be run.
    static let statusOfMissingCommand: Int32 = 127
    static let statusOfUnusableCommand: Int32 = 126

    /// Gives the command's exit status, 128+n after a signal.
    static func run(_ command: [String], under address: LakeAddress, log: Log) throws(StageFailure) -> Int32 {
        let store = Lakes.store(for: address)
        let lease = try mapLakeError { () throws(LakeError) in try store.acquireLease(at: address) }
        if let lease = lease as? FolderLease {
            let time = Environment.wallClock()
            let since = UTCTime(seconds: time.seconds, nanoseconds: time.nanoseconds).text
            try mapLakeError { () throws(LakeError) in try lease.note(holder: "process \(getpid()) since \(since)\n") }
        }
        let status = try ForwardedSignals.whileBlocked { () throws(StageFailure) in
            let child = try ChildProcess.spawn(
                command, group: .own, inheriting: lease.inheritableDescriptor, standardInput: nil)
            let guardian = try? GroupGuard.spawn(for: child)
            if guardian == nil { log.warning("no guard: if this process is killed, the command goes on") }
            ForwardedSignals.forward(to: child)
            return (child, guardian)
        }
        let exit = ChildProcess.wait(for: status.0)
        ForwardedSignals.stop()
        status.1?.dismiss()
        try mapLakeError { () throws(LakeError) in try lease.release() }
        return exit
    }
}

/// Starts programs and waits for them.
enum ChildProcess {
    enum Group { case own, ours }

    /// Starts a program found through PATH. Ignored SIGPIPE and blocked signals are not passed on.
    static func spawn(
        _ arguments: [String], group: Group, inheriting descriptor: Int32?, standardInput: Int32?
    ) throws(StageFailure) -> pid_t {
        guard let program = arguments.first else { throw .usage("there is no command after --") }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        if group == .own { flags |= POSIX_SPAWN_SETPGROUP }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigaddset(&signals, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Duplicating a descriptor onto itself here means: leave it open in the child.
        if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        if let standardInput { posix_spawn_file_actions_adddup2(&actions, standardInput, 0) }
        var texts: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in texts { free(text) } }
        var child: pid_t = 0
        let code = posix_spawnp(&child, program, &actions, &attributes, &texts, environ)
        guard code == 0 else {
            let missing = code == ENOENT || code == ENOTDIR
            throw StageFailure(
                status: missing ? LeasedCommand.statusOfMissingCommand : LeasedCommand.statusOfUnusableCommand,
                "\(program): \(String(cString: strerror(code)))")
        }
        return child
    }

    /// Waits for the end of a program: its exit status, or 128+n.
    static func wait(for child: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            if errno != EINTR { return ExitStatus.ourBug }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }
}

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
