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

    /// Creates the partial file, and the folder where it is missing.
    package init(path: String, mode: UInt32 = 0o666) throws(IOError) {
        self.path = path
        partialPath = path + ".partial"
        try FileSystem.makeFolders(FileSystem.parent(of: path))
        // Before the file is there, so that no signal finds it unknown.
        let slot = Signals.register(partialPath)
        let opened = open(partialPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard opened >= 0 else {
            let failure = IOError.last("create", partialPath)
            Signals.unregister(slot)
            throw failure
        }
        self.slot = slot
        descriptor = opened
    }

    deinit {
        if isOpen {
            _ = Glibc.close(descriptor)
            unlink(partialPath)
        }
        Signals.unregister(slot)
    }

    /// Replaces what stands from `start` on: `body` reads and writes the descriptor and gives the new length.
    func rewrite(
        from start: Int, _ body: (Int32, String) throws(IOError) -> Int
    ) throws(IOError) {
        let end = try body(descriptor, path)
        precondition(end >= start)
        guard ftruncate(descriptor, off_t(end)) == 0, lseek(descriptor, 0, SEEK_END) >= 0 else {
            throw IOError.last("truncate", partialPath)
        }
    }

    /// The SHA-256 and the length of all that is written.
    func digest() throws(IOError) -> (hex: String, byteCount: Int) {
        try MessageDigest.hex(.sha256, of: DescriptorSource(path: partialPath))
    }

    /// Where the content goes. Use it only while this object lives.
    package var sink: DescriptorSink { DescriptorSink(descriptor: descriptor, path: path) }

    /// Makes the file appear. The content must have been flushed.
    package mutating func publish() throws(IOError) {
        try FileSystem.synchronize(descriptor, path: partialPath)
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
