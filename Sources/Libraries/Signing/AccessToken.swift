package import Bytes
internal import NDJSON

/// A bearer token and how long it may be used.
package struct AccessToken: Sendable {
    /// Services say seconds; more than a year is a mistake of theirs, or a unit we do not know.
    package static let lifetimeLimitSeconds = 366 * 86_400

    package let secret: SecretBytes
    package let receivedAt: UTCTime
    package let expiresAt: UTCTime

    package init(_ secret: SecretBytes, receivedAt: UTCTime, expiresAt: UTCTime) {
        self.secret = secret
        self.receivedAt = receivedAt
        self.expiresAt = expiresAt
    }

    package init(_ secret: SecretBytes, receivedAt: UTCTime, lifetimeSeconds: Int) {
        let lifetime = min(max(0, lifetimeSeconds), Self.lifetimeLimitSeconds)
        self.init(
            secret, receivedAt: receivedAt,
            expiresAt: UTCTime(clampingMilliseconds: receivedAt.milliseconds + lifetime * 1000))
    }

    /// Reads the answer of a token service (RFC 6749 section 5.1). `expires_in` may be a number or a string, or an
    /// `expires_on` in seconds since 1970 may stand in its place.
    package init(parsing answer: [UInt8], receivedAt: UTCTime) throws(SigningError) {
        guard let answer = try? JSONValue(parsing: answer), answer.object != nil else {
            throw .badTokenAnswer(reason: "it is not a JSON object")
        }
        guard let token = answer["access_token"]?.string, !token.isEmpty else {
            throw .badTokenAnswer(reason: "it has no access_token")
        }
        if let seconds = Self.wholeNumber(answer["expires_in"]) {
            self.init(SecretBytes(token), receivedAt: receivedAt, lifetimeSeconds: seconds)
        } else if let end = Self.wholeNumber(answer["expires_on"]) {
            let (seconds, hasOverflow) = end.subtractingReportingOverflow(receivedAt.milliseconds / 1000)
            self.init(SecretBytes(token), receivedAt: receivedAt, lifetimeSeconds: hasOverflow ? 0 : seconds)
        } else {
            throw .badTokenAnswer(reason: "it does not say how long the token is good for")
        }
    }

    /// The value of the `Authorization` field.
    package var authorization: String { "Bearer \(secret.text)" }

    /// What a token service says about a refusal (RFC 6749 section 5.2), on one line; nil when it says nothing.
    package static func refusal(in answer: [UInt8]) -> String? {
        guard let answer = try? JSONValue(parsing: answer), let code = answer["error"]?.string else { return nil }
        let text = answer["error_description"]?.string.map { "\(code): \($0)" } ?? code
        return String(text.map { $0.isNewline ? " " : $0 })
    }

    private static func wholeNumber(_ value: JSONValue?) -> Int? {
        value?.integer ?? value?.string.flatMap { Int($0) }
    }
}
