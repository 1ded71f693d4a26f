import Bytes
import Glibc
import StageKit

extension FolderLake {
    /// A symbolic link goes itself, never what it leads to.
    func delete(_ address: LakeAddress, dryRun: Bool) throws(LakeError) -> [LakeAddress] {
        var path = address.location
        while path.utf8.count > 1, path.utf8.last == 0x2F { path.removeLast() }
        let stamp = try lakeIO { () throws(IOError) in try RawPath(path).stamp(followingLinks: false) }
        guard let stamp, stamp.kind == .folder || !address.isFolder else { return [] }
        var files: [LakeAddress] = []
        try delete(LakeAddress(scheme: address.scheme, location: path), stamp.kind, depth: 0, dryRun, &files)
        return files.sorted { $0.location.utf8.lexicographicallyPrecedes($1.location.utf8) }
    }

    private func delete(
        _ address: LakeAddress, _ kind: FileStamp.Kind, depth: Int, _ dryRun: Bool, _ files: inout [LakeAddress]
    ) throws(LakeError) {
        guard kind == .folder else {
            if !dryRun { try lakeIO { () throws(IOError) in try FileSystem.remove(address.location) } }
            return files.append(address)
        }
        let path = RawPath(address.location)
        guard depth <= Self.depthLimit else {
            throw .lake(.corrupt(path: path.text, reason: "folders nest deeper than \(Self.depthLimit)"))
        }
        for name in try lakeIO({ () throws(IOError) in try path.names() }) {
            guard let text = String(validating: name, as: UTF8.self) else {
                throw .unreadableName(url: address.appending(String(decoding: name, as: UTF8.self)).url)
            }
            let inner = try lakeIO { () throws(IOError) in try path.appending(name).stamp(followingLinks: false) }
            guard let inner else { continue }
            try delete(address.appending(text), inner.kind, depth: depth + 1, dryRun, &files)
        }
        // What somebody has put there meanwhile stays.
        if !dryRun, rmdir(address.location) != 0, errno != ENOTEMPTY, errno != EEXIST, errno != ENOENT {
            throw .lake(IOError.last("rmdir", address.location))
        }
    }
}
