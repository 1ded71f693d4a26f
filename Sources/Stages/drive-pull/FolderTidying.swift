import Bytes
import Glibc

/// Keeps the output folder free of folders that hold nothing any more.
enum FolderTidying {
    /// Removes `folder` below `output` and its parents as long as they are empty; `output` itself stays.
    static func removeEmptyFolders(from folder: String, upTo output: String) {
        var folder = folder
        // A folder that is not empty ends the climb: that is what rmdir says of it.
        while !folder.isEmpty, rmdir(FileSystem.join(output, folder)) == 0 {
            folder = FileSystem.parent(of: folder)
        }
    }
}
