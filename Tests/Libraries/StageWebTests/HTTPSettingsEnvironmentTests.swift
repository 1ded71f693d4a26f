import HTTP
import StageWeb
import Testing

@Suite struct HTTPSettingsEnvironmentTests {
    @Test(
        arguments: [
            (["https_proxy": "a", "HTTPS_PROXY": "b", "all_proxy": "c"], "a", "c"),
            (["HTTPS_PROXY": "b", "http_proxy": "d", "ALL_PROXY": "e"], "b", "d"),
            (["ALL_PROXY": "e"], "e", "e"),
            // What a web server makes of a request's header is not believed.
            (["HTTP_PROXY": "f"], nil, nil),
            ([:], nil, nil),
        ] as [([String: String], String?, String?)])
    func proxiesAreThoseOfTheEnvironment(_ variables: [String: String], _ forHTTPS: String?, _ forHTTP: String?) {
        let settings = HTTPSettings.ofEnvironment(userAgent: "test/1") { variables[$0] }
        #expect(settings.proxy.forHTTPS == forHTTPS)
        #expect(settings.proxy.forHTTP == forHTTP)
        #expect(settings.proxy.exceptions.isEmpty)
        #expect(settings.userAgent == "test/1")
    }

    @Test func exceptionsAndCertificatesAreThoseOfTheEnvironment() {
        let variables = ["NO_PROXY": "here", "SSL_CERT_FILE": "file", "SSL_CERT_DIR": "folder"]
        let settings = HTTPSettings.ofEnvironment(userAgent: "test/1") { variables[$0] }
        #expect(settings.proxy.exceptions == "here")
        #expect(settings.certificateFile == "file")
        #expect(settings.certificateFolder == "folder")
    }

    @Test func aFailureEndsTheProgramByWhatItAsksFor() {
        #expect(HTTPError.noCredentials("none").exitStatus() == 77)
        #expect(HTTPError.badRequest("bad").exitStatus() == 78)
    }
}
