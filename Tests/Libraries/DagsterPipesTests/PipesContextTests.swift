import DagsterPipes
import NDJSON
import TestSupport
import Testing

@Suite struct PipesContextTests {
    private func context(_ changes: String) throws -> PipesContext {
        var document = try #require(
            try JSONValue(
                parsing: Array(
                    #"{"asset_keys":["a"],"partition_key":null,"partition_key_range":null,"partition_time_window":null,"run_id":"r","job_name":"j","retry_number":0,"extras":{}}"#
                        .utf8)
            ).object)
        for member in try #require(try JSONValue(parsing: Array(changes.utf8)).object).members {
            document[member.key] = member.value
        }
        return try PipesContext(document: .object(document))
    }

    @Test func aStepOverOnePartitionHasARangeOfOne() throws {
        let context = try context(
            #"{"partition_key":"2026-11-20","partition_key_range":{"start":"2026-11-20","end":"2026-11-20"}}"#)
        #expect(context.partitions == .init(first: "2026-11-20", last: "2026-11-20"))
    }

    @Test func oneRunOverARangeHasItFromTheExtras() throws {
        #expect(
            try context(#"{"extras":{"range":["2026-11-03","2026-11-05"]}}"#).partitions
                == .init(first: "2026-11-03", last: "2026-11-05"))
    }

    @Test(arguments: [#"{}"#, #"{"extras":{"range":["one"]}}"#, #"{"extras":{"range":[1,2]}}"#, #"{"extras":null}"#])
    func withoutARangeThereIsNone(changes: String) throws {
        #expect(try context(changes).partitions == nil)
    }

    @Test func aStepWithoutAssetsHasNone() throws {
        #expect(try context(#"{"asset_keys":null}"#).assetKeys == [])
        #expect(try context(#"{"asset_keys":["raw/a","raw/b"]}"#).assetKeys == ["raw/a", "raw/b"])
    }

    @Test(
        arguments: [
            #"{"asset_keys":"a"}"#, #"{"asset_keys":[1]}"#, #"{"run_id":null}"#, #"{"extras":[]}"#,
            #"{"partition_key_range":{"start":"a"}}"#,
        ])
    func anotherTypeThanTheProtocolSaysIsRefused(changes: String) {
        #expect(throws: PipesError.self) { try context(changes) }
    }

    @Test func itIsReadFromAFileOrFromTheParameter() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("context", text: #"{"run_id":"from file"}"#)
        #expect(try PipesContext(parameter: ["path": .string(path)]).runID == "from file")
        let data = JSONValue.object(["run_id": .string("from data")])
        #expect(try PipesContext(parameter: ["data": data]).runID == "from data")
        #expect(throws: PipesError.self) { try PipesContext(parameter: [:]) }
        #expect(throws: PipesError.self) { try PipesContext(parameter: ["path": .string(folder.file("none"))]) }
    }
}
