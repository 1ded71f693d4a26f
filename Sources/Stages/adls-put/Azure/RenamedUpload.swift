import Bytes
import Digests
import HTTP
import StageKit

/// Uploads a file to an account with folders, under a temporary name that becomes the final one when all is there:
///
///     create TEMP, leased  →  append blocks, in parallel  →  flush, every so often and at the end, with close
///         →  metadata  →  verify  →  release  →  rename to the final name, if absent
///
/// A killed upload leaves TEMP with what was flushed and the SHA-256 of that; the next upload of the same file goes on
/// from there if its own bytes have the same. The lease keeps a second process from the same TEMP.
///
/// What the service keeps is verified block by block: it refuses an append whose bytes have another CRC64 than ours, and
/// a flush to a length that the appends do not fill.
struct RenamedUpload {
    /// So many blocks are sent between two flushes: what a killed upload sends again at most.
    static let blocksBetweenFlushes = 64

    private let upload: LargeUpload
    private let temporary: TemporaryPath
    private let id = UUIDText.random()

    init(_ upload: LargeUpload) {
        self.upload = upload
        temporary = TemporaryPath(upload)
    }

    func run() throws(LakeError) -> PutOutcome {
        let first = try BlockPipeline(upload)
        if let (lease, start) = try take(temporary.resumable) {
            let isOurs = try guarding(lease) { () throws(LakeError) in try isBeginning(lease.path, start, first) }
            if isOurs { return try guarding(lease) { () throws(LakeError) in try store(first, lease, from: start) } }
            try delete(lease)
        }
        guard let (lease, _) = try take(temporary.unique()) else {
            throw .disturbed(url: upload.address.url, what: "no temporary name is free")
        }
        let pipeline = try BlockPipeline(upload)
        return try guarding(lease) { () throws(LakeError) in try store(pipeline, lease, from: 0) }
    }

    /// Whatever fails, the lease ends, and nothing stays that is no use to a later upload.
    private func guarding<Result>(
        _ lease: AzureLease, _ body: () throws(LakeError) -> Result
    ) throws(LakeError) -> Result {
        do throws(LakeError) {
            return try body()
        } catch {
            cleanUp(lease, after: error)
            throw error
        }
    }

    /// Takes a temporary name, where nobody is at work on it, and says how much of the file is there already.
    private func take(_ path: String) throws(LakeError) -> (AzureLease, start: Int)? {
        let lease = AzureLease(path, upload.session)
        var headers: HeaderFields = ["If-None-Match": "*", "x-ms-content-type": upload.contentType]
        headers["x-ms-properties"] =
            "\(AzureFile.targetName)=\(Base64.encode(Array(LakeAttributes.headerText(upload.address.location).utf8)))"
        lease.writeProposal(to: &headers)
        let response = try upload.session.send(
            upload.session.request(.put, .dfs, path, query: [("resource", "file")], headers: headers))
        if response.isSuccess {
            lease.keep()
            return (lease, 0)
        }
        guard response.status == 409, response.errorCode == "PathAlreadyExists" else {
            throw upload.session.refusal(response)
        }
        // An upload that was killed; or our own attempt, whose answer was lost.
        guard let standing = try upload.lake.file(at: address(path)) else { return nil }
        let log = upload.lake.settings.log
        let isFree = try lease.acquire(patiently: standing.byteCount > 0) {
            log.info(
                "\(upload.address.url): an upload of it was begun; waits up to \(AzureLease.seconds) seconds for its end"
            )
        }
        guard isFree else { return nil }
        lease.keep()
        guard let now = try upload.lake.file(at: address(path)), now.byteCount <= upload.byteCount else {
            try lease.release()
            return nil
        }
        return (lease, now.byteCount)
    }

    private func store(_ pipeline: BlockPipeline, _ lease: AzureLease, from start: Int) throws(LakeError) -> PutOutcome
    {
        try send(pipeline, from: start, lease)
        let digests = try upload.checkedDigests(pipeline)
        try flush(lease, digests, isLast: true)
        let etag = try seal(lease, digests)
        try lease.release()
        return try rename(lease, etag, digests)
    }

    /// Whether what an earlier upload left is the beginning of this file.
    private func isBeginning(_ path: String, _ start: Int, _ pipeline: BlockPipeline) throws(LakeError) -> Bool {
        guard start > 0 else { return true }
        try pipeline.run(to: start) { _ in }
        let log = upload.lake.settings.log
        guard try upload.lake.file(at: address(path))?.isBeginning(pipeline.digests) == true else {
            log.info("\(upload.address.url): an earlier upload left other bytes; starts anew")
            return false
        }
        log.info("\(upload.address.url): goes on after \(start) bytes of an earlier upload")
        return true
    }

    private func send(
        _ pipeline: BlockPipeline, from start: Int, _ lease: AzureLease
    ) throws(LakeError) {
        let (session, path, url) = (upload.session, lease.path, upload.address.url)
        let stretch = Self.blocksBetweenFlushes * upload.lake.settings.blockByteCount
        var position = start
        while position < upload.byteCount {
            let end = min(upload.byteCount, position + stretch)
            try pipeline.run(to: end) { (block) throws(LakeError) in
                let headers: HeaderFields = [
                    "x-ms-content-crc64": block.crc64Text, "x-ms-lease-id": lease.id,
                ]
                let query = [("action", "append"), ("position", String(block.position))]
                let response = try session.send(
                    session.request(.patch, .dfs, path, query: query, headers: headers, body: block.body))
                if response.status == 404, response.errorCode == "PathNotFound" {
                    throw .disturbed(url: url, what: "somebody removed the file on its way, \(path)")
                }
                guard response.isSuccess else { throw session.refusal(response) }
            }
            position = end
            try lease.check()
            if position < upload.byteCount { try keep(lease, pipeline.digests) }
        }
    }

    /// Makes sure of what was sent so far, for an upload that comes after a kill. Metadata is written while nothing is
    /// appended that no flush has reached.
    private func keep(_ lease: AzureLease, _ digests: LakeDigests) throws(LakeError) {
        try flush(lease, digests, isLast: false)
        var headers = AzureFile.progressHeaders(digests, target: upload.address)
        headers["x-ms-lease-id"] = lease.id
        try upload.session.require(
            upload.session.request(.put, .blob, lease.path, query: [("comp", "metadata")], headers: headers))
    }

    /// Makes what was appended part of the file. Properties that a flush does not name are gone after it.
    private func flush(_ lease: AzureLease, _ digests: LakeDigests, isLast: Bool) throws(LakeError) {
        var headers: HeaderFields = ["x-ms-content-type": upload.contentType, "x-ms-lease-id": lease.id]
        headers["x-ms-content-md5"] = isLast ? digests.md5Text : nil
        let query = [
            ("action", "flush"), ("position", String(digests.byteCount)), ("close", isLast ? "true" : "false"),
        ]
        let response = try upload.session.send(
            upload.session.request(.patch, .dfs, lease.path, query: query, headers: headers))
        if response.isSuccess { return }
        // The answer to an earlier attempt may have been lost; while the lease is ours nobody else adds to the file.
        if let file = try upload.lake.file(at: address(lease.path)), file.byteCount == digests.byteCount { return }
        throw upload.session.refusal(response)
    }

    /// Writes down what the file is, and sees that all of it is there. Gives its tag.
    private func seal(_ lease: AzureLease, _ digests: LakeDigests) throws(LakeError) -> String {
        var headers = AzureFile.headers(digests, upload: id, upload.attributes)
        headers["x-ms-lease-id"] = lease.id
        try upload.session.require(
            upload.session.request(.put, .blob, lease.path, query: [("comp", "metadata")], headers: headers))
        guard let file = try upload.lake.file(at: address(lease.path)), file.byteCount == upload.byteCount,
            file.digests == digests
        else { throw .disturbed(url: upload.address.url, what: "the uploaded file is not what was sent") }
        return file.etag
    }

    private func rename(
        _ lease: AzureLease, _ etag: String, _ digests: LakeDigests
    ) throws(LakeError) -> PutOutcome {
        let stored = StoredUpload(id: id, digests: digests)
        var response = try sendRename(lease.path, etag)
        if response.errorCode == "RenameDestinationParentPathNotFound" {
            try makeFolder(FileSystem.parent(of: upload.address.location))
            response = try sendRename(lease.path, etag)
        }
        let outcome: PutOutcome
        if response.isSuccess {
            // A rename keeps the tag where the account has folders; what stands now is asked, not guessed.
            guard let file = try upload.lake.file(at: upload.address), file.upload == id else {
                throw .disturbed(url: upload.address.url, what: "somebody else replaced it at once")
            }
            outcome = .stored(StoredObject(digests: digests, etag: file.etag))
        } else {
            outcome = try upload.lake.resolve(response, stored, at: upload.address, upload.condition)
        }
        if case .stands = outcome { try delete(lease) }
        return outcome
    }

    private func sendRename(_ path: String, _ etag: String) throws(LakeError) -> Response {
        var headers: HeaderFields = [
            "x-ms-rename-source": upload.session.renameSource(path), "x-ms-source-if-match": etag,
        ]
        upload.condition.write(to: &headers)
        return try upload.session.send(
            upload.session.request(
                .put, .dfs, upload.address.location, query: [("mode", "legacy")], headers: headers))
    }

    private func makeFolder(_ path: String) throws(LakeError) {
        guard !path.isEmpty else { return }
        let response = try upload.session.send(
            upload.session.request(
                .put, .dfs, path, query: [("resource", "directory")], headers: ["If-None-Match": "*"]))
        guard response.isSuccess || response.status == 409 else { throw upload.session.refusal(response) }
    }

    /// What a later upload can go on with stays; the rest goes now, and the sweep takes what cannot be removed.
    private func cleanUp(_ lease: AzureLease, after failure: LakeError) {
        do throws(LakeError) {
            if case .service(let error, _) = failure, error.remedy == .reach || error.remedy == .tryLater {
                try lease.release()
            } else {
                try delete(lease)
            }
        } catch {
            let reason = error.failure.message ?? ""
            upload.lake.settings.log.detail("\(address(lease.path).url): is left for --delete-temp: \(reason)")
        }
    }

    private func delete(_ lease: AzureLease) throws(LakeError) {
        lease.stop()
        var headers = HeaderFields()
        headers["x-ms-lease-id"] = lease.isHeld ? lease.id : nil
        let response = try upload.session.send(upload.session.request(.delete, .blob, lease.path, headers: headers))
        guard response.isSuccess || response.status == 404 else { throw upload.session.refusal(response) }
    }

    private func address(_ path: String) -> LakeAddress {
        LakeAddress(scheme: upload.address.scheme, location: path)
    }
}
