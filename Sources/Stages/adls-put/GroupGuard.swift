import Bytes
import Glibc
import StageKit

/// A second process of this program that ends a process group when it is told to, or when the first one dies without
/// saying goodbye.
///
/// It reads a pipe whose other end only the first process has: a byte says what has happened (`Word`), the end of the
/// pipe without one means that the first process was killed.
struct GroupGuard {
    /// How long a group may take to end after SIGTERM before it gets SIGKILL.
    static let graceMilliseconds = 5_000
    private static let stepMilliseconds = 50

    private enum Word: UInt8 {
        case groupHasEnded = 1
        case endGroup = 2
    }

    private let process: pid_t
    private let pipe: Int32

    static func spawn(for group: pid_t) throws(StageFailure) -> GroupGuard {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .localIO("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        do throws(IOError) {
            let process = try ChildStart.start(
                ["/proc/self/exe", "--guard-group", String(group)], group: .own, descriptors: [(ends[0], 0)])
            return GroupGuard(process: process, pipe: ends[1])
        } catch {
            close(ends[1])
            throw .command(error)
        }
    }

    /// Tells the guard that the group has ended, and waits for it.
    func dismiss() {
        say(.groupHasEnded)
        close(pipe)
        _ = ChildEnd.wait(for: process)
    }

    /// Has the guard end the group: with SIGTERM, and soon with SIGKILL if that is not heeded. `dismiss` follows.
    func endGroup() { say(.endGroup) }

    private func say(_ word: Word) {
        var byte = word.rawValue
        // A guard that is gone has nothing left to do.
        _ = write(pipe, &byte, 1)
    }

    /// What the guard process does.
    static func watch(group: pid_t) {
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_IGN) }
        var byte: UInt8 = 0
        while true {
            let count = read(0, &byte, 1)
            if count > 0, byte == Word.groupHasEnded.rawValue { return }
            if count < 0, errno == EINTR { continue }
            break
        }
        guard group > 1 else { return }
        kill(-group, SIGTERM)
        for _ in 0..<(graceMilliseconds / stepMilliseconds) {
            if kill(-group, 0) != 0 { return }
            usleep(UInt32(stepMilliseconds * 1000))
        }
        kill(-group, SIGKILL)
    }
}
