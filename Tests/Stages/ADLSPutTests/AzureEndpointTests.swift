import HTTP
import StageKit
import Testing

@testable import adls_put

@Suite struct AzureEndpointTests {
    static let container = AzureContainer(name: "lake", host: "acct.dfs.core.windows.net")

    @Test func theAccountHasTwoEndpoints() throws {
        let endpoint = try AzureEndpoint(Self.container, override: nil)
        #expect(
            endpoint.url(.dfs, "raw/Ü x+%.csv").text
                == "https://acct.dfs.core.windows.net/lake/raw/%C3%9C%20x%2B%25.csv")
        #expect(endpoint.url(.blob, "a/b").text == "https://acct.blob.core.windows.net/lake/a/b")
        #expect(endpoint.url(.dfs, "").text == "https://acct.dfs.core.windows.net/lake")
        #expect(endpoint.root.text == "https://acct.dfs.core.windows.net/lake/")
    }

    @Test func anotherAddressTakesThePlaceOfBoth() throws {
        let endpoint = try AzureEndpoint(Self.container, override: "http://127.0.0.1:10000/devstoreaccount1")
        for kind in [AzureEndpoint.Kind.dfs, .blob] {
            #expect(endpoint.url(kind, "a b").text == "http://127.0.0.1:10000/devstoreaccount1/lake/a%20b")
        }
        let hosts = try AzureEndpoint(Self.container, override: "https://acct.dfs.privatelink.example:444/")
        #expect(hosts.url(.blob, "a").text == "https://acct.blob.privatelink.example:444/lake/a")
        let blob = try AzureEndpoint(Self.container, override: "https://acct.blob.privatelink.example/")
        #expect(blob.url(.dfs, "a").text == "https://acct.dfs.privatelink.example/lake/a")
        #expect(blob.url(.blob, "a").text == "https://acct.blob.privatelink.example/lake/a")
    }

    @Test(arguments: [
        "http://10.0.0.1/acct", "http://acct.dfs.core.windows.net", "ftp://127.0.0.1", "https://host/?sv=1&sig=secret",
    ])
    func refusesPlainHTTPToOtherMachinesAndWhatIsNoAddress(text: String) {
        do {
            _ = try AzureEndpoint(Self.container, override: text)
            Issue.record("it was taken")
        } catch {
            #expect(error.status == ExitStatus.badConfiguration)
            #expect(error.message?.contains("secret") == false)
        }
    }
}
