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
    /// The lake may be held from another machine.
    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: Int(HOST_NAME_MAX) + 1)
        guard gethostname(&name, name.count - 1) == 0 else { return "an unnamed machine" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func start(_ command: [String], inheriting descriptor: Int32?) throws(StageFailure) -> pid_t {
        guard !command.isEmpty else { throw .usage("there is no command after --") }
        do throws(IOError) {
            return try ChildStart.start(command, group: .own, descriptors: descriptor.map { [($0, $0)] } ?? [])
        } catch {
            throw .command(error)
        }
    }

    /// Gives the command's exit status, 128+n after a signal.
    static func run(
        _ command: [String], under address: LakeAddress, _ settings: LakeSettings
    ) throws(StageFailure) -> Int32 {
        let log = settings.log
        let store = try Lakes.store(for: address, settings)
        let lease = try mapLakeError { () throws(LakeError) in try store.acquireLease(at: address) }
        // Also when the command does not start: a lock over a network outlasts this process.
        defer { giveBack(lease, log) }
        return try run(command, holding: lease, of: address, log)
    }

    private static func run(
        _ command: [String], holding lease: any LakeLease, of address: LakeAddress, _ log: Log
    ) throws(StageFailure) -> Int32 {
        let time = Environment.wallClock()
        let since = UTCTime(seconds: time.seconds, nanoseconds: time.nanoseconds).text
        let holder = "process \(getpid()) since \(since) on \(hostName())\n"
        try mapLakeError { () throws(LakeError) in try lease.note(holder: holder) }
        let terminal = ControllingTerminal()
        let (child, guardian) = try ForwardedSignals.whileBlocked { () throws(StageFailure) in
            let guardian = try? GroupGuard.spawn()
            if guardian == nil { log.warning("no guard: if this process is killed, the command goes on") }
            let child: pid_t
            do throws(StageFailure) {
                child = try start(command, inheriting: lease.inheritableDescriptor)
            } catch {
                guardian?.dismiss()
                throw error
            }
            guardian?.take(child)
            ForwardedSignals.forward(to: child)
            terminal?.give(to: child)
            return (child, guardian)
        }
        let lost = Guarded<String?>(nil)
        lease.whenLost { reason in
            // Somebody else may begin now: what the command does is no longer kept apart.
            log.error("\(address.url): the lock is lost, so the command is ended: \(reason)")
            lost.withLock { $0 = reason }
            if let guardian { guardian.endGroup() } else { kill(-child, SIGTERM) }
        }
        let exit = ChildEnd.wait(for: child, terminal: terminal)
        ForwardedSignals.stop()
        guardian?.dismiss()
        if lost.withLock({ $0 }) != nil { throw StageFailure(status: ExitStatus.tryAgain, nil) }
        return exit
    }

    private static func giveBack(_ lease: any LakeLease, _ log: Log) {
        do throws(LakeError) {
            try lease.release()
        } catch {
            // What the command did stays done; the lock ends with this process, or by itself soon.
            log.warning(error.failure.message ?? "the lock could not be given back")
        }
    }
}
