import Bytes
import Glibc
import StageKit

/// Signals as bytes in a pipe, so that one poll waits for them and for everything else.
struct SignalPipe: ~Copyable {
    // Written in a signal handler: memory that never moves, and no lock.
    private nonisolated(unsafe) static let writer: UnsafeMutablePointer<Int32> = {
        let cell = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
        cell.initialize(to: -1)
        return cell
    }()

    private let pipe: PrivatePipe
    var descriptor: Int32 { pipe.reader.number }

    /// Takes over SIGINT, SIGTERM and SIGCHLD, even if whoever started us had them ignored: Dagster cancels with
    /// SIGINT, and its own processes may run in the background of a shell. SIGHUP only if it is not ignored (nohup).
    init() throws(StageFailure) {
        pipe = try PrivatePipe()
        pipe.neverWait()
        Self.writer.pointee = pipe.writer.number
        for number in [SIGINT, SIGTERM, SIGHUP, SIGCHLD] {
            var previous = sigaction()
            sigaction(number, nil, &previous)
            let isIgnored = unsafeBitCast(previous.__sigaction_handler.sa_handler, to: Int.self) == 1
            if number == SIGHUP, isIgnored { continue }
            var action = sigaction()
            action.__sigaction_handler.sa_handler = { SignalPipe.note($0) }
            action.sa_flags = SA_RESTART
            sigaction(number, &action, nil)
        }
    }

    deinit { Self.writer.pointee = -1 }

    /// The signals that have come since the last call. A full pipe loses repetitions only: 64 KiB of them.
    func take() -> [Int32] {
        var numbers: [Int32] = []
        var block = [UInt8](repeating: 0, count: 256)
        while true {
            let count = read(descriptor, &block, block.count)
            guard count > 0 else { return numbers }
            numbers += block[..<count].map(Int32.init)
        }
    }

    private static func note(_ number: Int32) {
        let code = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(writer.pointee, &byte, 1)
        errno = code
    }
}
