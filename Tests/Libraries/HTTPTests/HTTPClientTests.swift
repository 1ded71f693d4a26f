import Bytes
import Glibc
import HTTP
import TestSupport
import Testing

@Suite struct HTTPClientTests {
    @Test func aRequestArrivesAsItWasMadeAndTheAnswerAsItWasGiven() throws {
        let server = try ScriptedServer { _ in reply(201, "made", ["ETag: \"e1\"", "X-Two: a", "x-two:  b ", "Empty:"])
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.put, server, "/lake/a%20b%2Fc/../d?x=1%202&y=")
        request.headers = ["x-ms-version": "2023-11-03", "x-ms-source-lease-id": ""]
        request.body = .text("hello")
        let response = try client.send(request)
        #expect(response.status == 201)
        #expect(response.text == "made")
        #expect(response.headers["etag"] == "\"e1\"")
        #expect(response.headers.values("X-TWO") == ["a", "b"])
        #expect(response.headers["empty"] == "")
        #expect(response.httpVersion == "1.1")
        #expect(response.trace.attempts == 1)
        let call = try #require(server.calls.first)
        #expect(call.method == "PUT")
        // Byte for byte: signatures are made over the target.
        #expect(call.target == "/lake/a%20b%2Fc/../d?x=1%202&y=")
        #expect(call.bodyText == "hello")
        #expect(call.header("content-length") == "5")
        #expect(call.header("x-ms-version") == "2023-11-03")
        #expect(call.header("x-ms-source-lease-id") == "")
        #expect(call.header("user-agent") == "sluice (gzip)")
        #expect(call.header("accept-encoding") == "gzip")
        #expect(call.header("expect") == nil)
        #expect(call.header("content-type") == nil)
    }

    @Test(arguments: [
        (HTTPMethod.get, nil as String?), (.head, nil), (.delete, nil), (.put, "0"), (.post, "0"), (.patch, "0"),
    ])
    func emptyBodiesHaveALengthWhereServersWantOne(method: HTTPMethod, length: String?) throws {
        let server = try ScriptedServer { _ in reply(200, "") }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        #expect(try client.send(Request(method, server)).status == 200)
        #expect(server.calls.first?.method == method.rawValue)
        #expect(server.calls.first?.header("content-length") == length)
    }

    @Test func manyRequestsShareOneConnection() throws {
        let server = try ScriptedServer { reply(200, $0.target) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        for number in 0..<20 {
            #expect(try client.send(Request(.get, server, "/\(number)")).text == "/\(number)")
        }
        #expect(server.connectionCount == 1)
    }

    @Test func requestsFromManyThreadsRunAtOnceOnTheirOwnConnections() throws {
        let waiting = Guarded(0)
        let server = try ScriptedServer { call in
            // Nobody is answered before all four are there.
            waiting.withLock { $0 += 1 }
            while waiting.withLock({ $0 }) < 4 { usleepBriefly() }
            return reply(200, call.target)
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let origin = server.origin
        let seen = Guarded(Set<String>())
        try WorkerThreads.forEach(Array(1...4), atOnce: 4) { (number) throws(HTTPError) in
            let text = try client.send(Request(.get, WebURL("\(origin)/\(number)"))).text
            seen.withLock { _ = $0.insert(text) }
        }
        #expect(seen.withLock { $0 } == ["/1", "/2", "/3", "/4"])
        #expect(server.connectionCount == 4)
    }

    @Test func connectionsToOneHostAreLimited() throws {
        let server = try ScriptedServer { reply(200, $0.target) }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.hostConnectionLimit = 2
        let client = try HTTPClient(settings)
        let origin = server.origin
        try WorkerThreads.forEach(Array(1...40), atOnce: 8) { (number) throws(HTTPError) in
            try client.send(Request(.get, WebURL("\(origin)/\(number)"))).requireSuccess()
        }
        #expect(server.calls.count == 40)
        #expect(server.connectionCount <= 2)
    }

    @Test func everyStatusIsAnAnswerAndItsBodyIsKept() throws {
        let server = try ScriptedServer { _ in reply(404, #"{"error":"gone"}"#, ["x-ms-request-id: r-1"]) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.get, server, "/a?sig=SECRET")
        let sink = MemorySink()
        request.target = .sink(sink)
        let response = try client.send(request)
        #expect(response.status == 404)
        #expect(response.text == #"{"error":"gone"}"#)
        #expect(sink.bytes.isEmpty)
        let error = failure { () throws(HTTPError) in try response.requireSuccess(reason: "gone") }
        #expect(
            error?.message == "GET \(server.origin)/a?sig=…: status 404: gone (x-ms-request-id r-1)")
    }

    @Test func oneHundredAnswersComeBeforeTheOneThatCounts() throws {
        let server = try ScriptedServer { _ in
            [.text("HTTP/1.1 102 Wait\r\nX-Early: 1\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n")] + reply(200, "done")
        }
        defer { server.stop() }
        let response = try HTTPClient(.test()).send(Request(.get, server))
        #expect(response.status == 200)
        #expect(response.text == "done")
        #expect(response.headers["x-early"] == nil)
        #expect(response.headers["link"] == nil)
    }

    @Test func aBodyWaitsForConsentWhereThatIsAsked() throws {
        let server = try ScriptedServer(refusesBody: { _ in reply(403, "no") }, answer: { _ in reply(200) })
        defer { server.stop() }
        var request = try Request(.put, server)
        request.body = .bytes([UInt8](repeating: 7, count: 5 << 20))
        request.expectsContinue = true
        let response = try HTTPClient(.test()).send(request)
        #expect(response.status == 403)
        #expect(server.calls.first?.header("expect") == "100-continue")
    }

    @Test func chunkedAnswersAndTheirTrailersAreRead() throws {
        let server = try ScriptedServer { _ in
            [
                .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n"),
                .text("5\r\nhello\r\n"), .text("7\r\n, world\r\n"), .text("0\r\nX-End: yes\r\n\r\n"),
            ]
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let response = try client.send(Request(.get, server))
        #expect(response.text == "hello, world")
        #expect(response.headers["x-end"] == nil)
        // The connection is still good.
        #expect(try client.send(Request(.get, server)).text == "hello, world")
        #expect(server.connectionCount == 1)
    }

    @Test func compressedAnswersAreUnpackedUnlessTheFileItselfIsWanted() throws {
        // gzip of "hello", made by gzip -n.
        let packed: [UInt8] = [
            0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x86,
            0xa6, 0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
        ]
        let server = try ScriptedServer { call in
            call.header("accept-encoding") == "gzip"
                ? [.text("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n"), .send(packed)]
                : reply(200, "plain, \(call.header("accept-encoding") ?? "")")
        }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        #expect(try client.send(Request(.get, server)).text == "hello")
        var request = try Request(.get, server)
        request.acceptsCompression = false
        #expect(try client.send(request).text == "plain, identity")
    }

    @Test func headRequestsHaveALengthAndNoBody() throws {
        let server = try ScriptedServer { _ in [.text("HTTP/1.1 200 OK\r\nContent-Length: 123\r\n\r\n")] }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let response = try client.send(Request(.head, server))
        #expect(response.headers["content-length"] == "123")
        #expect(response.body.isEmpty)
        #expect(try client.send(Request(.head, server)).status == 200)
        #expect(server.connectionCount == 1)
    }

    @Test func theEnvironmentIsNotAsked() async {
        // A proxy of the environment would be taken by libcurl itself; port 1 refuses. In a process of its own, since
        // the environment belongs to all threads.
        await #expect(processExitsWith: .success) {
            for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
            let server = try ScriptedServer { _ in reply(200, "direct") }
            defer { server.stop() }
            let response = try HTTPClient(.test()).send(Request(.get, server))
            try #require(response.text == "direct")
        }
    }

    @Test func aProxyIsAskedForTheWholeAddressUnlessTheHostIsExcepted() throws {
        let server = try ScriptedServer { reply(200, $0.target) }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.proxy.forHTTP = server.origin
        let client = try HTTPClient(settings)
        let far = "http://localhost:1/a?b=c"
        #expect(try client.send(Request(.get, WebURL(far))).text == far)
        settings.proxy.exceptions = "127.0.0.1,.example"
        #expect(try HTTPClient(settings).send(Request(.get, server, "/direct")).text == "/direct")
        var request = try Request(.get, server, "/unproxied")
        request.usesProxy = false
        #expect(try client.send(request).text == "/unproxied")
    }
}
