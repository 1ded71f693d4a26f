internal import Bytes
internal import CCrypto

/// A certificate with its private key, by which a client shows who it is.
package final class ClientCertificate: Sendable {
    /// Longer inputs are no certificates.
    package static let byteLimit = 1 << 20

    package let key: PrivateKey
    /// DER of the certificate, then of those that stand behind it.
    package let chain: [[UInt8]]
    package let thumbprintSHA1: [UInt8]
    package let thumbprintSHA256: [UInt8]

    /// Reads a PEM text that holds the certificate and its private key in any order, or a PKCS#12 file.
    package convenience init(_ bytes: SecretBytes, passphrase: SecretBytes? = nil) throws(SigningError) {
        guard bytes.byteCount <= Self.byteLimit else { throw .notACertificate }
        let isDER = bytes.withUnsafeBytes { $0.first == 0x30 }
        if isDER {
            let store = try Self.openPKCS12(bytes, passphrase)
            try self.init(store.certificates, store.key)
        } else {
            let certificates = try Self.certificates(inPEM: bytes)
            try self.init(certificates, try PrivateKey(bytes, passphrase: passphrase))
        }
    }

    private init(_ certificates: [X509Certificate], _ key: PrivateKey) throws(SigningError) {
        // The client's own is the one that belongs to the key, wherever it stands.
        guard let own = certificates.firstIndex(where: { key.matches($0.raw) }) else {
            throw certificates.isEmpty ? .notACertificate : .certificateMismatch
        }
        var ordered = certificates
        ordered.insert(ordered.remove(at: own), at: 0)
        self.key = key
        var chain: [[UInt8]] = []
        for certificate in ordered { chain.append(try certificate.der()) }
        self.chain = chain
        thumbprintSHA1 = try ordered[0].digest(EVP_sha1())
        thumbprintSHA256 = try ordered[0].digest(EVP_sha256())
    }

    private static func certificates(inPEM bytes: SecretBytes) throws(SigningError) -> [X509Certificate] {
        try bytes.withUnsafeBytes { (bytes) throws(SigningError) -> [X509Certificate] in
            var found: [X509Certificate] = []
            for part in PEMText(bytes).parts where part.label == "CERTIFICATE" {
                found.append(try X509Certificate(pem: UnsafeRawBufferPointer(rebasing: bytes[part.range])))
            }
            if found.isEmpty { throw .notACertificate }
            return found
        }
    }

    private static func openPKCS12(
        _ bytes: SecretBytes, _ passphrase: SecretBytes?
    ) throws(SigningError) -> (certificates: [X509Certificate], key: PrivateKey) {
        let store = bytes.withUnsafeBytes { bytes in
            var next = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            return d2i_PKCS12(nil, &next, bytes.count)
        }
        defer { ERR_clear_error() }
        guard let store else { throw .notACertificate }
        defer { PKCS12_free(store) }
        var key: OpaquePointer?
        var certificate: OpaquePointer?
        var others: OpaquePointer?
        // A zero byte ends the passphrase; there is none inside, or it would not have come from an environment.
        let isOpen = PKCS12_parse(store, passphrase?.text ?? "", &key, &certificate, &others) == 1
        guard isOpen else {
            if PKCS12_verify_mac(store, passphrase?.text ?? "", -1) == 1 { throw .encryptionOutdated }
            throw passphrase == nil ? .passphraseMissing : .passphraseWrong
        }
        var certificates = certificate.map { [X509Certificate(adopting: $0)] } ?? []
        if let others {
            while let other = OPENSSL_sk_pop(others) {
                certificates.append(X509Certificate(adopting: OpaquePointer(other)))
            }
            OPENSSL_sk_free(others)
        }
        guard let key else { throw .notAKey }
        return (certificates, try PrivateKey(adopting: key))
    }
}

/// One certificate of OpenSSL's.
private final class X509Certificate {
    let raw: OpaquePointer

    init(adopting raw: OpaquePointer) { self.raw = raw }

    init(pem: UnsafeRawBufferPointer) throws(SigningError) {
        guard let input = BIO_new_mem_buf(pem.baseAddress, Int32(clamping: pem.count)) else {
            throw .library(call: "BIO_new_mem_buf")
        }
        defer {
            BIO_free(input)
            ERR_clear_error()
        }
        // Without a callback OpenSSL would ask on the terminal for the passphrase of an encrypted one.
        guard let read = PEM_read_bio_X509(input, nil, { _, _, _, _ in -1 }, nil) else { throw .notACertificate }
        raw = read
    }

    deinit { X509_free(raw) }

    func der() throws(SigningError) -> [UInt8] {
        let length = i2d_X509(raw, nil)
        guard length > 0 else { throw .library(call: "i2d_X509") }
        var bytes = [UInt8](repeating: 0, count: Int(length))
        let written = bytes.withUnsafeMutableBufferPointer { buffer in
            var next = buffer.baseAddress
            return i2d_X509(raw, &next)
        }
        guard written == length else { throw .library(call: "i2d_X509") }
        return bytes
    }

    func digest(_ algorithm: OpaquePointer?) throws(SigningError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 64)
        var length: UInt32 = 0
        guard X509_digest(raw, algorithm, &digest, &length) == 1 else { throw .library(call: "X509_digest") }
        return Array(digest.prefix(Int(length)))
    }
}
