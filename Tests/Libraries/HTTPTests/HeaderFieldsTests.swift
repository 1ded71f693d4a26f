import HTTP
import TestSupport
import Testing

@Suite struct HeaderFieldsTests {
    @Test func namesAreFoundWhateverTheirCaseAndOrderIsKept() {
        var headers: HeaderFields = ["B": "1", "a": "2", "b": "3"]
        #expect(headers["b"] == "1")
        #expect(headers.values("B") == ["1", "3"])
        headers["A"] = "4"
        #expect(headers.fields.map(\.name) == ["B", "A", "b"])
        headers["b"] = "5"
        #expect(headers.fields.map { "\($0.name)=\($0.value)" } == ["b=5", "A=4"])
        headers["a"] = nil
        headers.add("c", "6")
        #expect(headers.fields.map(\.name) == ["b", "c"])
        #expect(headers["d"] == nil)
    }

    @Test func printingShowsHarmlessValuesOnly() {
        let headers: HeaderFields = [
            "Authorization": "Bearer SECRET", "X-Unknown": "SECRET", "x-ms-rename-source": "/a?sig=SECRET",
            "Range": "bytes=1-2",
        ]
        for text in ["\(headers)", String(reflecting: headers), dumped(headers)] { #expect(!text.contains("SECRET")) }
        #expect("\(headers)" == "[Authorization: ***, X-Unknown: ***, x-ms-rename-source: ***, Range: bytes=1-2]")
    }

    @Test(arguments: [
        ("X-A", "a\r\nX-Evil: 1"), ("X-A", "a\nb"), ("X-A", "a\u{0}b"), ("X A", "1"), ("X-A:", "1"), ("", "1"),
        ("Ü", "1"),
        ("Content-Length", "5"), ("host", "other"), ("Transfer-Encoding", "chunked"), ("Expect", "x"),
        ("Accept-Encoding", "br"),
    ])
    func headersThatWouldBreakTheRequestAreNotSent(name: String, value: String) throws {
        let server = try ScriptedServer { _ in reply(200) }
        defer { server.stop() }
        let client = try HTTPClient(.test())
        var request = try Request(.get, server)
        request.headers.add(name, value)
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .badRequest(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.contains("Evil"))
        #expect(server.calls.isEmpty)
    }
}
