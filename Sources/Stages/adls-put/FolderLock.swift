import Bytes
import Glibc

/// Orders the replacements that our processes make in one folder of a lake. It leaves no file behind.
final class FolderLock {
    private let descriptor: Int32

    /// Waits for the lock: it is held for one comparison and one rename.
    init(_ folder: String) throws(IOError) {
        let path = folder.isEmpty ? "." : folder
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw IOError.last("open folder", path) }
        while flock(descriptor, LOCK_EX) != 0 {
            if errno == EINTR { continue }
            // Some network file systems lock no folders. Each replacement is still whole there; only a comparison and
            // its replacement are then two steps.
            if [EBADF, ENOLCK, EOPNOTSUPP, EINVAL].contains(errno) { return }
            let failure = IOError.last("lock", path)
            close(descriptor)
            throw failure
        }
    }

    func release() { flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}

/// The lock of `--lease` in a folder lake: a file that stays, and the kernel's lock on it, which ends with the
/// processes that hold the descriptor. Its content says who holds it, for the message of those who come too late.
final class FolderLease: LakeLease {
    private static let holderByteLimit = 256

    private let descriptor: Int32
    private let path: String

    var inheritableDescriptor: Int32? { descriptor }

    init(_ address: LakeAddress) throws(LakeError) {
        path = address.location
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .lake(IOError.last("open", path)) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let failure = IOError.last("lock", path)
            let holder = Self.readHolder(descriptor)
            close(descriptor)
            if case .system(_, _, EWOULDBLOCK) = failure { throw .held(url: address.url, holder: holder) }
            throw .lake(failure)
        }
    }

    func note(holder: String) throws(LakeError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw .lake(IOError.last("write", path))
        }
        let bytes = Array(holder.utf8.prefix(Self.holderByteLimit))
        let written: Result<Void, IOError> = bytes.withUnsafeBytes { buffer in
            do throws(IOError) {
                return .success(try writeAll(buffer, to: descriptor, path: path))
            } catch {
                return .failure(error)
            }
        }
        try lakeIO { () throws(IOError) in try written.get() }
    }

    /// The kernel takes no lock away.
    func whenLost(_ body: @escaping @Sendable (_ reason: String) -> Void) {}

    func release() throws(LakeError) {
        ftruncate(descriptor, 0)
        // The command's leftovers may still have the descriptor: say for all of them that the lock is free.
        guard flock(descriptor, LOCK_UN) == 0 else { throw .lake(IOError.last("unlock", path)) }
    }

    deinit { close(descriptor) }

    private static func readHolder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: holderByteLimit)
        let count = read(descriptor, &bytes, bytes.count)
        let text = count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : ""
        let line = text.prefix { $0 != "\n" }
        return line.isEmpty ? "another process" : String(line)
    }
}
