import Bytes
import Digests

/// What a file holds, as its manifest line says. What is not known before the file is read is nil.
struct PulledContent: Equatable, Sendable {
    let version: String
    let modified: UTCTime
    let mimeType: String
    let byteCount: Int?
    let md5: String?
    let sha256: String?

    init(version: String, modified: UTCTime, mimeType: String, digests: ContentDigests) {
        self.version = version
        self.modified = modified
        self.mimeType = mimeType
        byteCount = digests.byteCount
        md5 = digests.md5
        sha256 = digests.sha256
    }

    /// What Drive tells of a file without anybody reading it.
    init(describing item: DriveItem) {
        version = item.contentVersion
        modified = item.modified
        mimeType = item.mimeType
        byteCount = item.isNative ? nil : item.byteCount
        md5 = item.md5
        sha256 = item.sha256
    }
}
