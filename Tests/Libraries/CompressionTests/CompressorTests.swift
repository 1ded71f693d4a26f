import Bytes
import Compression
import TestSupport
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

    @Test(arguments: [0, 1, 1000, 300_000]) func zstandardFramesOfAnyEffortComeBack(count: Int) throws {
        var compressor = ZstandardCompressor(level: 3)
        var sizes: [Int] = []
        var random = SeededRandom(seed: 1)
        let bytes = (0..<count).map { _ in UInt8.random(in: 0x30..<0x40, using: &random) }
        for (level, packsLiterals) in [(1, false), (-20, false), (-20, true), (3, false), (19, false)] {
            compressor.set(.init(level: level, packsLiterals: packsLiterals))
            var output = [UInt8](repeating: 0, count: ZstandardCompressor.bound(of: count))
            let length = bytes.withUnsafeBytes { bytes in
                output.withUnsafeMutableBytes { compressor.compress(bytes, into: $0) }
            }
            sizes.append(length)
            #expect(
                try FileSystem.contents(of: ZstandardSource(MemorySource(Array(output[..<length])))) == bytes)
        }
        #expect(count < 1000 || sizes[2] < sizes[1], "packed literals are smaller than stored ones")
    }
}
