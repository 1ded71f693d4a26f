import Bytes
import Digests
import Glibc

/// A lake that is a folder tree of this machine, with the guarantees of the cloud's: a name appears with its whole
/// content, is never replaced unless asked, and survives a power cut once the call returns.
///
/// A content is written to `.sluice-<16 hex>.tmp` in the folder of its name, synchronised, and linked under the name.
/// Its tag is the quoted first half of its SHA-256: it moves with the content, not with the file.
struct FolderLake: LakeStore {
    static let temporaryPrefix = ".sluice-"
    static let temporarySuffix = ".tmp"

    static func etag(ofSHA256 sha256: String) -> String { "\"\(sha256.prefix(32))\"" }

    let readsAtOnce = 1

    /// A folder keeps no attributes.
    func put(
        _ content: LakeContent, at address: LakeAddress, when condition: PutCondition, with attributes: LakeAttributes
    ) throws(LakeError) -> PutOutcome {
        if let standing = try entry(at: address) {
            if standing.isFolder { throw .isFolder(url: address.url) }
            if condition == .ifAbsent { return .stands }
        }
        let folder = FileSystem.parent(of: address.location)
        try makeFolders(folder)
        var temporary = try lakeIO { () throws(IOError) in try TemporaryFile(inFolder: folder) }
        let digests = try temporary.fill(from: content)
        try lakeIO { () throws(IOError) in try temporary.synchronize() }
        switch condition {
        case .ifAbsent:
            let isOurs = try lakeIO { () throws(IOError) in try temporary.publishIfAbsent(as: address.location) }
            guard isOurs else { return .stands }
        case .always, .ifMatch:
            // One replacement at a time in a folder, so that nobody's is lost between the comparison and the rename.
            let lock = try lakeIO { () throws(IOError) in try FolderLock(folder) }
            defer { lock.release() }
            if case .ifMatch(let expected) = condition { try checkTag(at: address, expected) }
            try lakeIO { () throws(IOError) in try temporary.publish(as: address.location) }
        }
        try lakeIO { () throws(IOError) in try FileSystem.synchronizeFolder(folder) }
        return .stored(StoredObject(digests: LakeDigests(digests), etag: Self.etag(ofSHA256: digests.sha256)))
    }

    func entry(at address: LakeAddress) throws(LakeError) -> LakeEntry? {
        let stamp = try lakeIO { () throws(IOError) in try RawPath(address.location).stamp() }
        guard let stamp else { return nil }
        return LakeEntry(
            address: address, path: FileSystem.name(of: address.location), isFolder: stamp.kind == .folder,
            byteCount: stamp.byteCount, modified: stamp.modified)
    }

    func open(_ address: LakeAddress) throws(LakeError) -> any ByteSource {
        guard let entry = try entry(at: address) else { throw .notFound(url: address.url) }
        if entry.isFolder { throw .isFolder(url: address.url) }
        return try lakeIO { () throws(IOError) in try DescriptorSource(path: address.location) }
    }

    func inspect(_ address: LakeAddress, withSHA256: Bool) throws(LakeError) -> StoredObject {
        let source = try open(address)
        let digests = try lakeIO { () throws(IOError) in try ContentDigester.digests(of: source) }
        return StoredObject(digests: LakeDigests(digests), etag: Self.etag(ofSHA256: digests.sha256))
    }

    func acquireLease(at address: LakeAddress) throws(LakeError) -> any LakeLease {
        try makeFolders(FileSystem.parent(of: address.location))
        return try FolderLease(address)
    }

    private func checkTag(at address: LakeAddress, _ expected: String) throws(LakeError) {
        let found = try entry(at: address) == nil ? nil : try inspect(address, withSHA256: true).etag
        if found != expected { throw .tagDiffers(url: address.url, expected: expected, found: found) }
    }

    /// Makes the folders that are missing, each of them lasting: a file must not outlive the way to it.
    private func makeFolders(_ path: String) throws(LakeError) {
        var missing: [String] = []
        var folder = path
        while !folder.isEmpty, try lakeIO({ () throws(IOError) in try RawPath(folder).stamp() }) == nil {
            missing.append(folder)
            let parent = FileSystem.parent(of: folder)
            if parent == folder { break }
            folder = parent
        }
        guard !missing.isEmpty else { return }
        try lakeIO { () throws(IOError) in
            try FileSystem.makeFolders(path)
            for folder in missing { try FileSystem.synchronizeFolder(FileSystem.parent(of: folder)) }
        }
    }
}

/// Runs file-system calls on the lake's side.
func lakeIO<Result: ~Copyable>(_ body: () throws(IOError) -> Result) throws(LakeError) -> Result {
    do throws(IOError) {
        return try body()
    } catch {
        throw .lake(error)
    }
}
