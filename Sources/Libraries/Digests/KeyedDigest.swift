/// HMAC with SHA-256 (RFC 2104): a digest that only who has the key can make.
///
///     HMAC(K, text) = SHA256(K xor opad, SHA256(K xor ipad, text))
package struct KeyedDigest: Sendable {
    private static let blockByteCount = 64

    private let innerPad: [UInt8]
    private let outerPad: [UInt8]

    /// A key longer than a block of the digest is digested first.
    package init(key: [UInt8]) {
        var padded = key
        if key.count > Self.blockByteCount {
            var digest = MessageDigest(.sha256)
            digest.update(key)
            padded = digest.finish()
        }
        padded += [UInt8](repeating: 0, count: Self.blockByteCount - padded.count)
        innerPad = padded.map { $0 ^ 0x36 }
        outerPad = padded.map { $0 ^ 0x5C }
    }

    /// The 32 bytes for a text.
    package func digest(of text: [UInt8]) -> [UInt8] {
        var inner = MessageDigest(.sha256)
        inner.update(innerPad)
        inner.update(text)
        var outer = MessageDigest(.sha256)
        outer.update(outerPad)
        outer.update(inner.finish())
        return outer.finish()
    }
}
