package import Bytes
internal import NDJSON

/// A Snowflake user who shows a private key.
package struct SnowflakeKeyPair: Sendable {
    /// Snowflake takes no token for longer than an hour after its issue; a minute is left for clocks that differ.
    package static let lifetimeSeconds = 59 * 60
    /// How long before its end a token is renewed.
    package static let earlySeconds = 5 * 60

    /// The account as the token names it.
    package let accountClaim: String
    /// The login name, upper case.
    package let user: String
    /// `SHA256:...`, as `DESC USER` shows it in RSA_PUBLIC_KEY_FP or RSA_PUBLIC_KEY_2_FP.
    package let fingerprint: String
    private let key: PrivateKey

    /// `accountClaim` is usually `SnowflakeAccount.claim`. Throws when a name is empty.
    package init(accountClaim: String, user: String, key: PrivateKey) throws(SigningError) {
        guard !accountClaim.isEmpty, !user.isEmpty else {
            throw .badIdentifier(reason: "a Snowflake account and a user are needed")
        }
        self.accountClaim = accountClaim.uppercased()
        self.user = user.uppercased()
        self.key = key
        fingerprint = try key.fingerprint()
    }

    /// A token to send as `Authorization: Bearer`, with its end.
    package func token(now: UTCTime) throws(SigningError) -> AccessToken {
        let name = "\(accountClaim).\(user)"
        var claims: JSONObject = ["iss": .string("\(name).\(fingerprint)"), "sub": .string(name)]
        claims.setTimes(issued: now, lifetimeSeconds: Self.lifetimeSeconds)
        let text = try JSONWebToken.signed(claims: claims, by: key)
        return AccessToken(SecretBytes(text), receivedAt: now, lifetimeSeconds: Self.lifetimeSeconds)
    }
}
