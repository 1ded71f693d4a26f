import Bytes
import Glibc
import StageKit

extension FolderLake {
    /// Folders nest no deeper in a lake; a ring of symbolic links ends here.
    static let depthLimit = 64

    func files(below folder: LakeAddress) throws(LakeError) -> [LakeEntry] {
        var entries: [LakeEntry] = []
        try walk(folder) { (address, path, stamp) throws(LakeError) in
            if Self.isTemporary(path) { return }
            entries.append(
                LakeEntry(
                    address: address, path: path, isFolder: false, byteCount: stamp.byteCount,
                    modified: stamp.modified))
        }
        return entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    func deleteTemporaries(
        below folder: LakeAddress, olderThanSeconds age: Int, dryRun: Bool
    ) throws(LakeError) -> [LakeAddress] {
        let now = Environment.wallClock().seconds
        var deleted: [LakeAddress] = []
        try walk(folder) { (address, path, stamp) throws(LakeError) in
            guard Self.isTemporary(path), now - stamp.modifiedSeconds >= age else { return }
            guard try !isBeingWritten(address) else { return }
            if !dryRun { try lakeIO { () throws(IOError) in try FileSystem.remove(address.location) } }
            deleted.append(address)
        }
        return deleted.sorted { $0.location.utf8.lexicographicallyPrecedes($1.location.utf8) }
    }

    private static func isTemporary(_ path: String) -> Bool {
        let name = FileSystem.name(of: path)
        return name.hasPrefix(temporaryPrefix) && name.hasSuffix(temporarySuffix)
    }

    private func isBeingWritten(_ address: LakeAddress) throws(LakeError) -> Bool {
        let descriptor = Glibc.open(address.location, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return true }
            throw .lake(IOError.last("open", address.location))
        }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// Visits all regular files below a folder, temporaries too, in no particular order.
    private func walk(
        _ folder: LakeAddress, _ visit: (LakeAddress, String, FileStamp) throws(LakeError) -> Void
    ) throws(LakeError) {
        var waiting: [(address: LakeAddress, prefix: String, depth: Int)] = [(folder, "", 0)]
        while let next = waiting.popLast() {
            let path = RawPath(next.address.location)
            guard try lakeIO({ () throws(IOError) in try path.stamp() }) != nil else { continue }
            guard next.depth <= Self.depthLimit else {
                throw .lake(.corrupt(path: path.text, reason: "folders nest deeper than \(Self.depthLimit)"))
            }
            for name in try lakeIO({ () throws(IOError) in try path.names() }) {
                guard let text = String(validating: name, as: UTF8.self) else {
                    throw .unreadableName(url: next.address.appending(String(decoding: name, as: UTF8.self)).url)
                }
                // Another process may remove a temporary between the listing and this look.
                let stamp = try lakeIO { () throws(IOError) in try path.appending(name).stamp() }
                guard let stamp else { continue }
                let address = next.address.appending(text)
                switch stamp.kind {
                case .folder: waiting.append((address, "\(next.prefix)\(text)/", next.depth + 1))
                case .regular: try visit(address, next.prefix + text, stamp)
                case .link, .other: continue
                }
            }
        }
    }
}
