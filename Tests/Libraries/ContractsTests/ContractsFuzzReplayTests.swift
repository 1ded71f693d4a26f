import Bytes
import Testing

/// Every file that the fuzzers' corpora hold, on each run: what was a finding stays mended.
@Suite struct ContractsFuzzReplayTests {
    private func replay(_ target: String, _ body: ([UInt8]) -> Void) throws {
        let root = #filePath.split(separator: "/Libraries/").first.map(String.init) ?? ""
        let folder = "\(root)/Fuzz/\(target)/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { body(try FileSystem.contents("\(folder)/\(name)")) }
    }

    @Test func `the corpus of YAML`() throws { try replay("contracts-yaml", fuzzYAML) }

    @Test func `the corpus of contracts`() throws { try replay("contracts-contract", fuzzContract) }

    @Test func `the corpus of patterns`() throws { try replay("contracts-pattern", fuzzPattern) }
}
