internal import Bytes
internal import CCrypto
internal import Digests

/// An RSA private key, which signs RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2, RFC 7518 section 3.3).
package final class PrivateKey: @unchecked Sendable {
    /// Longer inputs are no keys.
    package static let byteLimit = 64 << 10
    /// What all services we speak to ask for at least.
    package static let bitLimit = 2048

    // OpenSSL's keys may be used from many threads; ours never changes after `init`.
    private let key: OpaquePointer

    /// Takes over a key of OpenSSL's; throws `keyUnsuitable` when it is none for RS256.
    init(adopting key: OpaquePointer) throws(SigningError) {
        self.key = key
        guard EVP_PKEY_is_a(key, "RSA") == 1 else { throw .keyUnsuitable(reason: "it is not an RSA key") }
        let bitCount = Int(EVP_PKEY_get_bits(key))
        guard bitCount >= Self.bitLimit else {
            throw .keyUnsuitable(reason: "it has \(bitCount) bits, fewer than \(Self.bitLimit)")
        }
    }

    /// Reads a key: PKCS#8, plain or encrypted, or PKCS#1; as PEM, DER, or Base64 of DER on lines of any length.
    ///
    /// An empty passphrase is none. Throws which of missing, wrong and unneeded it is.
    package convenience init(_ bytes: SecretBytes, passphrase: SecretBytes? = nil) throws(SigningError) {
        guard bytes.byteCount <= Self.byteLimit else { throw .notAKey }
        let passphrase = passphrase?.isEmpty == true ? nil : passphrase
        try self.init(adopting: try Self.decode(try Self.encoded(bytes), passphrase))
    }

    deinit { EVP_PKEY_free(key) }

    /// Signs a message.
    package func signature(of message: [UInt8]) throws(SigningError) -> [UInt8] {
        guard let context = EVP_MD_CTX_new() else { throw .library(call: "EVP_MD_CTX_new") }
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { throw .library(call: "EVP_DigestSignInit") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw .library(call: "EVP_DigestSign")
        }
        return Array(signature.prefix(length))
    }

    /// The public half as DER SubjectPublicKeyInfo.
    package func publicKey() throws(SigningError) -> [UInt8] {
        let length = i2d_PUBKEY(key, nil)
        guard length > 0 else { throw .library(call: "i2d_PUBKEY") }
        var bytes = [UInt8](repeating: 0, count: Int(length))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return i2d_PUBKEY(key, &next)
        }
        guard written == length else { throw .library(call: "i2d_PUBKEY") }
        return bytes
    }

    /// How Snowflake names a public key: `SHA256:` and the Base64 of the digest of `publicKey()`.
    package func fingerprint() throws(SigningError) -> String {
        var digest = MessageDigest(.sha256)
        digest.update(try publicKey())
        return "SHA256:\(Base64.encode(digest.finish()))"
    }

    /// True when a certificate is for this key.
    func matches(_ certificate: OpaquePointer) -> Bool { X509_check_private_key(certificate, key) == 1 }

    /// The one private key in a PEM text, or the bytes as they are, or what they are the Base64 of.
    private static func encoded(_ bytes: SecretBytes) throws(SigningError) -> SecretBytes {
        try bytes.withUnsafeBytes { (bytes) throws(SigningError) -> SecretBytes in
            let pem = PEMText(bytes)
            if let part = pem.parts.first(where: { $0.label.hasSuffix("PRIVATE KEY") }) {
                return SecretBytes(bytes[part.range])
            }
            // DER begins with a SEQUENCE.
            if bytes.first == 0x30 { return SecretBytes(bytes) }
            var digits = bytes.filter { ![0x0A, 0x0D, 0x20, 0x09].contains($0) }
            defer { digits.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            guard pem.parts.isEmpty, var der = Base64.decode(String(decoding: digits, as: UTF8.self)), der.first == 0x30
            else { throw .notAKey }
            return SecretBytes(wiping: &der)
        }
    }

    /// What OpenSSL asks for the passphrase of, and whether it did.
    private final class Passphrase {
        let secret: SecretBytes?
        var wasAsked = false
        init(_ secret: SecretBytes?) { self.secret = secret }
    }

    private static func decode(_ bytes: SecretBytes, _ secret: SecretBytes?) throws(SigningError) -> OpaquePointer {
        let passphrase = Passphrase(secret)
        var key: OpaquePointer?
        guard let context = OSSL_DECODER_CTX_new_for_pkey(&key, nil, nil, nil, Int32(EVP_PKEY_WHOLE_KEYPAIR), nil, nil)
        else { throw .library(call: "OSSL_DECODER_CTX_new_for_pkey") }
        defer { OSSL_DECODER_CTX_free(context) }
        OSSL_DECODER_CTX_set_pem_password_cb(
            context,
            { buffer, size, _, context in
                guard let buffer, let context else { return -1 }
                let passphrase = Unmanaged<Passphrase>.fromOpaque(context).takeUnretainedValue()
                passphrase.wasAsked = true
                guard let secret = passphrase.secret, secret.byteCount <= Int(size) else { return -1 }
                secret.withUnsafeBytes {
                    UnsafeMutableRawBufferPointer(start: buffer, count: Int(size)).copyMemory(from: $0)
                }
                return Int32(secret.byteCount)
            }, Unmanaged.passUnretained(passphrase).toOpaque())
        let isDecoded = bytes.withUnsafeBytes { bytes in
            var next = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var length = bytes.count
            return OSSL_DECODER_from_data(context, &next, &length) == 1
        }
        ERR_clear_error()
        guard isDecoded, let key else {
            guard passphrase.wasAsked else { throw .notAKey }
            throw secret == nil ? .passphraseMissing : .passphraseWrong
        }
        if secret != nil, !passphrase.wasAsked {
            EVP_PKEY_free(key)
            throw .passphraseUnneeded
        }
        return key
    }
}
