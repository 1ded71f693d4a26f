import Bytes
import HTTP
import StageKit
import TestSupport
import Testing

@testable import sf_copy

struct ConnectionProfileTests {
    private func found(
        _ name: String, connections: String? = nil, configuration: String? = nil, _ variables: [String: String] = [:]
    ) throws -> ConnectionProfile {
        let folder = try TemporaryDirectory()
        if let connections { _ = try folder.write("connections.toml", text: connections) }
        if let configuration { _ = try folder.write("config.toml", text: configuration) }
        let home = folder.path
        return try ConnectionProfile.find(name) { variables[$0] ?? ($0 == "SNOWFLAKE_HOME" ? home : nil) }
    }

    @Test func aProfileIsReadFromEitherFile() throws {
        let text = "[dev]\naccount = 'myorg-dev' # a comment\nport = 8080\n[prod]\naccount = \"myorg-prod\"\n"
        #expect(try found("dev", connections: text).account == "myorg-dev")
        #expect(try found("prod", connections: text).address().text == "https://myorg-prod.snowflakecomputing.com/")
        let nested = "default_connection_name = \"dev\"\n[connections.dev]\naccount = \"myorg-dev\"\n"
        #expect(try found("", configuration: nested).account == "myorg-dev")
        #expect(try found("dev", configuration: nested).name == "dev")
    }

    @Test func connectionsOfConfigDoNotCountBesideAConnectionsFile() throws {
        #expect(throws: StageFailure.self) {
            try found(
                "dev", connections: "[prod]\naccount = \"a-b\"\n",
                configuration: "[connections.dev]\naccount = \"c-d\"\n")
        }
    }

    @Test func variablesOfTheConnectionWinAndGeneralOnesFillGaps() throws {
        let text = "[dev]\naccount = \"myorg-dev\"\nrole = \"FILE\"\n"
        let profile = try found(
            "dev", connections: text,
            ["SNOWFLAKE_CONNECTIONS_DEV_ROLE": "OWN", "SNOWFLAKE_ROLE": "GENERAL", "SNOWFLAKE_WAREHOUSE": "WH"])
        #expect(profile.role == "OWN")
        #expect(profile.account == "myorg-dev")
        #expect(profile.warehouse == "WH")
        #expect(try found("", ["SNOWFLAKE_ACCOUNT": "a-b"]).account == "a-b")
    }

    @Test func anUnknownConnectionAndABrokenFileAreTold() throws {
        let unknown = #expect(throws: StageFailure.self) { try found("nowhere", ["SNOWFLAKE_ACCOUNT": "a-b"]) }
        #expect(unknown?.status == 78)
        let broken = #expect(throws: StageFailure.self) { try found("dev", connections: "[dev]\naccount = myorg\n") }
        #expect(broken?.message?.contains("connections.toml:2:") == true)
    }

    @Test(arguments: [
        ("a = \"x\\\"y\\\\\"", "x\"y\\"), ("a = 'C:\\x'", "C:\\x"), ("a = 12", "12"), ("a=true#c", "true"),
        ("a = \"\"\"\nline\nnext\"\"\"", "line\nnext"), ("\"a\" = ''", ""),
    ])
    func valuesOfTOML(text: String, expected: String) throws {
        #expect(try TOMLText(parsing: text).tables[""]?["a"] == expected)
    }

    @Test(arguments: [
        "a", "a = ", "a = [1]", "a = \"x", "a = 1 2", "[a", "a = \"\"\"x", "a = 1.5", "a = 1\na = 2", "= 1",
        "a = \"\\q\"",
    ])
    func whatIsNotUnderstoodIsRefused(text: String) {
        #expect(throws: TOMLText.Malformed.self) { try TOMLText(parsing: text) }
    }

    @Test func tablesAndDottedKeys() throws {
        let tables = try TOMLText(parsing: "[connections.\"a b\"]\nx.y = 'z'\n[other]\r\nq = \"r\"\r\n").tables
        #expect(tables["connections.a b.x"]?["y"] == "z")
        #expect(tables["other"]?["q"] == "r")
    }
}
