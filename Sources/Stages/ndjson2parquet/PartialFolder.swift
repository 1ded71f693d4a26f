import Bytes
import Glibc
import StageKit

/// A folder that appears under its name only when it is whole: filled as `name.partial`, renamed. A run that fails
/// removes it; one that is killed leaves `name.partial`, which the next run replaces.
final class PartialFolder {
    let path: String
    let partialPath: String
    private var isPublished = false

    /// Refuses a name under which something stands already.
    init(path: String) throws(StageFailure) {
        var path = path
        while path.utf8.count > 1, path.utf8.last == 0x2F { path.removeLast() }
        self.path = path
        partialPath = path + ".partial"
        do throws(IOError) {
            if let status = try FileSystem.status(path) {
                guard status.isDirectory, try FileSystem.names(in: path).isEmpty else {
                    throw IOError.system(call: "create folder", path: path, code: EEXIST)
                }
            }
            try Self.removeTree(partialPath)
            try FileSystem.makeFolders(partialPath)
        } catch {
            throw .localIO(error.message)
        }
    }

    deinit { if !isPublished { try? Self.removeTree(partialPath) } }

    func publish() throws(StageFailure) {
        do throws(IOError) {
            // An empty folder of that name gives way.
            try FileSystem.rename(partialPath, to: path)
            isPublished = true
            try FileSystem.synchronizeFolder(FileSystem.parent(of: path))
        } catch {
            throw .output(error)
        }
    }

    private static func removeTree(_ path: String) throws(IOError) {
        guard let status = try FileSystem.status(path) else { return }
        guard status.isDirectory else { return try FileSystem.remove(path) }
        for name in try FileSystem.names(in: path) { try removeTree(FileSystem.join(path, name)) }
        if rmdir(path) != 0 { throw IOError.last("remove folder", path) }
    }
}
