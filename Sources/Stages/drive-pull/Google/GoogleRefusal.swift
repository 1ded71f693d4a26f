import HTTP
import NDJSON

/// What an error body of Google's APIs says:
///
///     {"error": {"code": 403, "message": "...", "errors": [{"domain", "reason", "message"}], "status": "PERMISSION_DENIED",
///      "details": [{"reason": ...}]}}
///
/// `errors` may be missing, and in front of the service stand machines that answer in HTML.
struct GoogleRefusal: Equatable, Sendable {
    let status: Int
    /// Such as `userRateLimitExceeded`; else the reason in `details`, else the name of the status.
    let reason: String?
    let message: String?

    init(status: Int, reason: String?, message: String? = nil) {
        self.status = status
        self.reason = reason
        self.message = message
    }

    init(_ response: Response) {
        let error = (try? JSONValue(parsing: response.body))?["error"]
        let detail = (error?["details"]?.array ?? []).lazy.compactMap { $0["reason"]?.string }.first
        status = response.status
        reason = error?["errors"]?.array?.first?["reason"]?.string ?? detail ?? error?["status"]?.string
        message = error?["message"]?.string
    }

    /// For a person, on one line.
    var text: String {
        let words = message.map { String($0.map { $0.isNewline ? " " : $0 }) }
        return switch (words, reason) {
        case (let words?, let reason?): "\(words) (\(reason))"
        case (let words?, nil): words
        case (nil, let reason?): "status \(status) (\(reason))"
        case (nil, nil): "status \(status)"
        }
    }

    /// Too many requests in a short time: later is better.
    var isRateLimit: Bool {
        switch reason {
        case "rateLimitExceeded", "userRateLimitExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED": true
        default: false
        }
    }

    /// A quota that comes back by tomorrow at the latest: trying at once again makes no sense.
    var isQuota: Bool {
        ["dailyLimitExceeded", "quotaExceeded", "downloadQuotaExceeded"].contains(reason)
    }

    /// It concerns the whole run: every further request would end the same.
    var endsRun: Bool {
        switch reason {
        case "dailyLimitExceeded", "quotaExceeded", "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
            "accessNotConfigured", "domainPolicy":
            true
        default: status == 401
        }
    }

    /// Whether it is worth asking again: nil leaves that to the status.
    var isWorthRetrying: Bool? {
        if isRateLimit { return true }
        return isQuota ? false : nil
    }
}
