import HTTP
import TestSupport
import Testing

@Suite struct PlainHTTPTests {
    @Test(arguments: ["http://example.com/", "http://10.0.0.1/?sig=SECRET", "http://169.254.169.254/"])
    func plainHTTPGoesToThisMachineOnly(address: String) throws {
        let client = try HTTPClient(.test())
        let request = Request(.get, try WebURL(address))
        let error = failure { () throws(HTTPError) in _ = try client.send(request) }
        guard case .insecure = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.message.contains("SECRET") == false)
    }

    @Test func theMetadataServiceIsSpokenToWithoutAProxy() throws {
        let proxy = try ScriptedServer { _ in reply(200, "from the proxy") }
        defer { proxy.stop() }
        let service = try ScriptedServer { _ in reply(200, "token") }
        defer { service.stop() }
        var settings = HTTPSettings.test()
        settings.proxy.forHTTP = proxy.origin
        let client = try HTTPClient(settings)
        var request = try Request(.get, service)
        #expect(try client.send(request).text == "from the proxy")
        request.plainHTTP = .metadataService
        #expect(try client.send(request).text == "token")
        request.url = try WebURL("http://10.1.2.3/")
        guard case .insecure = failure({ () throws(HTTPError) in _ = try client.send(request) }) else {
            Issue.record("not refused")
            return
        }
    }
}
