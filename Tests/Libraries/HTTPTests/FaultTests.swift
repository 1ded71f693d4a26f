import Bytes
import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct FaultTests {
    private static func head(_ fields: String...) -> ScriptedServer.Step {
        .text("HTTP/1.1 200 OK\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    /// The answer to a GET of a server that always does `steps`, and the error.
    private func failureOfGet(
        _ steps: [ScriptedServer.Step], target: ResponseTarget = .memory(),
        change: (inout HTTPSettings) -> Void = { _ in }
    ) throws -> (error: HTTPError?, callCount: Int) {
        let server = try ScriptedServer { _ in steps }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.retries.attemptLimit = 3
        change(&settings)
        let client = try HTTPClient(settings)
        var request = try Request(.get, server)
        request.target = target
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        return (error, server.calls.count)
    }

    @Test(
        arguments: [
            (
                "a reset in the body",
                [head("Content-Length: 100"), .fill(65, count: 40), .pause(seconds: 0.02), .reset]
            ),
            ("a body that ends early", [head("Content-Length: 100"), .fill(65, count: 40), .close]),
            (
                "chunks that end early",
                [head("Transfer-Encoding: chunked"), .text("28\r\n"), .fill(65, count: 40), .close]
            ),
            (
                "a chunk that is none",
                [
                    head("Transfer-Encoding: chunked"), .text("28\r\n"), .fill(65, count: 40), .text("\r\nzz\r\n"),
                    .close,
                ]
            ),
        ] as [(String, [ScriptedServer.Step])])
    func brokenBodiesAreErrorsAfterAllAttempts(name: String, steps: [ScriptedServer.Step]) throws {
        let found = try failureOfGet(steps)
        guard case .interrupted(let trace, _, let receivedByteCount) = found.error else {
            Issue.record("\(name): \(String(describing: found.error))")
            return
        }
        #expect(receivedByteCount == 40)
        #expect(trace.attempts == 3)
        #expect(found.callCount == 3)
    }

    @Test(
        arguments: [
            ("nothing at all", [.close]), ("a reset", [.reset]),
            ("a cut head", [.text("HTTP/1.1 200 OK\r\nContent-Le"), .close]),
            ("no HTTP", [.text("SSH-2.0-OpenSSH\r\n\r\n"), .close]),
            ("a broken compression", [head("Content-Encoding: gzip", "Content-Length: 8"), .text("nonsense")]),
        ] as [(String, [ScriptedServer.Step])])
    func whatIsNoAnswerIsAnError(name: String, steps: [ScriptedServer.Step]) throws {
        let found = try failureOfGet(steps)
        guard case .interrupted = found.error else {
            Issue.record("\(name): \(String(describing: found.error))")
            return
        }
    }

    @Test func moreBytesThanAnnouncedAreNotTaken() throws {
        let server = try ScriptedServer { call in
            [Self.head("Content-Length: 5"), .text("hello, and more"), .close]
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        #expect(try client.send(Request(.get, server)).text == "hello")
        // What was too much is not taken for the next answer; at worst it costs an attempt.
        #expect(try client.send(Request(.get, server)).text == "hello")
        #expect(server.connectionCount >= 2)
    }

    @Test func hugeHeadersAreRefused() throws {
        let long = try failureOfGet([Self.head("X-Long: " + String(repeating: "a", count: 70_000), "Content-Length: 0")]
        )
        guard case .tooLarge(_, .header, HTTPSettings.defaultHeaderByteLimit) = long.error else {
            Issue.record("\(String(describing: long.error))")
            return
        }
        #expect(long.callCount == 1)
        let many = String(repeating: "X-A: b\r\n", count: 300)
        let found = try failureOfGet([.text("HTTP/1.1 200 OK\r\n\(many)Content-Length: 0\r\n\r\n")])
        guard case .tooLarge(_, .header, _) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
    }

    @Test func endlessAnswers1xxAreRefused() throws {
        let early = String(
            repeating: "HTTP/1.1 102 Wait\r\nX-A: \(String(repeating: "b", count: 100))\r\n\r\n", count: 1000)
        let found = try failureOfGet([.text(early), .close])
        guard case .tooLarge(_, .header, _) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
    }

    @Test func bodiesInMemoryHaveALimit() throws {
        let found = try failureOfGet(
            [Self.head("Content-Length: 1001"), .fill(65, count: 1001)], target: .memory(limit: 1000))
        guard case .tooLarge(let trace, .body, 1000) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
        #expect(trace.attempts == 1)
    }

    @Test func ofAHugeErrorOnlyTheBeginningIsRead() throws {
        let server = try ScriptedServer { _ in
            [.text("HTTP/1.1 404 X\r\nContent-Length: 1000000000\r\n\r\n"), .fill(65, count: 200_000_000)]
        }
        defer { server.stop() }
        let response = try HTTPClient(.test()).send(Request(.get, server))
        #expect(response.status == 404)
        #expect(response.body.count == HTTPSettings.defaultErrorBodyLimit)
        #expect(response.isBodyCut)
    }

    @Test func anUnreachableServerIsNamed() throws {
        let port = try freePort()
        var settings = HTTPSettings.test()
        settings.retries.attemptLimit = 2
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("http://127.0.0.1:\(port)/x?token=SECRET"))
        let error = try #require(failure { () throws(HTTPError) in _ = try client.send(request) })
        guard case .unreachable = error else {
            Issue.record("\(error)")
            return
        }
        #expect(error.message.hasPrefix("GET http://127.0.0.1:\(port)/x?token=…: Failed to connect"))
        #expect(error.message.hasSuffix("(2 attempts)"))
        #expect(!"\(error)".contains("SECRET"))
    }

    @Test func anUnknownHostIsUnreachable() throws {
        var settings = HTTPSettings.test()
        settings.retries = .none
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("https://no-such-host.invalid/"))
        guard case .unreachable = failure({ () throws(HTTPError) in _ = try client.send(request) }) else {
            Issue.record("not unreachable")
            return
        }
    }

    @Test func aStalledBodyIsGivenUp() throws {
        // A byte every 50 ms is far below the limit of bytes per second.
        var steps = [Self.head("Content-Length: 1000")]
        for _ in 0..<80 { steps += [.text("x"), .pause(seconds: 0.05)] }
        let found = try failureOfGet(steps) {
            $0.timeouts.stallSeconds = 1
            $0.retries = .none
        }
        guard case .timedOut(_, .stall, let receivedByteCount) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
        #expect(receivedByteCount > 0)
    }

    @Test func anAnswerThatDoesNotComeIsGivenUp() throws {
        let found = try failureOfGet([.pause(seconds: 1.5)]) {
            $0.timeouts.attemptSeconds = 0.3
            $0.retries.attemptLimit = 2
        }
        guard case .timedOut(let trace, .attempt, 0) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
        #expect(trace.attempts == 2)
    }

    @Test func theDeadlineCutsAnAttemptShort() throws {
        let found = try failureOfGet([.pause(seconds: 1.5)]) { $0.retries.deadlineSeconds = 0.3 }
        guard case .timedOut(_, .deadline, 0) = found.error else {
            Issue.record("\(String(describing: found.error))")
            return
        }
    }

    @Test func aConnectionThatDoesNotComeIsGivenUp() throws {
        // A listener whose queue is full leaves further connections waiting.
        let full = try FullListener()
        var settings = HTTPSettings.test()
        settings.retries = .none
        settings.timeouts.connectSeconds = 0.3
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("http://127.0.0.1:\(full.port)/"))
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .timedOut(_, .connect, 0) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func underManyFaultsEveryRequestEndsRight() throws {
        let seed: UInt64 = 20_261_125
        let random = Guarded(SeededRandom(seed: seed))
        let server = try ScriptedServer { call in
            let fault = random.withLock { Int.random(in: 0..<20, using: &$0) }
            switch fault {
            case 0: return [.reset]
            case 1: return [Self.head("Content-Length: 20"), .text("half"), .reset]
            case 2: return [Self.head("Content-Length: 20"), .text("half"), .close]
            case 3: return reply(503)
            case 4: return reply(429, "", ["Retry-After: 1"])
            case 5: return [.close]
            default: return reply(200, "answer to \(call.target)")
            }
        }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.retries.attemptLimit = 12
        let client = try HTTPClient(settings)
        let origin = server.origin
        let wrong = Guarded<[String]>([])
        try WorkerThreads.forEach(Array(0..<200), atOnce: 8) { (number) throws(HTTPError) in
            let text = try client.send(Request(.get, WebURL("\(origin)/\(number)"))).text
            if text != "answer to /\(number)" { wrong.withLock { $0.append(text) } }
        }
        #expect(wrong.withLock { $0 }.isEmpty, "seed \(seed)")
        #expect(server.calls.count > 200, "seed \(seed)")
    }

    @Test func aStopFlagEndsWhatIsUnderWayAndWhatWouldBegin() throws {
        let stop = StopFlag()
        let server = try ScriptedServer { _ in
            [.call { stop.set(signalNumber: SIGINT) }, .pause(seconds: 1)] + reply(200)
        }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.stop = stop
        let client = try HTTPClient(settings)
        let request = try Request(.get, server)
        for _ in 0..<2 {
            let error = failure { () throws(HTTPError) in _ = try client.send(request) }
            guard case .stopped = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(server.calls.count == 1)
    }

    @Test func aStopFlagEndsAWait() throws {
        let server = try ScriptedServer { _ in reply(503, "", ["Retry-After: 100"]) }
        defer { server.stop() }
        let stop = StopFlag()
        var settings = HTTPSettings()
        settings.stop = stop
        settings.noteRetry = { _ in stop.set() }
        let client = try HTTPClient(settings)
        let request = try Request(.get, server)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .stopped(let trace) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(trace.attempts == 1)
    }
}

/// A socket that listens and whose queue of waiting connections is full.
private final class FullListener {
    let port: Int
    private var sockets: [Int32] = []

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        sockets = [listener]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = (bind(listener, $0, length), listen(listener, 0), getsockname(listener, $0, &length))
            }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        for _ in 0..<4 {
            let filler = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(filler, $0, length) }
            }
            sockets.append(filler)
        }
    }

    deinit { for socket in sockets { close(socket) } }
}
