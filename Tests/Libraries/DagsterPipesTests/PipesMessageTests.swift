import Bytes
import DagsterPipes
import NDJSON
import TestSupport
import Testing

@Suite struct PipesMessageTests {
    private func text(_ message: PipesMessage) -> String { String(decoding: message.line, as: UTF8.self) }

    /// The parameters are exactly those that the handler takes: one more or less ends its reading.
    @Test func messagesAreByteForByteWhatDagsterTakes() {
        let head = #"{"__dagster_pipes_version":"0.1","method":"#
        #expect(text(.opened) == head + #""opened","params":{"extras":{}}}"# + "\n")
        #expect(
            text(.log(.warning, "naïve ✓ \"x\"\n"))
                == head + #""log","params":{"message":"naïve ✓ \"x\"\n","level":"WARNING"}}"# + "\n")
        #expect(
            text(.check("c", asset: "a/b", passed: false, severity: .warn, [("n", .integer(3))]))
                == head + #""report_asset_check","params":{"asset_key":"a/b","check_name":"c","passed":false,"#
                + #""metadata":{"n":{"raw_value":3,"type":"int"}},"severity":"WARN"}}"# + "\n")
        #expect(
            text(.materialization(asset: "a", dataVersion: nil, []))
                == head + #""report_asset_materialization","params":{"asset_key":"a","data_version":null,"#
                + #""metadata":{}}}"# + "\n")
        #expect(
            text(.custom(.array([.integer(1)])))
                == head + #""report_custom_message","params":{"payload":[1]}}"# + "\n")
        #expect(text(.closed(nil)) == head + #""closed","params":{}}"# + "\n")
        #expect(
            text(.closed(.chain([("Outer", "it failed"), ("clean", "row 17")])))
                == head + #""closed","params":{"exception":{"message":"it failed\n","stack":[],"name":"Outer","#
                + #""cause":{"message":"row 17\n","stack":[],"name":"clean","cause":null,"context":null},"#
                + #""context":null}}}"# + "\n")
    }

    @Test(
        arguments: [
            (.float(3), #"{"raw_value":3.0,"type":"float"}"#), (.float(1e300), #"{"raw_value":1e+300,"type":"float"}"#),
            (.float(.infinity), #"{"raw_value":"inf","type":"text"}"#),
            (.float(.nan), #"{"raw_value":"nan","type":"text"}"#),
            (.integer(9_007_199_254_740_993), #"{"raw_value":9007199254740993,"type":"int"}"#),
            (.url("https://h/p"), #"{"raw_value":"https://h/p","type":"url"}"#),
            (.json(.object(["a": .null])), #"{"raw_value":{"a":null},"type":"json"}"#),
            (.json(.integer(5)), #"{"raw_value":"5","type":"text"}"#),
            (
                .table([.init("f"), .init("n", .int)], [[.string("x"), .integer(1)], [.null, .integer(2)]]),
                #"{"raw_value":{"records":[{"f":"x","n":1},{"f":"","n":2}],"#
                    + #""schema":[{"name":"f","type":"string"},{"name":"n","type":"int"}]},"type":"table"}"#
            ),
        ] as [(PipesMetadata, String)])
    func valuesFitTheirType(value: PipesMetadata, wire: String) {
        #expect(value.wire.text == wire)
    }

    @Test func longTablesAreCut() {
        let rows = (0..<(PipesMetadata.tableRowLimit + 5)).map { [JSONValue.integer($0)] }
        let table = PipesMetadata.table([.init("n", .int)], rows).wire
        #expect(table["raw_value"]?["records"]?.array?.count == PipesMetadata.tableRowLimit)
    }

    @Test func aSessionWritesOpenedFirstClosedLastAndEachAssetOnce() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("messages", text: "")
        let session = try PipesSession(parameter: ["path": .string(path)])
        try session.materialize("a", dataVersion: "v", [])
        try session.materialize("a", dataVersion: "w", [])
        try session.close(nil)
        try session.send(.log(.info, "too late"))
        try session.close(nil)
        let methods = try folder.text("messages").split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8))["method"]?.string
        }
        #expect(methods == ["opened", "report_asset_materialization", "closed"])
    }

    @Test func anUnknownChannelIsRefused() {
        for parameter in [["bucket": .string("b")], ["stdio": .string("stdin")], [:]] as [JSONObject] {
            #expect(throws: PipesError.self) { try PipesSession(parameter: parameter) }
        }
    }
}
