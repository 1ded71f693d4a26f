import Bytes
import HTTP
import TestSupport
import Testing

@Suite struct RetryTests {
    /// Answers with the script's entries one after the other, the last one for ever.
    private static func server(_ script: [[ScriptedServer.Step]]) throws -> ScriptedServer {
        try ScriptedServer { call in script[min(call.number, script.count) - 1] }
    }

    @Test(arguments: [408, 429, 500, 502, 503, 504])
    func passingStatusesAreTriedAgainAfterGrowingWaits(status: Int) throws {
        let server = try Self.server([reply(status), reply(status), reply(status), reply(200, "ok")])
        defer { server.stop() }
        let clock = FakeClock()
        let response = try HTTPClient(.test(clock)).send(Request(.get, server))
        #expect(response.text == "ok")
        #expect(response.trace.attempts == 4)
        #expect(clock.sleeps.map { ($0 * 100).rounded() / 100 } == [0.5, 1, 2])
    }

    @Test(arguments: [400, 401, 403, 404, 409, 412, 416, 501, 505])
    func otherStatusesAreAnswers(status: Int) throws {
        let server = try Self.server([reply(status), reply(200)])
        defer { server.stop() }
        #expect(try HTTPClient(.test()).send(Request(.get, server)).status == status)
        #expect(server.calls.count == 1)
    }

    @Test func theLastAnswerIsTheResultWhenAttemptsRunOut() throws {
        let server = try Self.server([reply(503, "busy")])
        defer { server.stop() }
        let response = try HTTPClient(.test()).send(Request(.get, server))
        #expect(response.status == 503)
        #expect(response.text == "busy")
        #expect(response.trace.attempts == RetryPolicy.defaultAttemptLimit)
        #expect(server.calls.count == RetryPolicy.defaultAttemptLimit)
    }

    @Test(arguments: [HTTPMethod.post, .patch])
    func whatMayNotBeRepeatedIsSentOnceUnlessTheCallerSaysSo(method: HTTPMethod) throws {
        let server = try Self.server([reply(503), reply(200)])
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(method, server)
        request.body = .text("x")
        #expect(try client.send(request).status == 503)
        #expect(server.calls.count == 1)
        request.isRepeatable = true
        let again = try Self.server([reply(503), reply(200)])
        defer { again.stop() }
        request.url = try WebURL(again.origin)
        #expect(try client.send(request).status == 200)
        #expect(again.calls.map(\.bodyText) == ["x", "x"])
    }

    @Test func aPostIsNotRepeatedOverAConnectionThatDies() throws {
        // The second call comes over a connection that was used before: libcurl alone would send it again.
        let server = try Self.server([reply(200), [.reset], [.reset], [.reset]])
        defer { server.stop() }
        let client = try HTTPClient(.test())
        #expect(try client.send(Request(.get, server)).status == 200)
        var request = try Request(.post, server)
        request.body = .text("once")
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .interrupted(let trace, _, 0) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(trace.attempts == 1)
        #expect(server.calls.map(\.method) == ["GET", "POST"])
    }

    @Test func aPostIsTriedAgainWhileNoServerHasSeenIt() throws {
        let port = try freePort()
        let clock = FakeClock()
        let client = try HTTPClient(.test(clock))
        let request = Request(.post, try WebURL("http://127.0.0.1:\(port)/"))
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .unreachable(let trace, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(trace.attempts == RetryPolicy.defaultAttemptLimit)
        #expect(clock.sleeps.count == RetryPolicy.defaultAttemptLimit - 1)
    }

    @Test func aServersWaitIsKept() throws {
        let date = "Fri, 02 Jan 2026 03:05:05 GMT"
        let server = try Self.server([
            reply(429, "", ["Retry-After: 17"]), reply(503, "", ["Retry-After: \(date)"]),
            reply(503, "", ["x-ms-retry-after-ms: 250"]), reply(200),
        ])
        defer { server.stop() }
        let clock = FakeClock()
        var settings = HTTPSettings.test(clock)
        settings.random = { 0 }
        #expect(try HTTPClient(settings).send(Request(.get, server)).status == 200)
        // The date is a minute after the start of the clock, of which 17 seconds have passed.
        #expect(clock.sleeps == [17, 43, 0.25])
    }

    @Test func aWaitThatIsTooLongIsNotWaited() throws {
        let server = try Self.server([reply(503, "", ["Retry-After: 3600"]), reply(200)])
        defer { server.stop() }
        let clock = FakeClock()
        #expect(try HTTPClient(.test(clock)).send(Request(.get, server)).status == 503)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func theDeadlineBoundsAllAttemptsTogether() throws {
        let server = try Self.server([reply(503)])
        defer { server.stop() }
        let clock = FakeClock()
        var settings = HTTPSettings.test(clock)
        settings.retries.attemptLimit = 1000
        settings.retries.deadlineSeconds = 100
        #expect(try HTTPClient(settings).send(Request(.get, server)).status == 503)
        // 0.5 + 1 + 2 + 4 + 8 + 16 + 32, then 60 would be too much.
        #expect(clock.sleeps.count == 7)
    }

    @Test func theBudgetBoundsTheRetriesOfAllRequests() throws {
        let server = try Self.server([reply(503)])
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.budget = RetryBudget(capacity: 7, refund: 0.5)
        let client = try HTTPClient(settings)
        for _ in 0..<10 { _ = try client.send(Request(.get, server)) }
        #expect(server.calls.count == 10 + 7)
    }

    @Test func successesFillTheBudgetAgain() throws {
        let server = try ScriptedServer { call in call.target == "/bad" ? reply(503) : reply(200) }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.budget = RetryBudget(capacity: 2, refund: 0.5)
        settings.retries.attemptLimit = 3
        let client = try HTTPClient(settings)
        func attempts(_ target: String) throws -> Int { try client.send(Request(.get, server, target)).trace.attempts }
        #expect(try attempts("/bad") == 3)
        #expect(try attempts("/bad") == 1)
        _ = try (attempts("/good"), attempts("/good"))
        #expect(try attempts("/bad") == 2)
    }

    @Test func aBodyMaySayThatAnotherAttemptIsWorthwhile() throws {
        let slow = #"{"error":{"errors":[{"reason":"userRateLimitExceeded"}]}}"#
        let server = try Self.server([reply(403, slow), reply(403, slow), reply(403, "forbidden"), reply(200)])
        defer { server.stop() }
        var request = try Request(.get, server)
        request.isRetryWorthwhile = { $0.status == 403 ? $0.text.contains("userRateLimitExceeded") : nil }
        let response = try HTTPClient(.test()).send(request)
        #expect(response.text == "forbidden")
        #expect(response.trace.attempts == 3)
    }

    @Test func everyAttemptIsSignedAnew() throws {
        let server = try Self.server([reply(503), reply(503), reply(200)])
        defer { server.stop() }
        let count = Guarded(0)
        var request = try Request(.put, server, "/x?y=1")
        request.body = .text("abc")
        request.authorize = { (outgoing) throws(HTTPError) in
            let number = count.withLock { number in
                number += 1
                return number
            }
            outgoing.headers["Authorization"] =
                "\(outgoing.method.rawValue) \(outgoing.url.target) \(outgoing.bodyByteCount ?? -1) \(number)"
        }
        #expect(try HTTPClient(.test()).send(request).status == 200)
        #expect(
            server.calls.map { $0.header("authorization") } == ["PUT /x?y=1 3 1", "PUT /x?y=1 3 2", "PUT /x?y=1 3 3"])
    }

    @Test func laterAttemptsMayAskForSomethingElse() throws {
        let server = try Self.server([reply(503), [.reset], reply(200)])
        defer { server.stop() }
        var request = try Request(.post, server, "/statements?requestId=1")
        request.isRepeatable = true
        request.retryURL = request.url.adding(query: "retry", "true")
        #expect(try HTTPClient(.test()).send(request).url.query == "requestId=1&retry=true")
        let targets = server.calls.map(\.target)
        #expect(targets.first == "/statements?requestId=1")
        #expect(targets.last == "/statements?requestId=1&retry=true")
        #expect(targets.count == 3)
    }

    @Test func aServiceThatWantsToBeToldHearsOfEveryRepetition() throws {
        // Over a connection that was used before, libcurl would ask the same again by itself.
        let server = try Self.server([reply(200), [.reset], reply(200)])
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.post, server, "/statements?requestId=1")
        request.isRepeatable = true
        request.retryURL = request.url.adding(query: "retry", "true")
        _ = try client.send(request)
        _ = try client.send(request)
        let first = "/statements?requestId=1"
        #expect(server.calls.map(\.target) == [first, first, first + "&retry=true"])
    }

    @Test func refusedCredentialsAreRenewedOnce() throws {
        let server = try ScriptedServer { call in reply(call.header("authorization") == "new" ? 200 : 401) }
        defer { server.stop() }
        let clock = FakeClock()
        let client = try HTTPClient(.test(clock))
        let token = Guarded("old")
        let renewals = Guarded(0)
        var request = try Request(.post, server)
        request.body = .text("again")
        request.authorize = { (outgoing) throws(HTTPError) in
            outgoing.headers["Authorization"] = token.withLock { $0 }
        }
        request.renewCredentials = { () throws(HTTPError) in
            renewals.withLock { $0 += 1 }
            token.withLock { $0 = "new" }
        }
        #expect(try client.send(request).status == 200)
        request.renewCredentials = { () throws(HTTPError) in
            renewals.withLock { $0 += 1 }
            token.withLock { $0 = "bad" }
        }
        token.withLock { $0 = "bad" }
        #expect(try client.send(request).status == 401)
        #expect(renewals.withLock { $0 } == 2)
        #expect(clock.sleeps.isEmpty)
    }

    @Test func missingCredentialsEndTheCall() throws {
        let server = try Self.server([reply(200)])
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.get, server)
        request.authorize = { (_) throws(HTTPError) in throw .noCredentials("no key") }
        #expect(failure { () throws(HTTPError) in _ = try client.send(request) } == .noCredentials("no key"))
        #expect(server.calls.isEmpty)
    }

    @Test func retriesAreToldBeforeTheWait() throws {
        let server = try Self.server([[.reset], reply(503, "", ["x-ms-request-id: r1"]), reply(200)])
        defer { server.stop() }
        let notices = Guarded<[RetryNotice]>([])
        var settings = HTTPSettings.test()
        settings.noteRetry = { notice in notices.withLock { $0.append(notice) } }
        #expect(try HTTPClient(settings).send(Request(.get, server, "/?sig=SECRET")).status == 200)
        let found = notices.withLock { $0 }
        #expect(found.count == 2)
        #expect(found.last?.reason == "status 503")
        #expect(found.last?.trace.requestIDs.first?.value == "r1")
        #expect(found.allSatisfy { !$0.reason.contains("SECRET") && !$0.trace.request.contains("SECRET") })
    }
}

/// A port of 127.0.0.1 on which nobody listens.
func freePort() throws -> Int {
    let server = try ScriptedServer { _ in [] }
    defer { server.stop() }
    return server.port
}
