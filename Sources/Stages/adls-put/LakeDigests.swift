import Bytes
import Digests

/// What identifies a stored content: its length, and its SHA-256 or at least its CRC64.
struct LakeDigests: Equatable, Sendable {
    let byteCount: Int
    /// Lower-case hexadecimal; nil of a large file of which nobody asked for it (`DigestChoice`).
    let sha256: String?
    /// As Azure writes it; nil of what was not stored in blocks.
    let crc64: String?
    /// Lower-case hexadecimal; nil where nobody took it. It is for tools that compare the MD5 which stores keep.
    let md5: String?

    /// The MD5 as headers hold it.
    var md5Text: String? { md5.flatMap { Hex.decode($0) }.map { Base64.encode($0) } }

    init(byteCount: Int, sha256: String?, crc64: String? = nil, md5: String?) {
        self.byteCount = byteCount
        self.sha256 = sha256
        self.crc64 = crc64
        self.md5 = md5
    }

    init(_ digests: ContentDigests) {
        self.init(byteCount: digests.byteCount, sha256: digests.sha256, md5: digests.md5)
    }

    /// Whether a local file has this content, by the best digest there is.
    func match(fileAt path: String) throws(IOError) -> Bool {
        let source = try DescriptorSource(path: path)
        if let sha256 { return try MessageDigest.hex(.sha256, of: source) == (sha256, byteCount) }
        guard let crc64 else { return false }
        return try CRC64.text(of: source) == (crc64, byteCount)
    }
}

/// Compares a content with what a manifest line, the user, or the lake says of it.
enum ContentCheck {
    static func check(
        _ digests: LakeDigests, path: String, expectedBytes: Int?, expectedSHA256: String?,
        expectedCRC64: String? = nil
    ) throws(LakeError) {
        if let expectedBytes, expectedBytes != digests.byteCount {
            throw .contentDiffers(
                path: path, what: "has \(digests.byteCount) bytes, not \(expectedBytes)")
        }
        if let expectedSHA256, expectedSHA256 != digests.sha256 {
            throw .contentDiffers(
                path: path, what: "has sha256 \(digests.sha256 ?? "unknown"), not \(expectedSHA256)")
        }
        if let expectedCRC64, expectedCRC64 != digests.crc64 {
            throw .contentDiffers(path: path, what: "has crc64 \(digests.crc64 ?? "unknown"), not \(expectedCRC64)")
        }
    }
}
