import Bytes
import Digests
import Glibc
import StageKit

/// A content on its way into a folder lake, under a name that no listing shows. It is gone when this object goes
/// unpublished, and when a signal ends the process.
struct TemporaryFile: ~Copyable {
    static let blockBytes = 1 << 20

    let path: String
    private let descriptor: Int32
    private let slot: Int?
    private var isPublished = false

    init(inFolder folder: String) throws(IOError) {
        let name = "\(FolderLake.temporaryPrefix)\(Self.randomHex())\(FolderLake.temporarySuffix)"
        path = FileSystem.join(folder, name)
        // Before the file is there, so that no signal finds it unknown.
        let slot = Signals.register(path)
        let opened = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard opened >= 0 else {
            let failure = IOError.last("create", path)
            Signals.unregister(slot)
            throw failure
        }
        self.slot = slot
        descriptor = opened
        // Says to a sweep that somebody is still writing. Where locks do not work, the file's age alone speaks.
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
    }

    deinit {
        _ = close(descriptor)
        if !isPublished { unlink(path) }
        Signals.unregister(slot)
    }

    /// Writes the content and gives its digests; throws when it is not what the caller expects.
    mutating func fill(from content: LakeContent) throws(LakeError) -> ContentDigests {
        switch content {
        case .bytes(let bytes):
            var digester = ContentDigester()
            let descriptor = descriptor
            let path = path
            let written: Result<Void, IOError> = bytes.withUnsafeBytes { buffer in
                digester.update(buffer)
                do throws(IOError) {
                    return .success(try writeAll(buffer, to: descriptor, path: path))
                } catch {
                    return .failure(error)
                }
            }
            try lakeIO { () throws(IOError) in try written.get() }
            return digester.finish()
        case .file(let source, let expectedBytes, let expectedSHA256):
            let digests = try copy(from: source)
            try ContentCheck.check(
                LakeDigests(digests), path: source, expectedBytes: expectedBytes, expectedSHA256: expectedSHA256)
            return digests
        }
    }

    private func copy(from path: String) throws(LakeError) -> ContentDigests {
        let source: DescriptorSource
        do throws(IOError) {
            source = try DescriptorSource(path: path)
        } catch {
            throw .io(error, source: true)
        }
        var digester = ContentDigester()
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 4096)
        defer { block.deallocate() }
        while true {
            let count: Int
            do throws(IOError) {
                count = try source.read(into: block)
            } catch {
                throw .io(error, source: true)
            }
            if count == 0 { return digester.finish() }
            let bytes = UnsafeRawBufferPointer(rebasing: block[..<count])
            digester.update(bytes)
            do throws(IOError) {
                try writeAll(bytes, to: descriptor, path: self.path)
            } catch {
                throw .lake(error)
            }
        }
    }

    func synchronize() throws(IOError) { try FileSystem.synchronize(descriptor, path: path) }

    /// Gives the content its name unless that is taken; says whether it did.
    mutating func publishIfAbsent(as name: String) throws(IOError) -> Bool {
        do throws(IOError) {
            guard try FileSystem.renameIfAbsent(path, to: name) else { return false }
        } catch {
            guard case .system(_, _, let code) = error, [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(code) else {
                throw error
            }
            return try publishWithoutLinks(as: name)
        }
        isPublished = true
        return true
    }

    /// For file systems that have no hard links: nobody else of us can take the name between the look and the rename.
    mutating func publishWithoutLinks(as name: String) throws(IOError) -> Bool {
        let lock = try FolderLock(FileSystem.parent(of: name))
        defer { lock.release() }
        if try RawPath(name).stamp() != nil { return false }
        try publish(as: name)
        return true
    }

    /// Gives the content its name, whatever had it before.
    mutating func publish(as name: String) throws(IOError) {
        try FileSystem.rename(path, to: name)
        isPublished = true
    }

    private static func randomHex() -> String {
        var generator = SystemRandomNumberGenerator()
        let value = String(generator.next(), radix: 16)
        return String(repeating: "0", count: 16 - value.utf8.count) + value
    }
}
