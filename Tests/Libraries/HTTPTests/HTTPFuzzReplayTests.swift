import Bytes
import Testing

/// Every file that a fuzzer's corpus holds, on each run: what was a finding stays mended.
@Suite struct HTTPFuzzReplayTests {
    @Test(
        arguments: [("http-answer", fuzzAnswer), ("http-address", fuzzAddress)]
            as [(String, @Sendable ([UInt8]) -> Void)])
    func theCorpusIsReadWithoutACrash(target: String, run: @Sendable ([UInt8]) -> Void) throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let folder = "\(root)/Fuzz/\(target)/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { run(try FileSystem.contents("\(folder)/\(name)")) }
    }
}
