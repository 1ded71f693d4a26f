package import Bytes
internal import NDJSON

/// Requests for access tokens of Microsoft Entra: the forms that are posted to
/// `{authority}/{tenant}/oauth2/v2.0/token`.
package enum EntraToken {
    package static let assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// How long a client's own assertion is good for.
    package static let assertionLifetimeSeconds = 600

    /// The form of a client that shows a secret.
    package static func form(clientID: String, clientSecret: SecretBytes, scope: String) -> String {
        PercentEncoding.form([
            ("client_id", clientID), ("client_secret", clientSecret.text), ("grant_type", "client_credentials"),
            ("scope", scope),
        ])
    }

    /// The form of a client that shows an assertion: its own, or one that another service gave it (workload identity
    /// federation).
    package static func form(clientID: String, assertion: String, scope: String) -> String {
        PercentEncoding.form([
            ("client_id", clientID), ("client_assertion_type", assertionType), ("client_assertion", assertion),
            ("grant_type", "client_credentials"), ("scope", scope),
        ])
    }

    /// The assertion of a client that has a certificate.
    ///
    /// - Parameters:
    ///   - tokenURL: where it will be posted
    ///   - tokenID: unique among all assertions, such as a random UUID
    ///   - sendsChain: whether the certificates stand in the header (`x5c`), as trust by subject name and issuer asks
    package static func assertion(
        clientID: String, tokenURL: String, certificate: ClientCertificate, tokenID: String, now: UTCTime,
        sendsChain: Bool = false
    ) throws(SigningError) -> String {
        var header: JSONObject = [
            "x5t": .string(Base64.encodeURL(certificate.thumbprintSHA1)),
            "x5t#S256": .string(Base64.encodeURL(certificate.thumbprintSHA256)),
        ]
        if sendsChain { header["x5c"] = .array(certificate.chain.map { .string(Base64.encode($0)) }) }
        var claims: JSONObject = [
            "aud": .string(tokenURL), "iss": .string(clientID), "sub": .string(clientID), "jti": .string(tokenID),
        ]
        claims["nbf"] = .integer(now.milliseconds / 1000)
        claims.setTimes(issued: now, lifetimeSeconds: assertionLifetimeSeconds)
        return try JSONWebToken.signed(header: header, claims: claims, by: certificate.key)
    }
}
