/// What can be wrong with keys, certificates, accounts and answers of token services. No case holds a secret.
package enum SigningError: Error, Equatable, Sendable {
    /// Neither PEM nor DER of a private key.
    case notAKey
    case passphraseMissing
    /// Or the encrypted key is damaged, which looks the same.
    case passphraseWrong
    /// The passphrase is right, and OpenSSL does not read what it opens: RC2, as older systems export.
    case encryptionOutdated
    /// A passphrase was given for a key that is not encrypted.
    case passphraseUnneeded
    /// A key that we cannot use: not RSA, or too short.
    case keyUnsuitable(reason: String)
    case notACertificate
    /// The certificate belongs to another private key.
    case certificateMismatch
    /// A service account's key file lacks something, or is none.
    case badKeyFile(reason: String)
    /// An account key that is not Base64.
    case badAccountKey
    /// An account or user name that cannot be one.
    case badIdentifier(reason: String)
    /// A request that cannot be signed in a way that the service would repeat.
    case unsignable(reason: String)
    /// A token service's answer without a token.
    case badTokenAnswer(reason: String)
    /// libcrypto failed in a way that only lack of memory or a broken installation explains.
    case library(call: String)

    /// One line for a person.
    package var message: String {
        switch self {
        case .notAKey: "not a private key in PEM or DER form"
        case .passphraseMissing: "the private key is encrypted and there is no passphrase"
        case .passphraseWrong: "the passphrase does not open the private key"
        case .encryptionOutdated:
            "it is encrypted in a way that is no longer read, such as RC2: export it again with AES"
        case .passphraseUnneeded: "there is a passphrase, but the private key is not encrypted"
        case .keyUnsuitable(let reason): "the private key cannot be used: \(reason)"
        case .notACertificate: "not a certificate in PEM or PKCS#12 form"
        case .certificateMismatch: "the certificate belongs to another private key"
        case .badKeyFile(let reason): "not a service account's key file: \(reason)"
        case .badAccountKey: "the account key is not Base64"
        case .badIdentifier(let reason): reason
        case .unsignable(let reason): "the request cannot be signed: \(reason)"
        case .badTokenAnswer(let reason): "the token service's answer holds no token: \(reason)"
        case .library(let call): "libcrypto: \(call) failed"
        }
    }
}
