package import Bytes
internal import CCrypto

/// A running SHA-256 or MD5 (FIPS 180-4, RFC 1321), computed by OpenSSL's libcrypto.
package struct MessageDigest: ~Copyable {
    package enum Algorithm: Sendable {
        case sha256
        /// Only to compare with what a store says of its own bytes; never for trust.
        case md5
    }

    private let context: OpaquePointer
    private let algorithm: Algorithm

    package init(_ algorithm: Algorithm) {
        guard let made = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        context = made
        self.algorithm = algorithm
        start()
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count > 0 { EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) }
    }

    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The digest of all that was given since the last time; starts anew.
    package mutating func finish() -> [UInt8] {
        var length: UInt32 = 0
        var digest = [UInt8](repeating: 0, count: 64)
        EVP_DigestFinal_ex(context, &digest, &length)
        start()
        return Array(digest.prefix(Int(length)))
    }

    /// The digest of all that was given since the start, which goes on.
    package func valueSoFar() -> [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
        defer { EVP_MD_CTX_free(copy) }
        precondition(EVP_MD_CTX_copy_ex(copy, context) == 1, "libcrypto cannot copy the digest")
        var length: UInt32 = 0
        var digest = [UInt8](repeating: 0, count: 64)
        EVP_DigestFinal_ex(copy, &digest, &length)
        return Array(digest.prefix(Int(length)))
    }

    private func start() {
        let kind = algorithm == .sha256 ? EVP_sha256() : EVP_md5()
        precondition(EVP_DigestInit_ex(context, kind, nil) == 1, "libcrypto lacks the digest")
    }

    /// The lower-case hexadecimal digest of bytes in memory.
    package static func hex(_ algorithm: Algorithm, of bytes: [UInt8]) -> String {
        var digest = MessageDigest(algorithm)
        digest.update(bytes)
        return Hex.encode(digest.finish())
    }

    /// The lower-case hexadecimal digest of a text's UTF-8.
    package static func hex(_ algorithm: Algorithm, of text: String) -> String { hex(algorithm, of: Array(text.utf8)) }

    /// The lower-case hexadecimal digest and the length of all that a source gives.
    package static func hex(
        _ algorithm: Algorithm, of source: any ByteSource
    ) throws(IOError) -> (hex: String, byteCount: Int) {
        var digest = MessageDigest(algorithm)
        let byteCount = try source.forEachBlock { digest.update($0) }
        return (Hex.encode(digest.finish()), byteCount)
    }
}
