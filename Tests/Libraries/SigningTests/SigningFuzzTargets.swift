import Bytes

@testable import Signing

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash.

/// A key, a certificate with its key, a service account's key file, or an answer of a token service: whatever the
/// bytes are. Without a passphrase, so that no count of iterations in the bytes can make it long.
func fuzzSecrets(_ bytes: [UInt8]) {
    let secret = SecretBytes(bytes)
    if let key = try? PrivateKey(secret) { _ = try? key.fingerprint() }
    // PKCS#12 derives keys even for the empty passphrase.
    if bytes.first != 0x30 { _ = try? ClientCertificate(secret) }
    _ = try? GoogleServiceAccount(parsing: secret)
    _ = try? AccessToken(parsing: bytes, receivedAt: UTCTime(clampingMilliseconds: 1_767_323_045_000))
    _ = AccessToken.refusal(in: bytes)
}
