import Bytes
import HTTP
import TestSupport
import Testing

@Suite struct TLSTests {
    private static func settings(trusting certificates: TestCertificates) -> HTTPSettings {
        var settings = HTTPSettings.test()
        settings.certificateFile = certificates.authority
        return settings
    }

    @Test func aServerWhoseCertificateIsTrustedIsSpokenTo() throws {
        let certificates = try TestCertificates()
        let plain = try ScriptedServer { call in reply(200, call.bodyText) }
        defer { plain.stop() }
        let server = try TLSServer("tls --to \(plain.port)", certificates)
        let client = try HTTPClient(Self.settings(trusting: certificates))
        for host in ["localhost", "127.0.0.1"] {
            var request = Request(.put, try WebURL("https://\(host):\(server.port)/x"))
            request.body = .bytes([UInt8](repeating: 65, count: 300_000))
            #expect(try client.send(request).bodyByteCount == 300_000)
        }
    }

    @Test func whoIsNotTrustedIsRefusedOnceAndForAll() throws {
        let certificates = try TestCertificates()
        let plain = try ScriptedServer { _ in reply(200) }
        defer { plain.stop() }
        let server = try TLSServer("tls --to \(plain.port)", certificates)
        let stranger = try TestCertificates()
        // With the system's authorities, and with another's.
        for settings in [HTTPSettings.test(), Self.settings(trusting: stranger)] {
            let client = try HTTPClient(settings)
            let request = Request(.get, try WebURL("https://localhost:\(server.port)/?sig=SECRET"))
            let error = failure { () throws(HTTPError) in _ = try client.send(request) }
            guard case .untrusted(let trace, _) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(trace.attempts == 1)
            #expect(error?.message.contains("certificate") == true)
            #expect(error?.message.contains("SECRET") == false)
        }
        #expect(plain.calls.isEmpty)
    }

    @Test func aCertificateForAnotherNameIsRefused() throws {
        let certificates = try TestCertificates(for: "DNS:other.example")
        let server = try TLSServer("tls --to 1", certificates)
        let client = try HTTPClient(Self.settings(trusting: certificates))
        let request = Request(.get, try WebURL("https://localhost:\(server.port)/"))
        guard case .untrusted = failure({ () throws(HTTPError) in _ = try client.send(request) }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func oldVersionsOfTLSAreNotSpoken() throws {
        let certificates = try TestCertificates()
        let server = try TLSServer("tls --to 1 --newest 1.1", certificates)
        var settings = Self.settings(trusting: certificates)
        settings.retries = .none
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("https://localhost:\(server.port)/"))
        guard case .unreachable = failure({ () throws(HTTPError) in _ = try client.send(request) }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func aMissingFileOfAuthoritiesIsAFailure() throws {
        let certificates = try TestCertificates()
        let server = try TLSServer("tls --to 1", certificates)
        var settings = HTTPSettings.test()
        settings.certificateFile = "/no/such/file.pem"
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("https://localhost:\(server.port)/"))
        guard case .untrusted = failure({ () throws(HTTPError) in _ = try client.send(request) }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func aRedirectFromTLSToPlainHTTPIsRefused() throws {
        let certificates = try TestCertificates()
        let plain = try ScriptedServer { call in
            reply(302, "", ["Location: http://127.0.0.1:1/"])
        }
        defer { plain.stop() }
        let server = try TLSServer("tls --to \(plain.port)", certificates)
        let client = try HTTPClient(Self.settings(trusting: certificates))
        let request = Request(.get, try WebURL("https://localhost:\(server.port)/"))
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        #expect(error?.message == "\(request): a redirect from https to plain http")
    }

    @Test func requestsShareAConnectionOfHTTP2() throws {
        let certificates = try TestCertificates()
        // Nobody is answered before four streams of one connection wait.
        let server = try TLSServer("h2 --gather 4", certificates)
        let client = try HTTPClient(Self.settings(trusting: certificates))
        let url = "https://localhost:\(server.port)/"
        let texts = Guarded<[String]>([])
        try WorkerThreads.forEach(Array(0..<4), atOnce: 4) { (number) throws(HTTPError) in
            var request = Request(number % 2 == 0 ? .get : .put, try WebURL(url))
            if number % 2 == 1 { request.body = .bytes([UInt8](repeating: 1, count: 10_000)) }
            let response = try client.send(request)
            let text = "\(response.httpVersion) \(response.status) \(response.text) \(response.trace.requestIDs.count)"
            texts.withLock { $0.append(text) }
        }
        let wanted = [1, 3, 5, 7].map { "2 200 stream \($0) of connection 1 1" }
        #expect(texts.withLock { $0.sorted() } == wanted)
    }

    @Test func olderVersionsOfHTTPAreSpokenWhereTheServerOrTheCallerSaysSo() throws {
        let certificates = try TestCertificates()
        let plain = try ScriptedServer { _ in reply(200) }
        defer { plain.stop() }
        let server = try TLSServer("tls --to \(plain.port)", certificates)
        let client = try HTTPClient(Self.settings(trusting: certificates))
        let request = Request(.get, try WebURL("https://localhost:\(server.port)/"))
        #expect(try client.send(request).httpVersion == "1.1")
        // A server of HTTP/2 alone has nothing to say to a caller who does not want it.
        let modern = try TLSServer("h2", certificates)
        var settings = Self.settings(trusting: certificates)
        settings.allowsHTTP2 = false
        settings.retries = .none
        let old = try HTTPClient(settings)
        let other = Request(.get, try WebURL("https://localhost:\(modern.port)/"))
        #expect(failure { () throws(HTTPError) in _ = try old.send(other) } != nil)
    }

    @Test func aTunnelThroughAProxyShowsTheProxyNothing() throws {
        let certificates = try TestCertificates()
        let plain = try ScriptedServer { call in reply(200, call.header("proxy-authorization") ?? "none") }
        defer { plain.stop() }
        let server = try TLSServer("tls --to \(plain.port)", certificates)
        let log = certificates.folder.file("proxy.log")
        let proxy = try TLSServer("proxy --log '\(log)'", certificates)
        var settings = Self.settings(trusting: certificates)
        settings.proxy.forHTTPS = "http://user:PASSWORD@127.0.0.1:\(proxy.port)"
        let client = try HTTPClient(settings)
        var request = Request(.get, try WebURL("https://localhost:\(server.port)/x?sig=SECRET"))
        request.headers["Authorization"] = "Bearer SECRET"
        let response = try client.send(request)
        #expect(response.text == "none")
        // The head of the proxy's own answer is not the server's.
        #expect(response.headers["x-from-proxy"] == nil)
        let seen = try certificates.folder.text("proxy.log")
        #expect(seen.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
        #expect(seen.contains("Proxy-Authorization: Basic dXNlcjpQQVNTV09SRA=="))
        #expect(!seen.contains("SECRET"))
    }

    @Test func aProxyThatIsNotThereIsNamedWithoutItsPassword() throws {
        var settings = HTTPSettings.test()
        settings.proxy.forHTTPS = "http://user:PASSWORD@127.0.0.1:\(try freePort())"
        settings.retries = .none
        let client = try HTTPClient(settings)
        let request = Request(.get, try WebURL("https://localhost:1/"))
        let error = try #require(failure { () throws(HTTPError) in _ = try client.send(request) })
        guard case .unreachable = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!"\(error)".contains("PASSWORD"))
        #expect(!error.message.contains("PASSWORD"))
    }
}
