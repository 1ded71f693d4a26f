import Bytes
import NDJSON
import Signing
import Testing

/// A token taken apart.
struct DecodedToken {
    let header: JSONValue
    let claims: JSONValue
    let message: [UInt8]
    let signature: [UInt8]

    init(_ token: String) throws {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        try #require(parts.count == 3)
        header = try JSONValue(parsing: try #require(Base64.decodeURL(parts[0])))
        claims = try JSONValue(parsing: try #require(Base64.decodeURL(parts[1])))
        message = Array("\(parts[0]).\(parts[1])".utf8)
        signature = try #require(Base64.decodeURL(parts[2]))
    }
}

@Suite struct TokenTests {
    /// 2026-01-02T03:04:05Z
    private static let now = UTCTime(clampingMilliseconds: 1_767_323_045_000)

    private static func keyFile(_ changes: [String: JSONValue?] = [:]) throws -> JSONValue {
        let key = String(decoding: try TestKeys.get().bytes("plain.pem"), as: UTF8.self)
        var file: JSONObject = [:]
        for (name, text) in [
            ("type", "service_account"), ("client_email", "svc@p.iam.gserviceaccount.com"),
            ("private_key_id", "0123456789abcdef0123456789abcdef01234567"), ("private_key", key),
            ("token_uri", "https://example.com/token"), ("project_id", "p"),
        ] { file[name] = .string(text) }
        for (name, value) in changes { file[name] = value }
        return .object(file)
    }

    @Test func aServiceAccountSignsForItsScopes() throws {
        let keys = try TestKeys.get()
        let account = try GoogleServiceAccount(Self.keyFile())
        #expect(account.tokenURI == "https://example.com/token")
        #expect(account.universeDomain == "googleapis.com")
        let scope = "https://www.googleapis.com/auth/drive.readonly"
        let token = try DecodedToken(
            try account.assertion(scopes: [scope, "b"], subject: "user@example.com", now: Self.now))
        #expect(
            token.header.text
                == #"{"alg":"RS256","typ":"JWT","kid":"0123456789abcdef0123456789abcdef01234567"}"#)
        #expect(
            token.claims.text
                == #"{"iat":1767323045,"exp":1767326645,"iss":"svc@p.iam.gserviceaccount.com","#
                + #""aud":"https://oauth2.googleapis.com/token","scope":"\#(scope) b","sub":"user@example.com"}"#)
        #expect(try keys.verifies(token.signature, of: token.message))
        let form = try account.tokenForm(scopes: [scope], now: Self.now)
        #expect(form.hasPrefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJ"))
        #expect(!String(reflecting: account).contains("PRIVATE"))
    }

    @Test func headersAndClaimsMayBeGivenByteForByte() throws {
        let keys = try TestKeys.get()
        let key = try PrivateKey(try keys.secret("plain.pem"))
        let text = try JSONWebToken.signed(headerText: #"{"typ": "JWT"}"#, claimsText: #"{"iat": 1}"#, by: key)
        let token = try DecodedToken(text)
        #expect(text.hasPrefix("eyJ0eXAiOiAiSldUIn0.eyJpYXQiOiAxfQ."))
        #expect(try keys.verifies(token.signature, of: token.message))
    }

    @Test(arguments: ["type", "client_email", "private_key_id", "private_key", "token_uri"])
    func aKeyFileThatLacksSomethingSaysWhat(name: String) throws {
        for value in [nil, JSONValue.string(""), .integer(1)] as [JSONValue?] {
            let file = try Self.keyFile([name: value])
            #expect(throws: SigningError.self) { try GoogleServiceAccount(file) }
        }
    }

    @Test func aKeyFileIsReadFromItsBytes() throws {
        let account = try GoogleServiceAccount(parsing: SecretBytes(Self.keyFile().bytes))
        #expect(account.email == "svc@p.iam.gserviceaccount.com")
        #expect(throws: SigningError.badKeyFile(reason: "it is not a JSON object")) {
            try GoogleServiceAccount(parsing: SecretBytes("[]"))
        }
    }

    @Test(arguments: ["client.pem", "reversed.pem", "client.pfx", "open.pfx", "locked.pem"])
    func aClientShowsItsCertificate(name: String) throws {
        let keys = try TestKeys.get()
        let isLocked = ["client.pfx", "locked.pem"].contains(name)
        let passphrase = isLocked ? SecretBytes(TestKeys.passphrase) : nil
        let certificate = try ClientCertificate(try keys.secret(name), passphrase: passphrase)
        let url = "https://login.microsoftonline.com/t/oauth2/v2.0/token"
        let token = try DecodedToken(
            try EntraToken.assertion(
                clientID: "client", tokenURL: url, certificate: certificate, tokenID: "id-1", now: Self.now,
                sendsChain: true))
        let sha1 = try keys.run("openssl dgst -sha1 -binary client.der | basenc --base64url | tr -d '=\\n'")
        let sha256 = try keys.run("openssl dgst -sha256 -binary client.der | basenc --base64url | tr -d '=\\n'")
        #expect(token.header["x5t"]?.string == sha1)
        #expect(token.header["x5t#S256"]?.string == sha256)
        #expect(token.header["alg"]?.string == "RS256")
        #expect(token.header["x5c"]?.array?.first?.string == Base64.encode(try keys.bytes("client.der")))
        #expect(token.header["x5c"]?.array?.count == (["client.pem", "client.pfx"].contains(name) ? 2 : 1))
        #expect(
            token.claims.text
                == #"{"aud":"\#(url)","iss":"client","sub":"client","jti":"id-1","nbf":1767323045,"#
                + #""iat":1767323045,"exp":1767323645}"#)
        #expect(try keys.verifies(token.signature, of: token.message))
    }

    @Test(arguments: [
        ("mismatch.pem", nil as String?, SigningError.certificateMismatch), ("plain.pem", nil, .notACertificate),
        ("client.crt", nil, .notAKey), ("client.pfx", "wrong", .passphraseWrong),
        ("client.pfx", nil, .passphraseMissing), ("locked.pem", nil, .passphraseMissing),
        ("plain.der", nil, .notACertificate),
    ])
    func filesWithoutCertificateAndKeyAreRefused(name: String, passphrase: String?, error: SigningError) throws {
        let secret = try TestKeys.get().secret(name)
        #expect(throws: error) { try ClientCertificate(secret, passphrase: passphrase.map { SecretBytes($0) }) }
    }

    @Test func formsOfEntra() {
        let secret = EntraToken.form(clientID: "c", clientSecret: SecretBytes("s&+"), scope: "https://x/.default")
        #expect(
            secret == "client_id=c&client_secret=s%26%2B&grant_type=client_credentials&scope=https%3A%2F%2Fx%2F.default"
        )
        let assertion = EntraToken.form(clientID: "c", assertion: "a.b.c", scope: "s")
        #expect(
            assertion
                == "client_id=c&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                + "&client_assertion=a.b.c&grant_type=client_credentials&scope=s")
    }
}
