import Bytes
import Glibc
import StageKit

/// Waits for a command and its messages, and ends its process group when we are told to stop.
///
///     running ──signal──▶ stopping: that signal, then SIGTERM, then SIGKILL, until the group is gone
///        └──the command ends──▶ draining: its last messages
struct GroupWatch: ~Copyable {
    private static let stepMilliseconds = 50

    private let group: pid_t
    private let signals: SignalPipe
    private let errors: OwnedDescriptor
    private var ending: GroupedCommand.Ending?
    private var stopSignal: Int32?
    private var hasMessages = true
    /// When the next stronger signal is due, and which. Behind the strongest nothing is left: who does not reap its
    /// children keeps dead ones in the group for ever.
    private var escalation: (due: Double, number: Int32?)?
    private var hasGivenUp = false

    init(group: pid_t, signals: consuming SignalPipe, errors: consuming OwnedDescriptor) {
        self.group = group
        self.signals = signals
        self.errors = errors
    }

    mutating func run(_ relay: MessageRelay) throws(StageFailure) -> GroupedCommand.Ending {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { block.deallocate() }
        var drainUntil: Double?
        while true {
            let now = Environment.monotonicSeconds()
            if let due = escalation, now >= due.due { strengthen(now) }
            if ending != nil {
                if drainUntil == nil { drainUntil = now + Double(GroupedCommand.drainMilliseconds) / 1000 }
                let isQuiet = !hasMessages || now >= drainUntil ?? 0
                if isQuiet, stopSignal == nil || !isGroupAlive || hasGivenUp { break }
            }
            wait()
            if hasMessages { try readMessages(into: block, relay) }
            for number in signals.take() { note(number) }
        }
        relay.finish()
        if let stopSignal { return .stopped(stopSignal) }
        return ending ?? .exited(ExitStatus.ourBug)
    }

    /// Waits for messages or signals; not for long while something else is due.
    private func wait() {
        var waiting = [
            pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hasMessages ? errors.number : -1, events: Int16(POLLIN), revents: 0),
        ]
        let isTimed = ending != nil || escalation != nil
        _ = poll(&waiting, 2, isTimed ? Int32(Self.stepMilliseconds) : -1)
    }

    private mutating func readMessages(into block: UnsafeMutableRawBufferPointer, _ relay: MessageRelay)
        throws(StageFailure)
    {
        var state = [pollfd(fd: errors.number, events: Int16(POLLIN), revents: 0)]
        guard poll(&state, 1, 0) > 0 else { return }
        do throws(IOError) {
            let count = try readSome(errors.number, into: block, path: "the command's messages")
            if count == 0 { hasMessages = false }
            relay.append(UnsafeRawBufferPointer(rebasing: block[..<count]))
        } catch {
            throw .localIO(error.message)
        }
    }

    private mutating func note(_ number: Int32) {
        guard number != SIGCHLD else {
            reap()
            return
        }
        let now = Environment.monotonicSeconds()
        if stopSignal == nil {
            stopSignal = number
            kill(-group, number)
            escalation = (now + Double(GroupedCommand.graceMilliseconds) / 1000, SIGTERM)
        } else {
            // Whoever asks twice is in a hurry.
            strengthen(now)
        }
    }

    private mutating func strengthen(_ now: Double) {
        guard let number = escalation?.number else {
            hasGivenUp = escalation != nil
            return
        }
        kill(-group, number)
        escalation = (
            now + Double(GroupedCommand.graceMilliseconds) / 1000, number == SIGKILL ? nil : SIGKILL
        )
    }

    private mutating func reap() {
        guard ending == nil else { return }
        var status: Int32 = 0
        let found = waitpid(group, &status, WNOHANG)
        guard found == group else { return }
        let signal = status & 0x7F
        ending = signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
        // What the command left behind when it was stopped has no reason to stay.
        if stopSignal != nil { kill(-group, SIGTERM) }
    }

    /// The group's number is not given to another process while a member lives, and is ours until then.
    private var isGroupAlive: Bool { kill(-group, 0) == 0 }
}
