import Bytes
import Signing
import Testing

@Suite struct TokenCacheTests {
    struct Down: Error, Equatable {}

    /// A clock and a token service of the test.
    private final class Service: Sendable {
        private let state = Guarded((seconds: 1_767_323_045, count: 0, isDown: false, lifetime: 3600))

        func now() -> UTCTime { UTCTime(clampingMilliseconds: state.withLock { $0.seconds } * 1000) }
        func pass(_ seconds: Int) { state.withLock { $0.seconds += seconds } }
        func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }
        func setLifetime(_ seconds: Int) { state.withLock { $0.lifetime = seconds } }
        var count: Int { state.withLock { $0.count } }

        func fetch() throws(Down) -> AccessToken {
            let (number, lifetime, isDown) = state.withLock { state in
                state.count += 1
                return (state.count, state.lifetime, state.isDown)
            }
            if isDown { throw Down() }
            return AccessToken(SecretBytes("t\(number)"), receivedAt: now(), lifetimeSeconds: lifetime)
        }
    }

    private let service = Service()
    private let cache: TokenCache

    init() {
        cache = TokenCache { [service] in service.now() }
    }

    private func text() throws(Down) -> String {
        try cache.token { () throws(Down) in try service.fetch() }.secret.text
    }

    @Test func oneTokenServesUntilShortlyBeforeItsEnd() throws {
        #expect(try text() == "t1")
        service.pass(3600 - 300 - 1)
        #expect(try text() == "t1")
        service.pass(1)
        #expect(try text() == "t2")
        #expect(try text() == "t2")
    }

    @Test func shortLivesAreNotRenewedAllTheTime() throws {
        service.setLifetime(60)
        #expect(try text() == "t1")
        service.pass(29)
        #expect(try text() == "t1")
        service.pass(1)
        #expect(try text() == "t2")
    }

    @Test func theOldTokenServesWhileTheServiceIsDown() throws {
        #expect(try text() == "t1")
        service.pass(3400)
        service.setDown(true)
        #expect(try text() == "t1")
        #expect(service.count == 2)
        // Nobody asks again before the pause is over.
        service.pass(29)
        #expect(try text() == "t1")
        #expect(service.count == 2)
        service.pass(1)
        #expect(try text() == "t1")
        #expect(service.count == 3)
        service.setDown(false)
        service.pass(30)
        #expect(try text() == "t4")
    }

    @Test func withoutAGoodTokenTheFailureIsTold() throws {
        service.setDown(true)
        #expect(throws: Down()) { try text() }
        service.setDown(false)
        #expect(try text() == "t2")
        service.setDown(true)
        service.pass(3600)
        #expect(throws: Down()) { try text() }
    }

    @Test func aRefusedTokenIsForgottenUnlessItWasReplaced() throws {
        let first = try cache.token { () throws(Down) in try service.fetch() }
        cache.forget(first)
        #expect(try text() == "t2")
        cache.forget(first)
        #expect(try text() == "t2")
    }

    @Test func aTokenThatIsDeadOnArrivalIsGivenOnceAndNotKept() throws {
        service.setLifetime(0)
        #expect(try text() == "t1")
        #expect(try text() == "t2")
    }

    @Test func manyThreadsAskOnce() throws {
        let seen = Guarded(Set<String>())
        let threads = (0..<8).compactMap { _ in
            try? ThreadBox { [cache, service] in
                for _ in 0..<50 {
                    let token = try? cache.token { () throws(Down) in try service.fetch() }
                    seen.withLock { _ = $0.insert(token?.secret.text ?? "none") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(threads.count == 8)
        #expect(seen.withLock { $0 } == ["t1"])
        #expect(service.count == 1)
    }

    private final class ThreadBox {
        private var thread: SystemThread?
        init(_ body: @escaping @Sendable () -> Void) throws { thread = try SystemThread(body) }
        func join() { thread.take()?.join() }
    }
}

@Suite struct AccessTokenTests {
    private static let now = UTCTime(clampingMilliseconds: 1_767_323_045_000)

    @Test(arguments: [
        (#"{"access_token":"t","expires_in":3599,"token_type":"Bearer"}"#, 3599),
        (#"{"access_token":"t","expires_in":"3599"}"#, 3599),
        (#"{"access_token":"t","expires_in":"86399","expires_on":"1767323145"}"#, 86_399),
        (#"{"access_token":"t","expires_on":"1767323145"}"#, 100),
        (#"{"access_token":"t","expires_on":1767323145}"#, 100),
        (#"{"access_token":"t","expires_in":-5}"#, 0), (#"{"access_token":"t","expires_on":1}"#, 0),
        (#"{"access_token":"t","expires_in":9000000000000000000}"#, AccessToken.lifetimeLimitSeconds),
        (#"{"access_token":"t","expires_on":-9223372036854775808}"#, 0),
    ])
    func answersOfTokenServicesAreRead(answer: String, seconds: Int) throws {
        let token = try AccessToken(parsing: Array(answer.utf8), receivedAt: Self.now)
        #expect(token.authorization == "Bearer t")
        #expect(token.expiresAt.milliseconds - Self.now.milliseconds == seconds * 1000)
    }

    @Test(arguments: [
        "", "<html>", "[]", "{}", #"{"access_token":""}"#, #"{"access_token":"t"}"#,
        #"{"access_token":5,"expires_in":1}"#,
        #"{"access_token":"SECRET","expires_in":"soon"}"#, #"{"access_token":"t","expires_in":99999999999999999999}"#,
    ])
    func answersWithoutATokenAreErrorsThatShowNothing(answer: String) throws {
        do throws(SigningError) {
            _ = try AccessToken(parsing: Array(answer.utf8), receivedAt: Self.now)
            Issue.record("taken")
        } catch {
            #expect(!error.message.contains("SECRET"))
        }
    }

    @Test func refusalsAreToldOnOneLine() {
        let answer = #"{"error":"invalid_grant","error_description":"Invalid JWT\r\nSignature."}"#
        #expect(AccessToken.refusal(in: Array(answer.utf8)) == "invalid_grant: Invalid JWT Signature.")
        #expect(AccessToken.refusal(in: Array(#"{"error":"x"}"#.utf8)) == "x")
        #expect(AccessToken.refusal(in: Array("<html>".utf8)) == nil)
        #expect(AccessToken.refusal(in: Array(#"{"error":{"code":403}}"#.utf8)) == nil)
    }
}
