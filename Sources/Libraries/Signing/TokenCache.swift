package import Bytes

/// Keeps an access token and gets the next one before it ends, for many threads: one of them asks, the others go on
/// with the old token while it is good, and wait when there is none.
package final class TokenCache: Sendable {
    package static let defaultEarlySeconds = 300
    package static let defaultPauseSeconds = 30

    private struct State {
        var token: AccessToken?
        /// When a renewal failed, the old token is used and nobody asks before this.
        var nextRenewal = UTCTime(clampingMilliseconds: 0)
    }

    private let earlySeconds: Int
    private let pauseSeconds: Int
    private let now: @Sendable () -> UTCTime
    private let state = Guarded(State())
    private let renewal = Monitor()

    /// - Parameters:
    ///   - earlySeconds: how long before its end a token is renewed; at most half of its life
    ///   - pauseSeconds: how long nobody asks after a renewal failed while the old token is good
    ///   - now: the time of day
    package init(
        earlySeconds: Int = defaultEarlySeconds, pauseSeconds: Int = defaultPauseSeconds,
        now: @escaping @Sendable () -> UTCTime
    ) {
        self.earlySeconds = max(0, earlySeconds)
        self.pauseSeconds = max(0, pauseSeconds)
        self.now = now
    }

    /// A token that is good now. `fetch` gets another; its failure is thrown only when there is no good one.
    package func token<Failure: Error>(
        _ fetch: () throws(Failure) -> AccessToken
    ) throws(Failure) -> AccessToken {
        if let token = freshToken() { return token }
        if let token = goodToken() {
            // Somebody else may be at it; the old token is good meanwhile.
            let renewed = renewal.holdIfAvailable { freshToken() ?? renew(fetch) }
            return renewed.flatMap { $0 } ?? token
        }
        return try renewal.hold { () throws(Failure) -> AccessToken in
            if let token = goodToken() { return token }
            let token = try fetch()
            keep(token)
            return token
        }
    }

    /// Forgets a token that a service refused, unless another has taken its place.
    package func forget(_ token: AccessToken) {
        state.withLock { if $0.token?.secret === token.secret { $0.token = nil } }
    }

    private func renew<Failure: Error>(_ fetch: () throws(Failure) -> AccessToken) -> AccessToken? {
        guard let token = try? fetch() else {
            let pause = UTCTime(clampingMilliseconds: now().milliseconds + pauseSeconds * 1000)
            state.withLock { $0.nextRenewal = pause }
            return nil
        }
        keep(token)
        return token
    }

    private func keep(_ token: AccessToken) { state.withLock { $0 = State(token: token) } }

    /// The token, when it need not be renewed, or must not yet.
    private func freshToken() -> AccessToken? {
        let now = now()
        return state.withLock { state in
            guard let token = state.token, now < token.expiresAt else { return nil }
            let lifetime = token.expiresAt.milliseconds - token.receivedAt.milliseconds
            let early = min(earlySeconds * 1000, lifetime / 2)
            let isFresh = now.milliseconds < token.expiresAt.milliseconds - early
            return isFresh || now < state.nextRenewal ? token : nil
        }
    }

    private func goodToken() -> AccessToken? {
        let now = now()
        return state.withLock { state in state.token.flatMap { now < $0.expiresAt ? $0 : nil } }
    }
}
