import Bytes
import Compression
import Testing

@Suite struct CompressorTests {
    private func block(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 / 3 &* 31) } }

    @Test(arguments: [0, 1, 1000, 300_000]) func gzipMembersFromOneStateComeBack(count: Int) throws {
        var compressor = GzipCompressor(level: 6)
        var first: [UInt8] = []
        for _ in 0..<2 {
            let bytes = block(count)
            var output = [UInt8](repeating: 0, count: compressor.bound(of: count))
            let length = bytes.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { compressor.compress(bytes, into: $0) }
            }
            let packed = Array(output[..<length])
            #expect(try FileSystem.contents(of: InflateSource(MemorySource(packed), container: .gzip)) == bytes)
            #expect(first.isEmpty || first == packed, "equal input gives equal bytes")
            first = packed
        }
    }

    @Test(arguments: [0, 1, 1000, 300_000]) func zstandardFramesOfAnyLevelComeBack(count: Int) throws {
        var compressor = ZstandardCompressor(level: 3)
        for level in [1, 3, 19] {
            let bytes = block(count)
            var output = [UInt8](repeating: 0, count: ZstandardCompressor.bound(of: count))
            let length = bytes.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { compressor.compress(bytes, level: level, into: $0) }
            }
            #expect(
                try FileSystem.contents(of: ZstandardSource(MemorySource(Array(output[..<length])))) == bytes)
        }
    }
}
