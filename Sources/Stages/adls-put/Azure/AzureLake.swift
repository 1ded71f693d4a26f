import Bytes
import Digests
import HTTP
import StageKit

/// A lake in Azure Data Lake Storage Gen2: every file is seen whole or not at all, and under its name only once.
///
///     up to one block          Put Blob, if absent                        one request, and all or nothing
///     larger, hierarchical     temporary name, blocks, flush, rename      `RenamedUpload`
///     larger, flat             Put Block, Put Block List, if absent       `BlockListUpload`
final class AzureLake: LakeStore {
    let session: AzureSession
    let settings: LakeSettings
    /// Whether the account knows folders and renames; asked when it first matters.
    private let hierarchy = Guarded<Bool?>(nil)
    /// Files of several blocks go one after the other: each of them fills the line and the memory by itself.
    private let turn = Monitor()

    init(_ session: AzureSession, _ settings: LakeSettings) {
        self.session = session
        self.settings = settings
    }

    var readsAtOnce: Int { settings.jobs }

    func put(
        _ content: LakeContent, at address: LakeAddress, when condition: PutCondition, with attributes: LakeAttributes
    ) throws(LakeError) -> PutOutcome {
        guard !address.isFolder else { throw .isFolder(url: address.url) }
        try Self.checkName(of: address)
        switch content {
        case .bytes(let bytes):
            return try SingleUpload(self, address, condition, attributes).put(bytes)
        case .file(let path, let expectedBytes, let expectedSHA256):
            let byteCount = try Self.byteCount(of: path)
            guard byteCount > settings.blockByteCount else {
                let bytes = try Self.contents(of: path, limit: settings.blockByteCount)
                return try SingleUpload(self, address, condition, attributes).put(bytes) {
                    (digests) throws(LakeError) in
                    try ContentCheck.check(
                        digests, path: path, expectedBytes: expectedBytes, expectedSHA256: expectedSHA256)
                }
            }
            if let expectedBytes, expectedBytes != byteCount {
                throw .contentDiffers(path: path, what: "has \(byteCount) bytes, not \(expectedBytes)")
            }
            // What is there already costs no upload.
            let standing = try file(at: address)
            if standing?.isFolder == true { throw .isFolder(url: address.url) }
            if standing != nil, condition == .ifAbsent { return .stands }
            let upload = LargeUpload(
                lake: self, path: path, byteCount: byteCount, sha256: expectedSHA256, address: address,
                condition: condition, attributes: attributes)
            return try turn.hold { () throws(LakeError) in
                try canRename() ? RenamedUpload(upload).run() : BlockListUpload(upload).run()
            }
        }
    }

    func entry(at address: LakeAddress) throws(LakeError) -> LakeEntry? {
        // A folder's name says that it need not be there; its listing shows what is.
        if address.isFolder { return nil }
        guard let file = try file(at: address) else { return nil }
        return LakeEntry(
            address: address, path: FileSystem.name(of: address.location), isFolder: file.isFolder,
            byteCount: file.byteCount, modified: file.modified, etag: file.etag, digests: file.digests)
    }

    func open(_ address: LakeAddress) throws(LakeError) -> any ByteSource {
        guard !address.isFolder else { throw .isFolder(url: address.url) }
        return try RangeSource(address, session, atOnce: settings.jobs)
    }

    func inspect(_ address: LakeAddress, withSHA256: Bool) throws(LakeError) -> StoredObject {
        guard let file = try file(at: address) else { throw .notFound(url: address.url) }
        if file.isFolder { throw .isFolder(url: address.url) }
        if let digests = file.digests, digests.sha256 != nil || !withSHA256 {
            return StoredObject(digests: digests, etag: file.etag)
        }
        // Somebody else's file: what it holds only reading it shows.
        let source = try RangeSource(address, session, atOnce: settings.jobs)
        do throws(IOError) {
            return StoredObject(digests: LakeDigests(try ContentDigester.digests(of: source)), etag: source.etag)
        } catch {
            throw source.lakeFailure ?? .lake(error)
        }
    }

    func acquireLease(at address: LakeAddress) throws(LakeError) -> any LakeLease {
        try AzureLease.acquireLock(at: address, session)
    }

    /// What is at an address that names no folder; nil when nothing is. A missing container is an error.
    func file(at address: LakeAddress) throws(LakeError) -> AzureFile? {
        let response = try session.send(session.request(.head, .blob, address.location))
        if response.status == 404, !["ContainerNotFound", "FilesystemNotFound"].contains(response.errorCode) {
            return nil
        }
        guard response.isSuccess else { throw session.refusal(response) }
        return AzureFile(response.headers)
    }

    /// Whether a temporary name can become the final one. A signature for one file reaches no other name.
    private func canRename() throws(LakeError) -> Bool {
        if case .signature(let signature) = session.credential.proof, signature.isForOneFile { return false }
        return try isHierarchical()
    }

    /// The service drops the dots at the end of a segment before it looks at the signature, so that nobody could read
    /// such a file again; Hadoop's client refuses them too.
    private static func checkName(of address: LakeAddress) throws(LakeError) {
        if address.location.split(separator: "/").contains(where: { $0.utf8.last == 0x2E }) {
            throw .unusableName(url: address.url, why: "no part of a name in Azure ends in a dot")
        }
    }

    func isHierarchical() throws(LakeError) -> Bool {
        try hierarchy.withLock { (known) throws(LakeError) in
            if let known { return known }
            let request = session.rootRequest(.head, query: [(name: "action", value: "getAccessControl")])
            let response = try session.send(request)
            // Who may not ask is most likely somewhere where there is something to ask for.
            guard response.isSuccess || response.status == 400 || response.status == 403 else {
                throw session.refusal(response)
            }
            known = response.status != 400
            return response.status != 400
        }
    }

    private static func byteCount(of path: String) throws(LakeError) -> Int {
        do throws(IOError) {
            guard let status = try FileSystem.status(path) else {
                throw .system(call: "open", path: path, code: errorNoEntry)
            }
            return status.byteCount
        } catch {
            throw .io(error, source: true)
        }
    }

    private static func contents(of path: String, limit: Int) throws(LakeError) -> [UInt8] {
        do throws(IOError) {
            return try FileSystem.contents(path, limit: limit)
        } catch {
            throw .io(error, source: true)
        }
    }

    /// ENOENT
    private static let errorNoEntry: Int32 = 2
}
