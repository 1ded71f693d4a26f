import Bytes
import Digests
import HTTP

/// Stores a content in one request (Put Blob): readers see the old content or the new one, never a part.
struct SingleUpload {
    private let lake: AzureLake
    private let address: LakeAddress
    private let condition: PutCondition
    private let attributes: LakeAttributes

    init(_ lake: AzureLake, _ address: LakeAddress, _ condition: PutCondition, _ attributes: LakeAttributes) {
        self.lake = lake
        self.address = address
        self.condition = condition
        self.attributes = attributes
    }

    /// `check` may refuse the content before anything is sent.
    func put(
        _ bytes: [UInt8], check: (LakeDigests) throws(LakeError) -> Void = { _ in }
    ) throws(LakeError) -> PutOutcome {
        var digester = ContentDigester()
        bytes.withUnsafeBytes { digester.update($0) }
        let taken = digester.finish()
        let digests = LakeDigests(taken)
        try check(digests)
        let upload = UUIDText.random()
        var headers = AzureFile.headers(digests, upload: upload, attributes)
        let md5 = Base64.encode(Hex.decode(taken.md5) ?? [])
        headers["x-ms-blob-type"] = "BlockBlob"
        headers["x-ms-blob-content-type"] = attributes.contentType(for: address.location)
        headers["Content-MD5"] = md5
        headers["x-ms-blob-content-md5"] = md5
        condition.write(to: &headers)
        let session = lake.session
        let response = try session.send(
            session.request(.put, .blob, address.location, headers: headers, body: .bytes(bytes)))
        if response.isSuccess {
            return .stored(StoredObject(digests: digests, etag: response.headers["ETag"] ?? ""))
        }
        return try lake.resolve(response, StoredUpload(id: upload, digests: digests), at: address, condition)
    }
}

/// An upload that may have been stored.
struct StoredUpload {
    let id: String
    let digests: LakeDigests
}

extension PutCondition {
    /// As the service takes it.
    func write(to headers: inout HeaderFields) {
        switch self {
        case .ifAbsent: headers["If-None-Match"] = "*"
        case .ifMatch(let tag): headers["If-Match"] = tag
        case .always: break
        }
    }
}

extension AzureLake {
    /// What it means that a write was refused. The answer to an earlier attempt may have been lost: what stands then
    /// is ours, and says so.
    func resolve(
        _ refusal: Response, _ upload: StoredUpload, at address: LakeAddress, _ condition: PutCondition
    ) throws(LakeError) -> PutOutcome {
        guard refusal.status == 409 || refusal.status == 412 || refusal.status == 404,
            refusal.errorCode != "ContainerNotFound", refusal.errorCode != "FilesystemNotFound"
        else { throw session.refusal(refusal) }
        guard let standing = try file(at: address) else {
            if case .ifMatch(let expected) = condition {
                throw .tagDiffers(url: address.url, expected: expected, found: nil)
            }
            throw session.refusal(refusal)
        }
        if standing.isFolder { throw .isFolder(url: address.url) }
        if standing.upload == upload.id {
            return .stored(StoredObject(digests: upload.digests, etag: standing.etag))
        }
        switch condition {
        case .ifAbsent where refusal.errorCode?.hasSuffix("AlreadyExists") == true || refusal.isConditionFailure:
            return .stands
        case .ifMatch(let expected) where refusal.isConditionFailure:
            throw .tagDiffers(url: address.url, expected: expected, found: standing.etag)
        default: throw session.refusal(refusal)
        }
    }
}

extension Response {
    fileprivate var isConditionFailure: Bool { status == 412 && errorCode == "ConditionNotMet" }
}
