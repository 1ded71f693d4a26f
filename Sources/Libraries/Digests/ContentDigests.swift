package import Bytes

/// What identifies a file's content: its length and two digests. MD5 is there because stores report it of their own
/// bytes; trust rests on SHA-256.
package struct ContentDigests: Equatable, Sendable {
    package let byteCount: Int
    /// Lower-case hexadecimal.
    package let sha256: String
    /// Lower-case hexadecimal.
    package let md5: String

    package init(byteCount: Int, sha256: String, md5: String) {
        self.byteCount = byteCount
        self.sha256 = sha256
        self.md5 = md5
    }
}

/// Takes the digests of a content while it passes in blocks.
package struct ContentDigester: ~Copyable {
    private var sha256 = MessageDigest(.sha256)
    private var md5 = MessageDigest(.md5)
    package private(set) var byteCount = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        sha256.update(bytes)
        md5.update(bytes)
        byteCount += bytes.count
    }

    package consuming func finish() -> ContentDigests {
        let byteCount = byteCount
        let first = sha256.finish()
        let second = md5.finish()
        return ContentDigests(byteCount: byteCount, sha256: Hex.encode(first), md5: Hex.encode(second))
    }

    /// The digests of all that a source gives.
    package static func digests(of source: any ByteSource) throws(IOError) -> ContentDigests {
        var digester = ContentDigester()
        try source.forEachBlock { digester.update($0) }
        return digester.finish()
    }
}
