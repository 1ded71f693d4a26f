import Bytes
import Testing

/// Every file that a fuzzer's corpus holds, on each run: what was a finding stays mended.
@Suite struct FuzzReplayTests {
    @Test(
        arguments: [
            ("xlsx-zip", fuzzZip), ("xlsx-shared-strings", fuzzSharedStrings), ("xlsx-styles", fuzzStyles),
            ("xlsx-sheet", fuzzSheet),
        ] as [(String, @Sendable ([UInt8]) -> Void)])
    func `the corpus is read without a crash`(target: String, run: @Sendable ([UInt8]) -> Void) throws {
        // The package's root is where `swift test` runs.
        let folder = "Tests/Fuzz/\(target)/corpus"
        let names = try FileSystem.names(in: folder)
        #expect(!names.isEmpty)
        for name in names { run(try FileSystem.contents("\(folder)/\(name)")) }
    }
}
