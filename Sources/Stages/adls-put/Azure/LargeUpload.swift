import Bytes
import HTTP

/// A file of more than one block, and where it goes.
struct LargeUpload {
    let lake: AzureLake
    let path: String
    let byteCount: Int
    /// What the caller knows of it.
    let sha256: String?
    let address: LakeAddress
    let condition: PutCondition
    let attributes: LakeAttributes

    var session: AzureSession { lake.session }
    var takesSHA256: Bool { sha256 != nil || lake.settings.contentSHA256.isTaken(ofByteCount: byteCount) }
    var takesMD5: Bool { lake.settings.contentMD5.isTaken(ofByteCount: byteCount) }
    var contentType: String { attributes.contentType(for: address.location) }

    /// The digests of what was sent, which must be what the caller expects.
    func checkedDigests(_ pipeline: BlockPipeline) throws(LakeError) -> LakeDigests {
        let digests = pipeline.digests
        try ContentCheck.check(digests, path: path, expectedBytes: byteCount, expectedSHA256: sha256)
        return digests
    }
}
