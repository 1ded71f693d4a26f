/// When a request that failed is sent again, and after how long.
///
/// Waits are random between nothing and a ceiling that doubles ("full jitter"), so that many clients do not come back
/// at once. A wait that the server asks for is a floor. Whether a request may be repeated at all is decided elsewhere
/// (`Request.isRepeatable`).
package struct RetryPolicy: Sendable {
    package static let defaultAttemptLimit = 6
    package static let defaultFirstCeilingSeconds = 0.5
    package static let defaultCeilingLimitSeconds = 60.0
    package static let defaultServerWaitLimitSeconds = 300.0
    package static let defaultDeadlineSeconds = 900.0
    /// Request timeout, too many requests, and what gateways and overloaded servers say.
    package static let defaultStatuses: Set<Int> = [408, 429, 500, 502, 503, 504]

    /// How often a request is sent, the first time included.
    package var attemptLimit = defaultAttemptLimit
    /// The longest wait before the second attempt; doubles with each further one.
    package var firstCeilingSeconds = defaultFirstCeilingSeconds
    package var ceilingLimitSeconds = defaultCeilingLimitSeconds
    /// A server that asks for a longer wait than this gets none: its answer is the result.
    package var serverWaitLimitSeconds = defaultServerWaitLimitSeconds
    /// From the first attempt to the end of the last, waits included.
    package var deadlineSeconds = defaultDeadlineSeconds
    /// The statuses that are worth another attempt.
    package var statuses = defaultStatuses

    package init() {}

    /// One attempt only.
    package static var none: RetryPolicy {
        var policy = RetryPolicy()
        policy.attemptLimit = 1
        return policy
    }

    /// How long to wait before the attempt after `attempts`, or nil when there shall be none.
    ///
    /// - Parameters:
    ///   - attempts: how often the request was sent, at least 1
    ///   - random: from 0 up to 1
    ///   - serverWaitSeconds: what the server asked for
    ///   - remainingSeconds: what is left until the deadline
    package func waitSeconds(
        afterAttempts attempts: Int, random: Double, serverWaitSeconds: Double?, remainingSeconds: Double
    ) -> Double? {
        guard attempts < attemptLimit else { return nil }
        var ceiling = firstCeilingSeconds
        for _ in 1..<max(1, attempts) where ceiling < ceilingLimitSeconds { ceiling *= 2 }
        var wait = min(ceiling, ceilingLimitSeconds) * random
        if let serverWaitSeconds {
            guard serverWaitSeconds <= serverWaitLimitSeconds else { return nil }
            // On top of what was asked for, so that all who were told the same time do not come back at once.
            wait = serverWaitSeconds + min(firstCeilingSeconds, ceilingLimitSeconds) * random
        }
        return wait < remainingSeconds ? wait : nil
    }
}
