import Bytes
import Digests

/// What identifies a stored content. Trust rests on length and SHA-256.
struct LakeDigests: Equatable, Sendable {
    let byteCount: Int
    /// Lower-case hexadecimal.
    let sha256: String
    /// Lower-case hexadecimal; nil where nobody took it. It is for tools that compare the MD5 which stores keep.
    let md5: String?

    /// The MD5 as headers hold it.
    var md5Text: String? { md5.flatMap { Hex.decode($0) }.map { Base64.encode($0) } }

    init(byteCount: Int, sha256: String, md5: String?) {
        self.byteCount = byteCount
        self.sha256 = sha256
        self.md5 = md5
    }

    init(_ digests: ContentDigests) {
        self.init(byteCount: digests.byteCount, sha256: digests.sha256, md5: digests.md5)
    }
}
