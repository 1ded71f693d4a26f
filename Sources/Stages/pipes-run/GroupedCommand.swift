import Bytes
import Glibc
import StageKit

/// Runs a command in a process group of its own, hands its messages to a relay, and sees to it that a signal ends the
/// whole group.
enum GroupedCommand {
    /// How long the group may take to end after a signal before it gets the next stronger one.
    static let graceMilliseconds = 5_000
    /// How long a process that outlives the command may keep its standard error open for us.
    static let drainMilliseconds = 2_000

    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
        /// We were told to stop.
        case stopped(Int32)

        var status: Int32 {
            switch self {
            case .exited(let status): status
            case .signalled(let number), .stopped(let number): 128 + number
            }
        }
    }

    /// Becomes the command; comes back only when that fails.
    static func become(_ command: [String]) -> StageFailure {
        var texts: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
        for number in [SIGPIPE, SIGXFSZ, SIGINT, SIGTERM, SIGHUP] {
            var previous = sigaction()
            sigaction(number, nil, &previous)
            // What a shell or nohup told us to ignore stays so; the rest is as we found it.
            let isOurs = number == SIGPIPE || number == SIGXFSZ
            let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
            if isOurs || !isIgnored { signal(number, SIG_DFL) }
        }
        execvp(command[0], &texts)
        return .command(.last("start", command[0]))
    }

    /// Runs to the end.
    static func run(
        _ command: [String], environment: [(name: String, value: String?)], joinsOutput: Bool, relay: MessageRelay
    ) throws(StageFailure) -> Ending {
        for (name, value) in environment {
            if let value { setenv(name, value, 1) } else { unsetenv(name) }
        }
        let signals = try SignalPipe()
        let pipe = try PrivatePipe()
        let child = try spawn(command, errors: pipe.writer.number, joinsOutput: joinsOutput)
        var watch = GroupWatch(group: child, signals: signals, errors: pipe.keepReader())
        return try watch.run(relay)
    }

    private static func spawn(_ command: [String], errors: Int32, joinsOutput: Bool) throws(StageFailure) -> pid_t {
        var descriptors: [ChildStart.Descriptor] = [(errors, 2)]
        if joinsOutput { descriptors.append((errors, 1)) }
        do throws(IOError) {
            // Shells cannot trap what was ignored when they started, and Dagster cancels with SIGINT.
            return try ChildStart.start(
                command, group: .own, resetting: ChildStart.endingSignals + [SIGQUIT],
                descriptors: descriptors)
        } catch {
            throw .command(error)
        }
    }
}
