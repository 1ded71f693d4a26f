import HTTP
import TestSupport
import Testing

@Suite struct HTTPErrorTests {
    @Test(
        arguments: [
            (401, .getPermission), (403, .getPermission), (407, .getPermission), (408, .tryLater), (429, .tryLater),
            (500, .tryLater), (503, .tryLater), (400, .other), (404, .other), (409, .other), (412, .other),
            (416, .other),
        ] as [(Int, HTTPError.Remedy)])
    func aRefusalAsksForWhatItsStatusSays(status: Int, remedy: HTTPError.Remedy) throws {
        let server = try ScriptedServer { _ in reply(status) }
        defer { server.stop() }
        var request = try Request(.get, server)
        request.retries = RetryPolicy.none
        let refusal = try HTTPClient(.test()).send(request).refusal()
        #expect(refusal.remedy == remedy)
        #expect(refusal.message == "GET \(server.origin)/: status \(status)")
    }

    @Test func failuresBeforeAnyRequestHaveAMessageToo() {
        #expect(HTTPError.badRequest("no address").message == "no address")
        #expect(HTTPError.noCredentials("no key").message == "no key")
        #expect(HTTPError.noCredentials("no key").remedy == .getPermission)
        #expect(HTTPError.badRequest("x").remedy == .mendConfiguration)
    }

    @Test func requestIDsThatAreNoIDsAreLeftOut() throws {
        let server = try ScriptedServer { _ in
            reply(
                404, "",
                [
                    "x-ms-request-id: \(String(repeating: "a", count: 500))", "x-request-id: has spaces",
                    "x-guploader-uploadid: g-1", "x-other-id: o-1",
                ])
        }
        defer { server.stop() }
        var settings = HTTPSettings.test()
        settings.requestIDFields.append("x-other-id")
        let trace = try HTTPClient(settings).send(Request(.get, server)).trace
        #expect(
            trace.requestIDs.map(\.header) == ["x-ms-request-id", "x-guploader-uploadid", "x-other-id"])
        #expect(trace.requestIDs.first?.value.utf8.count == RequestTrace.requestIDByteLimit)
    }
}
