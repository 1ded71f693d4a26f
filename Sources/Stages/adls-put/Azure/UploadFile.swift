import Bytes
import Digests
import Glibc
import HTTP

/// A local file that is read twice: once for its digests, and a little later for the wire. The second time it comes out of
/// the page cache, so blocks need no memory of their own, however large they are and however many are on their way.
///
/// The service refuses a block whose bytes are not those of its CRC64, and the stamp tells of whoever wrote to the file
/// meanwhile: so what is stored is what was digested.
final class UploadFile: Sendable {
    let path: String
    private let descriptor: OwnedDescriptor
    private let stamp: FileStamp

    init(path: String) throws(LakeError) {
        self.path = path
        do throws(IOError) {
            descriptor = try OwnedDescriptor(path: path, flags: O_RDONLY)
            stamp = try FileStamp.of(descriptor.number, path: path)
        } catch {
            throw .io(error, source: true)
        }
    }

    /// Throws when somebody has written to the file since it was opened.
    func checkIsUnchanged() throws(LakeError) {
        let now: FileStamp
        do throws(IOError) {
            now = try FileStamp.of(descriptor.number, path: path)
        } catch {
            throw .io(error, source: true)
        }
        guard now.byteCount == stamp.byteCount, now.modified == stamp.modified else {
            throw .contentDiffers(path: path, what: "was written to while it was uploaded")
        }
    }

    /// Fills all of `buffer` with what lies at `position`.
    func read(at position: Int, into buffer: UnsafeMutableRawBufferPointer) throws(IOError) {
        var filled = 0
        while filled < buffer.count {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor.number, room.baseAddress, room.count, off_t(position + filled))
            if count < 0, errno == EINTR { continue }
            if count < 0 { throw IOError.last("read", path) }
            if count == 0 { throw .corrupt(path: path, reason: "it became shorter while it was read") }
            filled += count
        }
    }

    /// Part of the file as the body of a request, which may be sent again.
    func body(at position: Int, byteCount: Int) -> RequestBody {
        .replayable(byteCount: byteCount) { () throws(IOError) -> any ByteSource in
            UploadStretch(self, position, byteCount)
        }
    }
}

/// Part of the file on its way to the wire.
private final class UploadStretch: ByteSource {
    private let file: UploadFile
    private var position: Int
    private let end: Int

    init(_ file: UploadFile, _ position: Int, _ byteCount: Int) {
        self.file = file
        self.position = position
        end = position + byteCount
    }

    var path: String { file.path }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        let count = min(buffer.count, end - position)
        try file.read(at: position, into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
        position += count
        return count
    }
}
