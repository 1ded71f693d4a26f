import Bytes
import Digests
import Glibc
import StageKit

/// A file that is being downloaded. Its name says which content it is the beginning of, so that after a kill, or when the
/// connection breaks, the next attempt goes on where this one stopped. It appears under its own name only when it is whole.
///
///     OUTPUT/.partial/<32 hexadecimal digits of SHA-256(file id LF version)>   ->   OUTPUT/Sales/Orders.xlsx
///
/// One process writes it at a time. Not thread-safe; the client's thread and the caller's take turns.
final class ResumableFile: ByteSink {
    static let folderName = ".partial"
    private static let nameDigitCount = 32
    private static let blockBytes = 256 << 10

    /// Where the bytes are until the file is whole.
    let path: String
    private let descriptor: OwnedDescriptor
    private var digester = ContentDigester()
    /// Called after each block, with its length.
    private let note: (Int) -> Void

    var byteCount: Int { digester.byteCount }

    /// Opens what there is of this content, or begins it. While another process writes it, this throws a failed `lock`.
    init(output: String, id: String, version: String, note: @escaping (Int) -> Void = { _ in }) throws(IOError) {
        let folder = FileSystem.join(output, Self.folderName)
        let digits = MessageDigest.hex(.sha256, of: "\(id)\n\(version)").prefix(Self.nameDigitCount)
        path = FileSystem.join(folder, String(digits))
        self.note = note
        try FileSystem.makeFolders(folder)
        descriptor = try Self.openLocked(path, in: folder)
        try digestStanding()
    }

    private static func openLocked(_ path: String, in folder: String) throws(IOError) -> OwnedDescriptor {
        while true {
            let opened: OwnedDescriptor
            do throws(IOError) {
                opened = try OwnedDescriptor(path: path, flags: O_RDWR | O_CREAT)
            } catch {
                guard error.isNotFound else { throw error }
                // Another process found the folder empty, and removed it.
                try FileSystem.makeFolders(folder)
                continue
            }
            // Where locks do not work at all, files are written as if alone.
            if flock(opened.number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { throw IOError.last("lock", path) }
            let ours = try FileStamp.of(opened.number, path: path)
            // The writer before us may have published it between our opening and our locking.
            if try RawPath(path).stamp()?.identity == ours.identity { return opened }
        }
    }

    /// Takes the digests of what an earlier attempt left, and stands at its end.
    private func digestStanding() throws(IOError) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockBytes, alignment: 64)
        defer { block.deallocate() }
        while true {
            let count = try readSome(descriptor.number, into: block, path: path)
            if count == 0 { return }
            digester.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        try writeAll(bytes, to: descriptor.number, path: path)
        digester.update(bytes)
        note(bytes.count)
    }

    func finish() throws(IOError) {}

    /// Begins again from nothing.
    func restart() throws(IOError) {
        guard ftruncate(descriptor.number, 0) == 0, lseek(descriptor.number, 0, SEEK_SET) == 0 else {
            throw IOError.last("truncate", path)
        }
        _ = digests()
    }

    /// The digests of all that was written; the next ones start anew.
    func digests() -> ContentDigests {
        var taken = ContentDigester()
        swap(&taken, &digester)
        return taken.finish()
    }

    /// Gives up this content: it is not what was wanted.
    func discard() { unlink(path) }

    /// Makes the file appear, whole and on the device.
    func publish(as place: String) throws(IOError) {
        let folder = FileSystem.parent(of: place)
        try FileSystem.makeFolders(folder)
        try FileSystem.synchronize(descriptor.number, path: path)
        try FileSystem.rename(path, to: place)
        try FileSystem.synchronizeFolder(folder)
    }

    /// Removes what no run will continue: beginnings of contents that have been replaced since. What another process is
    /// writing stays.
    static func removeLeftovers(in output: String) {
        let folder = FileSystem.join(output, folderName)
        for name in (try? FileSystem.names(in: folder)) ?? [] {
            let path = FileSystem.join(folder, name)
            guard let file = try? OwnedDescriptor(path: path, flags: O_RDWR) else { continue }
            if flock(file.number, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        }
        // Fails while another process uses it.
        rmdir(folder)
    }
}
