import Bytes
import Signing
import Testing

@Suite struct PrivateKeyTests {
    private static let passphrase = SecretBytes(TestKeys.passphrase)

    @Test(arguments: ["plain.pem", "plain.der", "plain.b64", "pkcs1.pem", "pkcs1.der", "client.pem"])
    func plainKeysOfEveryFormSign(name: String) throws {
        let keys = try TestKeys.get()
        let key = try PrivateKey(try keys.secret(name))
        let message = Array("to be signed".utf8)
        #expect(try keys.verifies(try key.signature(of: message), of: message))
        #expect(try !keys.verifies(try key.signature(of: message), of: message + [0]))
    }

    @Test(arguments: ["aes256.pem", "aes256.der", "aes256.b64", "sha1.pem", "des3.pem", "pbes1.pem", "legacy.pem"])
    func encryptedKeysOpenWithTheirPassphraseAndWithNothingElse(name: String) throws {
        let keys = try TestKeys.get()
        let secret = try keys.secret(name)
        let key = try PrivateKey(secret, passphrase: Self.passphrase)
        let message = Array("to be signed".utf8)
        #expect(try keys.verifies(try key.signature(of: message), of: message))
        #expect(throws: SigningError.passphraseMissing) { try PrivateKey(secret) }
        #expect(throws: SigningError.passphraseMissing) { try PrivateKey(secret, passphrase: SecretBytes("")) }
        #expect(throws: SigningError.passphraseWrong) { try PrivateKey(secret, passphrase: SecretBytes("wrong")) }
        let long = SecretBytes([UInt8](repeating: 65, count: 100_000))
        #expect(throws: SigningError.passphraseWrong) { try PrivateKey(secret, passphrase: long) }
    }

    @Test(arguments: ["plain.pem", "plain.der", "pkcs1.pem"])
    func aPassphraseForAPlainKeyIsAMistake(name: String) throws {
        let secret = try TestKeys.get().secret(name)
        #expect(throws: SigningError.passphraseUnneeded) { try PrivateKey(secret, passphrase: Self.passphrase) }
        _ = try PrivateKey(secret, passphrase: SecretBytes(""))
    }

    @Test(arguments: ["public.pem", "public.der", "client.crt", "client.der", "client.pfx"])
    func otherThingsAreNotPrivateKeys(name: String) throws {
        let secret = try TestKeys.get().secret(name)
        #expect(throws: SigningError.self) { try PrivateKey(secret) }
    }

    @Test(arguments: ["", "nonsense", "-----BEGIN PRIVATE KEY-----\n", "MAAA", "0"])
    func textsThatAreNoKeysAreRefused(text: String) {
        #expect(throws: SigningError.notAKey) { try PrivateKey(SecretBytes(text)) }
    }

    @Test func keysCutAnywhereAreRefused() throws {
        let keys = try TestKeys.get()
        for name in ["plain.pem", "plain.der", "aes256.der"] {
            let bytes = try keys.bytes(name)
            for count in stride(from: 0, to: bytes.count - 2, by: 97) {
                #expect(throws: SigningError.self) { try PrivateKey(SecretBytes(bytes.prefix(count))) }
            }
        }
        let huge = SecretBytes([UInt8](repeating: 0x30, count: PrivateKey.byteLimit + 1))
        #expect(throws: SigningError.notAKey) { try PrivateKey(huge) }
    }

    @Test func keysThatNoServiceTakesAreRefused() throws {
        let keys = try TestKeys.get()
        let curve = try keys.secret("ec.pem")
        let short = try keys.secret("short.pem")
        #expect(throws: SigningError.keyUnsuitable(reason: "it is not an RSA key")) { try PrivateKey(curve) }
        #expect(throws: SigningError.keyUnsuitable(reason: "it has 1024 bits, fewer than 2048")) {
            try PrivateKey(short)
        }
    }

    @Test func theFingerprintIsThatOfThePublicKey() throws {
        let keys = try TestKeys.get()
        let key = try PrivateKey(try keys.secret("plain.pem"))
        #expect(try key.publicKey() == keys.bytes("public.der"))
        let wanted = try keys.run("openssl dgst -sha256 -binary public.der | base64 -w 0")
        #expect(try key.fingerprint() == "SHA256:" + wanted)
    }

    @Test func explanationsAroundAKeyAreIgnored() throws {
        let keys = try TestKeys.get()
        let text = "Bag Attributes\n  x: y\n\n" + String(decoding: try keys.bytes("plain.pem"), as: UTF8.self) + "end\n"
        _ = try PrivateKey(SecretBytes(text))
        _ = try PrivateKey(SecretBytes(text.replacing("\n", with: "\r\n")))
    }
}
