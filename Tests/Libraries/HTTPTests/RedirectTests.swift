import Bytes
import HTTP
import TestSupport
import Testing

@Suite struct RedirectTests {
    private static func redirect(_ status: Int, to location: String) -> [ScriptedServer.Step] {
        reply(status, "moved", ["Location: \(location)"])
    }

    @Test func relativeAndAbsoluteAddressesAreFollowed() throws {
        let server = try ScriptedServer { call in
            switch call.target {
            case "/a/b?x": Self.redirect(302, to: "../c?y")
            case "/c?y":
                Self.redirect(307, to: "http://127.0.0.1:\(call.header("host")?.split(separator: ":").last ?? "")/d")
            case "/d": Self.redirect(301, to: "/e")
            default: reply(200, "end of \(call.target)")
            }
        }
        defer { server.stop() }
        let response = try HTTPClient(.test()).send(Request(.get, server, "/a/b?x"))
        #expect(response.text == "end of /e")
        #expect(response.url.path == "/e")
        #expect(response.trace.attempts == 1)
        #expect(server.connectionCount == 1)
    }

    @Test(arguments: [
        (301, HTTPMethod.post, "GET"), (302, .post, "GET"), (303, .post, "GET"), (303, .put, "GET"),
        (307, .post, "POST"),
        (308, .put, "PUT"), (302, .put, "PUT"), (303, .head, "HEAD"),
    ])
    func methodsChangeAsTheStandardSays(status: Int, method: HTTPMethod, after: String) throws {
        let server = try ScriptedServer { call in
            call.target == "/" ? Self.redirect(status, to: "/next") : reply(200, "")
        }
        defer { server.stop() }
        var request = try Request(method, server)
        if method != .head { request.body = .text("body") }
        request.headers["Content-Type"] = "text/plain"
        #expect(try HTTPClient(.test()).send(request).status == 200)
        let call = try #require(server.calls.last)
        #expect(call.method == after)
        let keepsBody = after == "POST" || after == "PUT"
        #expect(call.bodyText == (keepsBody ? "body" : ""))
        #expect((call.header("content-type") == nil) == !(keepsBody || after == "HEAD"))
    }

    @Test func anotherHostGetsNoCredentials() throws {
        let server = try ScriptedServer { call in
            call.target == "/"
                ? Self.redirect(
                    302, to: "http://localhost:\(call.header("host")?.split(separator: ":").last ?? "")/far")
                : reply(200)
        }
        defer { server.stop() }
        var request = try Request(.get, server)
        request.headers = ["Authorization": "Bearer t", "Cookie": "c", "X-Own-Key": "k", "Accept": "text/csv"]
        request.credentialFields = ["x-own-key"]
        let signed = Guarded(0)
        request.authorize = { (outgoing) throws(HTTPError) in
            signed.withLock { $0 += 1 }
            outgoing.headers["X-Signed"] = "yes"
        }
        let client = try HTTPClient(.test())
        #expect(try client.send(request).status == 200)
        let near = try #require(server.calls.first)
        let far = try #require(server.calls.last)
        #expect(near.header("authorization") == "Bearer t")
        #expect(near.header("x-signed") == "yes")
        #expect(far.target == "/far")
        for name in ["authorization", "cookie", "x-own-key", "x-signed"] { #expect(far.header(name) == nil) }
        #expect(far.header("accept") == "text/csv")
        #expect(signed.withLock { $0 } == 1)

        request.keepsCredentials = { $0.host == "localhost" }
        #expect(try client.send(request).status == 200)
        let trusted = try #require(server.calls.last)
        #expect(trusted.header("authorization") == "Bearer t")
        #expect(trusted.header("x-own-key") == "k")
        #expect(trusted.header("x-signed") == "yes")
    }

    @Test func anotherPortIsAnotherOrigin() throws {
        let far = try ScriptedServer { _ in reply(200) }
        defer { far.stop() }
        let origin = far.origin
        let near = try ScriptedServer { _ in Self.redirect(302, to: origin + "/x") }
        defer { near.stop() }
        var request = try Request(.get, near)
        request.headers = ["Authorization": "Bearer t"]
        #expect(try HTTPClient(.test()).send(request).status == 200)
        #expect(far.calls.first?.header("authorization") == nil)
    }

    @Test func aBodyDoesNotGoToAnotherHost() throws {
        let far = try ScriptedServer { _ in reply(200) }
        defer { far.stop() }
        let origin = far.origin
        let near = try ScriptedServer { _ in Self.redirect(307, to: origin + "/x") }
        defer { near.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.put, near)
        request.body = .text("client_secret=SECRET")
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .badRedirect(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "a redirect of a body to another host")
        #expect(far.calls.isEmpty)
    }

    @Test(arguments: [
        ("http://example.com/x", "plain http is allowed only to this machine"), ("", "status 302 without an address"),
        ("ftp://x/", "a redirect to an address that is none: the address does not begin with http:// or https://"),
    ])
    func redirectsToNowhereAreRefused(location: String, message: String) throws {
        let server = try ScriptedServer { _ in Self.redirect(302, to: location) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        let request = try Request(.get, server)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        #expect(error?.message == "GET \(server.origin)/: \(message)")
        #expect(server.calls.count == 1)
    }

    @Test func circlesEnd() throws {
        let server = try ScriptedServer { _ in Self.redirect(302, to: "/again") }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.redirectLimit = 4
        let client = try HTTPClient(settings)
        let request = try Request(.get, server)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        #expect(error?.message == "GET \(server.origin)/: more than 4 redirects")
        #expect(server.calls.count == 5)
    }

    @Test func aRedirectIsAnAnswerToWhoeverWantsThat() throws {
        let server = try ScriptedServer { _ in Self.redirect(302, to: "/x") }
        defer { server.stop() }
        var request = try Request(.get, server)
        request.followsRedirects = false
        let response = try HTTPClient(.test()).send(request)
        #expect(response.status == 302)
        #expect(response.headers["location"] == "/x")
    }
}
