import Bytes
import Testing

/// Every file that the fuzzer's corpus holds, on each run: what was a finding stays mended.
@Suite struct NDJSONFuzzReplayTests {
    @Test func `the corpus of records`() throws {
        let root = #filePath.split(separator: "/Libraries/").first.map(String.init) ?? ""
        let folder = "\(root)/Fuzz/ndjson-record/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { fuzzRecords(try FileSystem.contents("\(folder)/\(name)")) }
    }
}
