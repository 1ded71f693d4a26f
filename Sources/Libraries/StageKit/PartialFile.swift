package import Bytes
internal import Digests
internal import Glibc

/// A file that appears under its name only when it is whole: written as `name.partial`, synchronised, renamed.
/// A failed or interrupted run removes the partial file and leaves what stood under the name before.
package struct PartialFile: ~Copyable {
    package let path: String
    package let partialPath: String
    private let descriptor: Int32
    private let slot: Int?
    private var isOpen = true

    /// Creates the partial file, and the folder where it is missing. While another process writes the same file,
    /// this throws a failed `lock`: the partial file is one, and so must its writer be.
    package init(path: String, mode: UInt32 = 0o666) throws(IOError) {
        self.path = path
        partialPath = path + ".partial"
        try FileSystem.makeFolders(FileSystem.parent(of: path))
        (descriptor, slot) = try Self.createRegistered(partialPath, mode: mode)
    }

    private static func createRegistered(
        _ path: String, mode: UInt32
    ) throws(IOError) -> (descriptor: Int32, slot: Int?) {
        // Before the file is there, so that no signal finds it unknown.
        let slot = Signals.register(path)
        do throws(IOError) {
            return (try create(path, mode: mode), slot)
        } catch {
            Signals.unregister(slot)
            throw error
        }
    }

    /// Opens the partial file as its only writer, emptied of what a killed run left.
    private static func create(_ path: String, mode: UInt32) throws(IOError) -> Int32 {
        while true {
            let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode)
            guard opened >= 0 else { throw IOError.last("create", path) }
            var failure: IOError?
            if flock(opened, LOCK_EX | LOCK_NB) != 0 {
                // Where locks do not work at all, files are written as if alone.
                if errno == EWOULDBLOCK { failure = IOError.last("lock", path) }
            } else if isRenamed(opened, from: path) {
                _ = Glibc.close(opened)
                continue
            }
            if failure == nil, ftruncate(opened, 0) != 0, errno != EINVAL { failure = IOError.last("truncate", path) }
            guard let failure else { return opened }
            _ = Glibc.close(opened)
            throw failure
        }
    }

    /// Whether the writer before us published the file, or gave it up, between our opening and our locking it.
    private static func isRenamed(_ descriptor: Int32, from path: String) -> Bool {
        var ours = stat()
        var named = stat()
        guard fstat(descriptor, &ours) == 0 else { return false }
        return stat(path, &named) != 0 || named.st_ino != ours.st_ino || named.st_dev != ours.st_dev
    }

    deinit {
        if isOpen {
            // In this order: as long as the descriptor is open, nobody else can have begun a file of this name.
            unlink(partialPath)
            _ = Glibc.close(descriptor)
        }
        Signals.unregister(slot)
    }

    /// Replaces what stands from `start` on: `body` reads and writes the descriptor and gives the new length.
    func rewrite(
        from start: Int, _ body: (Int32, String) throws(IOError) -> Int
    ) throws(IOError) {
        let end = try body(descriptor, path)
        precondition(end >= start)
        FileSink.beginWriteback(descriptor, from: start, to: end)
        guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw IOError.last("truncate", partialPath)
        }
    }

    /// The SHA-256 and the length of all that is written.
    func measure(takesDigest: Bool) throws(IOError) -> (hex: String?, byteCount: Int) {
        if takesDigest { return try MessageDigest.hex(.sha256, of: DescriptorSource(path: partialPath)) }
        return (nil, try FileSystem.status(partialPath)?.byteCount ?? 0)
    }

    /// Where the content goes. Use it only while this object lives.
    package var sink: FileSink { FileSink(descriptor: descriptor, path: path) }

    /// Makes the file appear. The content must have been flushed.
    package mutating func publish() throws(IOError) {
        try FileSystem.synchronize(descriptor, path: partialPath)
        // A second descriptor keeps the lock until the file has its name; the first one's closing can still fail.
        let lock = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
        defer { if lock >= 0 { _ = Glibc.close(lock) } }
        isOpen = false
        guard Glibc.close(descriptor) == 0 || errno == EINTR else {
            let failure = IOError.last("close", partialPath)
            unlink(partialPath)
            throw failure
        }
        do throws(IOError) {
            try FileSystem.rename(partialPath, to: path)
        } catch {
            unlink(partialPath)
            throw error
        }
        try FileSystem.synchronizeFolder(FileSystem.parent(of: path))
    }
}
