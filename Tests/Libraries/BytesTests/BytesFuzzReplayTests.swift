import Bytes
import Testing

/// Every file that the fuzzer's corpus holds, on each run: what was a finding stays mended.
@Suite struct BytesFuzzReplayTests {
    @Test func `the corpus of numbers and dates`() throws {
        let root = #filePath.split(separator: "/Libraries/").first.map(String.init) ?? ""
        let folder = "\(root)/Fuzz/bytes-texts/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { fuzzTexts(try FileSystem.contents("\(folder)/\(name)")) }
    }
}
