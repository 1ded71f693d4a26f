package import Bytes
internal import Glibc

/// A temporary file without a name: it goes with the process, however that ends.
package final class SpillFile {
    private let descriptor: OwnedDescriptor
    /// What messages call the file.
    private let place: String
    /// Bytes written.
    package private(set) var byteCount = 0

    /// Makes the file in the folder that `TMPDIR` names, or in /tmp.
    package init() throws(IOError) {
        place = Self.place(of: "a temporary file")
        descriptor = try Self.open(place)
    }

    private static var folder: String { Environment.value("TMPDIR") ?? "/tmp" }

    /// What messages call such a file, and how it can lie elsewhere.
    package static func place(of what: String) -> String { "\(what) in \(folder) (TMPDIR names another folder)" }

    /// A new file of this kind by itself, of which messages speak as of `place`.
    package static func open(_ place: String) throws(IOError) -> OwnedDescriptor {
        var template = Array("\(folder)/sluice-XXXXXX".utf8CString)
        let opened = mkstemp(&template)
        guard opened >= 0 else { throw IOError.last("create", place) }
        let descriptor = OwnedDescriptor(adopting: opened)
        _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
        guard unlink(template) == 0 else { throw IOError.last("remove the name", place) }
        return descriptor
    }

    /// Writes at the end and says where.
    package func append(_ bytes: UnsafeRawBufferPointer) throws(IOError) -> Range<Int> {
        let start = byteCount
        try Self.write(bytes, to: descriptor.number, at: start, path: place)
        byteCount += bytes.count
        return start..<byteCount
    }

    /// Fills the front of `buffer` from `offset` on; 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(IOError) -> Int {
        try Self.read(into: buffer, from: descriptor.number, at: offset, path: place)
    }

    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int, path: String
    ) throws(IOError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw IOError.last("write", path)
            }
            done += count
        }
    }

    package static func read(
        into buffer: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, path: String
    ) throws(IOError) -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw IOError.last("read", path) }
        }
    }
}
