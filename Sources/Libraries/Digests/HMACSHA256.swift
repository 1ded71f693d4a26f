internal import CCrypto

/// A keyed digest: HMAC with SHA-256 (RFC 2104), with which storage services sign requests.
package enum HMACSHA256 {
    /// The 32 bytes for a message under a key.
    package static func code(key: UnsafeRawBufferPointer, message: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        // OpenSSL takes a null key for "the one of before": an empty key needs an address too.
        let empty: [UInt8] = [0]
        let made = empty.withUnsafeBytes { empty in
            HMAC(
                EVP_sha256(), key.baseAddress ?? empty.baseAddress, Int32(clamping: key.count), message, message.count,
                &code, &length)
        }
        precondition(made != nil && length == 32, "libcrypto lacks HMAC")
        return code
    }
}
