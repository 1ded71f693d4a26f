import Bytes
import Testing

/// Every file that the fuzzer's corpus holds, on each run: what was a finding stays mended.
@Suite struct SigningFuzzReplayTests {
    @Test func theCorpusIsReadWithoutACrash() throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let folder = "\(root)/Fuzz/signing-secrets/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { fuzzSecrets(try FileSystem.contents("\(folder)/\(name)")) }
    }
}
