import Bytes
import Glibc
import Signing
import TestSupport

/// Keys and certificates made by the `openssl` program for one run of the tests.
final class TestKeys: @unchecked Sendable {
    struct Failed: Error { let command: String }

    static let passphrase = "päss phrase"

    /// Made once: two RSA keys take a moment.
    static let shared = Result { try TestKeys() }

    let path: String
    private let folder: TemporaryDirectory

    private init() throws {
        let folder = try TemporaryDirectory()
        self.folder = folder
        path = folder.path
        try folder.write("pass", text: Self.passphrase)
        let encrypted = "-passout file:pass"
        for command in [
            "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out plain.pem",
            "openssl pkcs8 -topk8 -nocrypt -in plain.pem -outform DER -out plain.der",
            "openssl pkcs8 -topk8 -v2 aes-256-cbc \(encrypted) -in plain.pem -out aes256.pem",
            "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA1 \(encrypted) -in plain.pem -out sha1.pem",
            "openssl pkcs8 -topk8 -v2 des3 \(encrypted) -in plain.pem -out des3.pem",
            "openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES \(encrypted) -in plain.pem -out pbes1.pem",
            "openssl pkcs8 -topk8 -v2 aes-256-cbc \(encrypted) -in plain.pem -outform DER -out aes256.der",
            "openssl rsa -traditional -in plain.pem -out pkcs1.pem",
            "openssl rsa -traditional -in plain.pem -outform DER -out pkcs1.der",
            "openssl rsa -traditional -aes256 \(encrypted) -in plain.pem -out legacy.pem",
            "base64 -w 64 plain.der > plain.b64 && base64 -w 0 aes256.der > aes256.b64",
            "openssl pkey -in plain.pem -pubout -out public.pem",
            "openssl pkey -in plain.pem -pubout -outform DER -out public.der",
            "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:prime256v1 -out ec.pem",
            "openssl genrsa -out short.pem 1024",
            "openssl req -x509 -new -key plain.pem -days 2 -subj /CN=client -out client.crt",
            "openssl req -x509 -new -key ec.pem -days 2 -subj /CN=other -out other.crt",
            "cat other.crt client.crt plain.pem > client.pem && cat other.crt plain.pem > mismatch.pem",
            "cat plain.pem client.crt > reversed.pem && cat client.crt aes256.pem > locked.pem",
            "openssl pkcs12 -export -inkey plain.pem -in client.crt -certfile other.crt \(encrypted) -out client.pfx",
            "openssl pkcs12 -export -inkey plain.pem -in client.crt -passout pass: -out open.pfx",
            "openssl x509 -in client.crt -outform DER -out client.der",
        ] { try run(command) }
    }

    func secret(_ name: String) throws -> SecretBytes { SecretBytes(try bytes(name)) }
    func bytes(_ name: String) throws -> [UInt8] { try FileSystem.contents(FileSystem.join(path, name)) }
    static func get() throws -> TestKeys { try shared.get() }

    /// What a command prints in the folder of the keys.
    @discardableResult
    func run(_ command: String) throws -> String {
        let name = "log-\(UInt.random(in: 0 ... .max))"
        let status = system("cd '\(path)' && (\(command)) >\(name) 2>&1")
        let text = String(decoding: try bytes(name), as: UTF8.self)
        guard status == 0 else { throw Failed(command: "\(command)\n\(text)") }
        return text
    }

    /// True when `openssl` finds that the signature is the key's.
    func verifies(_ signature: [UInt8], of message: [UInt8]) throws -> Bool {
        let name = "signed-\(UInt.random(in: 0 ... .max))"
        try folder.write(name, message)
        try folder.write(name + ".sig", signature)
        let answer = try run("openssl dgst -sha256 -verify public.pem -signature \(name).sig \(name) || true")
        return answer.contains("Verified OK")
    }
}
