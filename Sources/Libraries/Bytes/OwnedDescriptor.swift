internal import Glibc

/// A file descriptor with one owner: closed when the owner goes, or by `close()`, which reports a failure.
package struct OwnedDescriptor: ~Copyable {
    package let number: Int32

    /// Takes over a descriptor that is already open.
    package init(adopting number: Int32) { self.number = number }

    /// Opens a file. `mode` gives the permissions of a file that is created (before the umask).
    package init(path: String, flags: Int32, mode: UInt32 = 0o666) throws(IOError) {
        var opened = Glibc.open(path, flags | O_CLOEXEC, mode)
        while opened < 0, errno == EINTR { opened = Glibc.open(path, flags | O_CLOEXEC, mode) }
        guard opened >= 0 else { throw IOError.last("open", path) }
        number = opened
    }

    deinit { _ = Glibc.close(number) }

    /// Closes and says whether the system accepted all that was written.
    package consuming func close(path: String) throws(IOError) {
        let status = Glibc.close(number)
        let code = errno
        discard self
        // Linux has released the descriptor even when it reports EINTR.
        if status != 0, code != EINTR { throw .system(call: "close", path: path, code: code) }
    }
}

/// Writes all of `bytes`, however many calls it takes.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String) throws(IOError) {
    var rest = bytes
    while rest.count > 0 {
        let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
            if errno == EINTR { continue }
            if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
                continue
            }
            throw IOError.last("write", path)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
    }
}

/// Writes all of the pieces, many with one call.
package func writeAll(_ pieces: [UnsafeRawBufferPointer], to descriptor: Int32, path: String) throws(IOError) {
    /// IOV_MAX of Linux.
    let pieceLimit = 1024
    var next = 0
    while next < pieces.count {
        var vectors: [iovec] = []
        for piece in pieces[next..<min(pieces.count, next + pieceLimit)] {
            vectors.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress), iov_len: piece.count))
        }
        var written = writev(descriptor, vectors, Int32(truncatingIfNeeded: vectors.count))
        if written <= 0 {
            // What happened, and what to do, says the write of the first piece alone.
            try writeAll(pieces[next], to: descriptor, path: path)
            written = pieces[next].count
        }
        while next < pieces.count, written >= pieces[next].count {
            written -= pieces[next].count
            next += 1
            if written == 0 { break }
        }
        if written > 0 {
            try writeAll(UnsafeRawBufferPointer(rebasing: pieces[next][written...]), to: descriptor, path: path)
            next += 1
        }
    }
}

/// Reads up to `buffer.count` bytes; 0 is the end of the input.
package func readSome(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
) throws(IOError) -> Int {
    while true {
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        if count >= 0 { return count }
        if errno == EINTR { continue }
        if errno == EAGAIN {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, -1)
            continue
        }
        throw IOError.last("read", path)
    }
}
