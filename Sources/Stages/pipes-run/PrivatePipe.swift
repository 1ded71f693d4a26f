import Bytes
import Glibc
import StageKit

/// A pipe whose ends no program that we start inherits by itself. We have one thread, so none starts in between.
struct PrivatePipe: ~Copyable {
    let reader: OwnedDescriptor
    let writer: OwnedDescriptor

    init() throws(StageFailure) {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .localIO("pipe: \(String(cString: strerror(errno)))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reader = OwnedDescriptor(adopting: ends[0])
        writer = OwnedDescriptor(adopting: ends[1])
    }

    /// Reads and writes at once or not at all, as a signal handler needs.
    func neverWait() {
        for end in [reader.number, writer.number] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    /// Closes the writing end here: while it is open, the reader never sees the end.
    consuming func keepReader() -> OwnedDescriptor { reader }
}
