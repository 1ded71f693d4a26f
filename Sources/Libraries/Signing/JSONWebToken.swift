internal import Bytes
package import NDJSON

/// A signed statement that a service believes (RFC 7519), in the compact form of RFC 7515 section 3.1:
///
///     BASE64URL(header) "." BASE64URL(claims) "." BASE64URL(signature)
package enum JSONWebToken {
    /// Signs claims with RS256. `alg` and `typ` stand first in the header; `header` gives what else belongs there.
    package static func signed(
        header: JSONObject = [:], claims: JSONObject, by key: PrivateKey
    ) throws(SigningError) -> String {
        var whole: JSONObject = ["alg": .string("RS256"), "typ": .string("JWT")]
        for member in header.members { whole[member.key] = member.value }
        return try signed(
            headerText: JSONValue.object(whole).text, claimsText: JSONValue.object(claims).text, by: key)
    }

    /// Signs a header and claims whose JSON is given byte for byte.
    package static func signed(
        headerText: String, claimsText: String, by key: PrivateKey
    ) throws(SigningError) -> String {
        let message = "\(Base64.encodeURL(Array(headerText.utf8))).\(Base64.encodeURL(Array(claimsText.utf8)))"
        return "\(message).\(Base64.encodeURL(try key.signature(of: Array(message.utf8))))"
    }
}

extension JSONObject {
    /// Adds the times of a token, in seconds since 1970.
    mutating func setTimes(issued: UTCTime, lifetimeSeconds: Int) {
        let seconds = issued.milliseconds / 1000
        self["iat"] = .integer(seconds)
        self["exp"] = .integer(seconds + lifetimeSeconds)
    }
}
