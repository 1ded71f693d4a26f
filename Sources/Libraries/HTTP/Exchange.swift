internal import Bytes

/// One call of `HTTPClient.send`: attempts, redirects, renewed credentials, waits.
struct Exchange {
    private let request: Request
    private let settings: HTTPSettings
    private let loop: TransferLoop
    private let policy: RetryPolicy
    private let deadline: Double
    private var trace: RequestTrace
    private var hasRenewedCredentials = false
    /// A stream of the caller that has no second time has been touched.
    private var isSpent = false

    init(_ request: Request, _ settings: HTTPSettings, _ loop: TransferLoop) {
        self.request = request
        self.settings = settings
        self.loop = loop
        policy = request.retries ?? settings.retries
        deadline = settings.clock.monotonicSeconds() + policy.deadlineSeconds
        trace = RequestTrace(request.description)
    }

    mutating func run() throws(HTTPError) -> Response {
        while true {
            let result: Result<Response, Attempt.Failure>
            do throws(Attempt.Failure) { result = .success(try sendOnce()) } catch { result = .failure(error) }
            switch result {
            case .success(let response):
                if response.status < 400 {
                    settings.budget?.noteSuccess()
                    return response
                }
                if try renewsCredentials(after: response) { continue }
                guard try waits(after: response) else { return response }
            case .failure(let failure):
                guard try waits(after: failure) else { throw failure.error }
            }
        }
    }

    /// One attempt, with the redirects that it leads to.
    private mutating func sendOnce() throws(Attempt.Failure) -> Response {
        trace.attempts += 1
        var hop = Hop(request, url: trace.attempts > 1 ? request.retryURL ?? request.url : request.url)
        for _ in 0...max(0, settings.redirectLimit) {
            let response = try sendHop(hop)
            guard request.followsRedirects, Hop.statuses.contains(response.status) else { return response }
            do throws(HTTPError) {
                hop = try hop.following(response)
            } catch {
                throw Attempt.Failure(error: error, wasNotSent: false, isPassing: false)
            }
        }
        throw Attempt.Failure(
            error: .badRedirect(trace, reason: "more than \(settings.redirectLimit) redirects"), wasNotSent: false,
            isPassing: false)
    }

    private mutating func sendHop(_ hop: Hop) throws(Attempt.Failure) -> Response {
        var outgoing = OutgoingRequest(
            method: hop.request.method, url: hop.request.url, headers: hop.request.headers,
            bodyByteCount: hop.request.body.byteCount)
        do throws(HTTPError) {
            if settings.stop?.isSet == true { throw .stopped(trace) }
            try checkScheme(of: hop.request)
            if hop.carriesCredentials { try request.authorize?(&outgoing) }
            if let problem = outgoing.headers.problem { throw .badRequest(problem) }
        } catch {
            throw Attempt.Failure(error: error, wasNotSent: true, isPassing: false)
        }
        var attempt = Attempt(
            hop.request, outgoing, settings, remainingSeconds: deadline - settings.clock.monotonicSeconds(),
            trace: trace)
        defer {
            isSpent = isSpent || attempt.isSpent
            trace.requestIDs = attempt.trace.requestIDs
        }
        return try attempt.run(on: loop)
    }

    private func checkScheme(of request: Request) throws(HTTPError) {
        let url = request.url
        let isAllowed =
            url.scheme == .https || url.isLoopback || request.plainHTTP == .metadataService && url.isMetadataService
        if !isAllowed { throw .insecure(trace) }
    }

    private mutating func renewsCredentials(after response: Response) throws(HTTPError) -> Bool {
        guard response.status == 401, let renew = request.renewCredentials, !hasRenewedCredentials, !isSpent else {
            return false
        }
        hasRenewedCredentials = true
        try renew()
        return true
    }

    private func waits(after response: Response) throws(HTTPError) -> Bool {
        let isWorthwhile = request.isRetryWorthwhile?(response) ?? policy.statuses.contains(response.status)
        guard isWorthwhile, request.isRepeatable else { return false }
        let serverWait = RetryAfter.seconds(in: response.headers, now: settings.clock.now())
        return try waits(serverWaitSeconds: serverWait, reason: "status \(response.status)")
    }

    private func waits(after failure: Attempt.Failure) throws(HTTPError) -> Bool {
        guard failure.isPassing, failure.wasNotSent || request.isRepeatable else { return false }
        return try waits(serverWaitSeconds: nil, reason: failure.error.message)
    }

    /// Waits until the next attempt may start; false when there shall be none.
    private func waits(serverWaitSeconds: Double?, reason: String) throws(HTTPError) -> Bool {
        let clock = settings.clock
        guard !isSpent,
            let seconds = policy.waitSeconds(
                afterAttempts: trace.attempts, random: settings.random(), serverWaitSeconds: serverWaitSeconds,
                remainingSeconds: deadline - clock.monotonicSeconds()),
            settings.budget?.take() ?? true
        else { return false }
        settings.noteRetry?(RetryNotice(trace: trace, reason: reason, waitSeconds: seconds))
        clock.sleep(seconds, settings.stop)
        if settings.stop?.isSet == true { throw .stopped(trace) }
        return true
    }
}
