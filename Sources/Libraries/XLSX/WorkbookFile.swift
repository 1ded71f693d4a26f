package import Bytes
internal import Glibc

/// The bytes of a workbook, read at any place. `pread` and not a mapping: mapped pages would count as our memory, and
/// a file that is cut while it is mapped would kill the process.
package final class WorkbookFile: Sendable {
    /// What messages call the file.
    package let path: String
    package let byteCount: Int
    private let descriptor: OwnedDescriptor

    /// Takes over a descriptor of something that can be read at any place: a regular file.
    package init(adopting descriptor: consuming OwnedDescriptor, path: String) throws(XLSXError) {
        var status = stat()
        guard fstat(descriptor.number, &status) == 0 else { throw .io(IOError.last("stat", path)) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw .io(.system(call: "read", path: path, code: isFolder ? EISDIR : ESPIPE))
        }
        byteCount = Int(status.st_size)
        self.descriptor = descriptor
        self.path = path
    }

    package convenience init(path: String) throws(XLSXError) {
        let descriptor: OwnedDescriptor
        do throws(IOError) {
            descriptor = try OwnedDescriptor(path: path, flags: O_RDONLY)
        } catch {
            throw .io(error)
        }
        try self.init(adopting: descriptor, path: path)
    }

    /// Fills the front of `buffer` from `offset` and says how many bytes; fewer than asked only at the end.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(XLSXError) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor.number, rest.baseAddress, rest.count, off_t(offset + filled))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw .io(IOError.last("read", path))
            }
            filled += count
        }
        return filled
    }

    /// The bytes at `offset`, fewer than `count` only at the end.
    func bytes(at offset: Int, count: Int) throws(XLSXError) -> [UInt8] {
        guard offset >= 0, count > 0, offset < byteCount else { return [] }
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: min(count, byteCount - offset), alignment: 16)
        defer { block.deallocate() }
        let filled = try read(at: offset, into: block)
        return Array(UnsafeRawBufferPointer(rebasing: block[..<filled]))
    }
}

/// The file's bytes from the first to the last, for digests.
package final class WorkbookFileSource: ByteSource {
    package let path: String
    private let file: WorkbookFile
    private var offset = 0

    package init(_ file: WorkbookFile) {
        self.file = file
        path = file.path
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        do throws(XLSXError) {
            let count = try file.read(at: offset, into: buffer)
            offset += count
            return count
        } catch .io(let error) {
            throw error
        } catch {
            throw .corrupt(path: path, reason: error.message)
        }
    }
}
