import Bytes
import Digests
import Glibc
import StageKit
import XLSX

/// A workbook that the user named: a file, or standard input or another pipe, which is kept in a nameless temporary file
/// because a zip is read from its end.
struct WorkbookInput {
    let file: WorkbookFile
    /// What `_source_file` says.
    let sourceName: String
    /// What messages call the workbook: the name the user gave it, since a pipeline's own copy lies anywhere.
    let place: String

    init(_ path: String, sourceName: String?) throws(StageFailure) {
        let name = path == "-" ? "standard input" : path
        let descriptor = try Self.open(path, name)
        do throws(XLSXError) {
            file = try WorkbookFile(adopting: descriptor, path: name)
        } catch {
            throw Self.failure(error, in: sourceName ?? name)
        }
        place = sourceName ?? file.path
        self.sourceName = sourceName ?? (path == "-" ? "-" : FileSystem.name(of: path))
    }

    /// What the report says of the file.
    func describe() throws(StageFailure) -> StoredFile {
        do throws(IOError) {
            let digest = try MessageDigest.hex(.sha256, of: WorkbookFileSource(file))
            return StoredFile(path: file.path, byteCount: digest.byteCount, sha256: digest.hex)
        } catch {
            throw .input(error)
        }
    }

    /// An error of the workbook as the end of the run: unreadable files as any input, the rest is bad data.
    func failure(_ error: XLSXError) -> StageFailure { Self.failure(error, in: place) }

    private static func failure(_ error: XLSXError, in path: String) -> StageFailure {
        if case .io(let error) = error { return .input(error) }
        return .badData("\(path): \(error.message)")
    }

    private static func open(_ path: String, _ name: String) throws(StageFailure) -> OwnedDescriptor {
        let input: OwnedDescriptor
        do throws(IOError) {
            input = path == "-" ? try standardInput(name) : try OwnedDescriptor(path: path, flags: O_RDONLY)
        } catch {
            throw .input(error)
        }
        guard isStream(input) else { return input }
        do throws(IOError) {
            return try kept(input, name)
        } catch {
            // Not a matter of the input: a folder that is missing here is no missing workbook.
            throw .localIO(error.message)
        }
    }

    /// True for what can be read only from front to end.
    private static func isStream(_ input: borrowing OwnedDescriptor) -> Bool {
        var status = stat()
        guard fstat(input.number, &status) == 0 else { return false }
        return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
    }

    private static func standardInput(_ name: String) throws(IOError) -> OwnedDescriptor {
        let copy = fcntl(0, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw IOError.last("open", name) }
        return OwnedDescriptor(adopting: copy)
    }

    /// All that a pipe gives, in a temporary file.
    private static func kept(_ input: borrowing OwnedDescriptor, _ name: String) throws(IOError) -> OwnedDescriptor {
        let place = SpillFile.place(of: "a temporary copy of \(name)")
        let spool = try SpillFile.open(place)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { block.deallocate() }
        while true {
            let count = try readSome(input.number, into: block, path: name)
            if count == 0 { return spool }
            try writeAll(UnsafeRawBufferPointer(rebasing: block[..<count]), to: spool.number, path: place)
        }
    }
}
