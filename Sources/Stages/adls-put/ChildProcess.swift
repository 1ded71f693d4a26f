import Bytes
import Glibc
import StageKit

/// Starts programs and waits for them.
enum ChildProcess {
    enum Group { case own, ours }

    /// Starts a program found through PATH. The signals that we ignore for ourselves, and blocked ones, are
    /// not passed on.
    static func spawn(
        _ arguments: [String], group: Group, inheriting descriptor: Int32?, standardInput: Int32?,
        outputs: (standard: Int32, errors: Int32)? = nil
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
        for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Duplicating a descriptor onto itself here means: leave it open in the child.
        if let descriptor { posix_spawn_file_actions_adddup2(&actions, descriptor, descriptor) }
        if let standardInput { posix_spawn_file_actions_adddup2(&actions, standardInput, 0) }
        if let outputs {
            posix_spawn_file_actions_adddup2(&actions, outputs.standard, 1)
            posix_spawn_file_actions_adddup2(&actions, outputs.errors, 2)
        }
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

    /// Waits for the end of a program: its exit status, or 128+n. When a person stops it (Ctrl-Z), this process stops
    /// with it, and when it is continued, so is the program.
    static func wait(for child: pid_t, terminal: ControllingTerminal? = nil) -> Int32 {
        var status: Int32 = 0
        while true {
            let found = waitpid(child, &status, terminal == nil ? 0 : WUNTRACED)
            if found < 0 {
                if errno == EINTR { continue }
                return ExitStatus.ourBug
            }
            if status & 0xFF == 0x7F, let terminal {
                terminal.takeBack(from: child)
                kill(0, SIGSTOP)
                terminal.give(to: child)
                kill(-child, SIGCONT)
                continue
            }
            terminal?.takeBack(from: child)
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }
}
