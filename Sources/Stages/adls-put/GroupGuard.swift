import Bytes
import Glibc
import StageKit

/// A second process of this program that ends a process group when it is told to, or when the first one dies without
/// saying goodbye.
///
/// It reads a pipe whose other end only the first process has: a byte says what has happened (`Word`), the end of the
/// pipe without one means that the first process was killed. It is there before the group is, so that there is no time in
/// which a kill would leave the group to itself: starting it takes some milliseconds, telling it of the group none.
struct GroupGuard {
    /// How long a group may take to end after SIGTERM before it gets SIGKILL.
    static let graceMilliseconds = 5_000
    private static let stepMilliseconds = 50

    private enum Word: UInt8 {
        case groupHasEnded = 1
        case endGroup = 2
        /// The bytes of the group's number follow.
        case groupHasBegun = 3
    }

    private let process: pid_t
    private let pipe: Int32

    static func spawn() throws(StageFailure) -> GroupGuard {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .localIO("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        do throws(IOError) {
            let process = try ChildStart.start(
                ["/proc/self/exe", "--guard-group"], group: .own, descriptors: [(ends[0], 0)])
            return GroupGuard(process: process, pipe: ends[1])
        } catch {
            close(ends[1])
            throw .command(error)
        }
    }

    /// Tells the guard which group to look after.
    func take(_ group: pid_t) { say(.groupHasBegun, withUnsafeBytes(of: group) { Array($0) }) }

    /// Tells the guard that the group has ended or never begun, and waits for it.
    func dismiss() {
        say(.groupHasEnded)
        close(pipe)
        _ = ChildEnd.wait(for: process)
    }

    /// Has the guard end the group: with SIGTERM, and soon with SIGKILL if that is not heeded. `dismiss` follows.
    func endGroup() { say(.endGroup) }

    private func say(_ word: Word, _ more: [UInt8] = []) {
        let bytes = [word.rawValue] + more
        // A guard that is gone has nothing left to do. So few bytes go into a pipe at once or not at all.
        _ = write(pipe, bytes, bytes.count)
    }

    /// What the guard process does.
    static func watch() {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        var group: pid_t = 0
        reading: while let byte = readByte() {
            switch Word(rawValue: byte) {
            case .groupHasEnded: return
            case .groupHasBegun:
                let bytes = (0..<MemoryLayout<pid_t>.size).compactMap { _ in readByte() }
                guard bytes.count == MemoryLayout<pid_t>.size else { return }
                group = bytes.withUnsafeBytes { $0.loadUnaligned(as: pid_t.self) }
            case .endGroup, nil: break reading
            }
        }
        guard group > 1 else { return }
        kill(-group, SIGTERM)
        for _ in 0..<(graceMilliseconds / stepMilliseconds) {
            if kill(-group, 0) != 0 { return }
            usleep(UInt32(stepMilliseconds * 1000))
        }
        kill(-group, SIGKILL)
    }

    /// Nil at the end of the pipe.
    private static func readByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(0, &byte, 1)
            if count > 0 { return byte }
            if count == 0 || errno != EINTR { return nil }
        }
    }
}
