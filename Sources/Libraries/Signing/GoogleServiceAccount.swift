package import Bytes
package import NDJSON

/// A Google service account by its key file, which signs for access tokens (RFC 7523, Google's OAuth for servers).
package struct GoogleServiceAccount: Sendable {
    /// What every assertion names as its reader, wherever it is sent.
    package static let audience = "https://oauth2.googleapis.com/token"
    /// The longest life that Google allows an assertion.
    package static let lifetimeSeconds = 3600
    package static let grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    package let email: String
    package let keyID: String
    /// Where assertions are exchanged for tokens.
    package let tokenURI: String
    package let projectID: String?
    package let quotaProjectID: String?
    package let universeDomain: String
    private let key: PrivateKey

    /// Reads a key file.
    package init(parsing keyFile: SecretBytes) throws(SigningError) {
        let parsed = keyFile.withUnsafeBytes { bytes -> JSONValue? in try? JSONValue(parsing: bytes) }
        guard let parsed, parsed.object != nil else { throw .badKeyFile(reason: "it is not a JSON object") }
        try self.init(parsed)
    }

    /// Takes a key file that has been read.
    package init(_ keyFile: JSONValue) throws(SigningError) {
        func text(_ name: String) throws(SigningError) -> String {
            guard let text = keyFile[name]?.string, !text.isEmpty else {
                throw .badKeyFile(reason: "it has no \(name)")
            }
            return text
        }
        guard keyFile["type"]?.string == "service_account" else {
            throw .badKeyFile(reason: "its type is not service_account")
        }
        email = try text("client_email")
        keyID = try text("private_key_id")
        tokenURI = try text("token_uri")
        projectID = keyFile["project_id"]?.string
        quotaProjectID = keyFile["quota_project_id"]?.string
        universeDomain = keyFile["universe_domain"]?.string ?? "googleapis.com"
        key = try PrivateKey(SecretBytes(try text("private_key")))
    }

    /// The statement that is exchanged for an access token.
    ///
    /// - Parameters:
    ///   - scopes: what the token shall allow
    ///   - subject: the user to act for, where an administrator has delegated that (domain-wide delegation)
    ///   - now: the time of issue
    package func assertion(
        scopes: [String], subject: String? = nil, now: UTCTime
    ) throws(SigningError) -> String {
        var claims: JSONObject = [:]
        claims.setTimes(issued: now, lifetimeSeconds: Self.lifetimeSeconds)
        claims["iss"] = .string(email)
        claims["aud"] = .string(Self.audience)
        claims["scope"] = .string(scopes.joined(separator: " "))
        if let subject { claims["sub"] = .string(subject) }
        return try JSONWebToken.signed(header: ["kid": .string(keyID)], claims: claims, by: key)
    }

    /// The form to post to `tokenURI`.
    package func tokenForm(
        scopes: [String], subject: String? = nil, now: UTCTime
    ) throws(SigningError) -> String {
        PercentEncoding.form([
            ("grant_type", Self.grantType), ("assertion", try assertion(scopes: scopes, subject: subject, now: now)),
        ])
    }
}
