import Bytes
import Compression
import TestSupport
import Testing

/// Text that compresses, with some bytes that do not.
private func sample(_ count: Int) -> [UInt8] {
    var random = SeededRandom(seed: 7)
    return (0..<count).map { $0 % 3 == 0 ? UInt8(truncatingIfNeeded: random.next()) : UInt8(0x61 + $0 % 5) }
}

private func compress(_ bytes: [UInt8], _ make: (MemorySink) -> any ByteSink, pieces: Int = 1000) throws -> [UInt8] {
    let memory = MemorySink()
    let sink = make(memory)
    var start = 0
    while start < bytes.count {
        let end = min(bytes.count, start + pieces)
        try Array(bytes[start..<end]).withUnsafeBytes { try sink.write($0) }
        start = end
    }
    try sink.finish()
    return memory.bytes
}

@Suite struct StreamTests {
    @Test(arguments: [0, 1, 1000, 300_000]) func gzipComesBack(count: Int) throws {
        let packed = try compress(sample(count)) { GzipSink($0) }
        for stride in [1, 999, .max] where count < 10_000 || stride > 1 {
            let source = InflateSource(MemorySource(packed, stride: stride), container: .gzip)
            #expect(try FileSystem.contents(of: source) == sample(count))
        }
    }

    @Test(arguments: [0, 1, 1000, 300_000]) func zstandardComesBack(count: Int) throws {
        let packed = try compress(sample(count)) { ZstandardSink($0) }
        #expect(try FileSystem.contents(of: ZstandardSource(MemorySource(packed, stride: 999))) == sample(count))
    }

    @Test func gzipMembersMayFollowEachOther() throws {
        let packed = try compress(sample(10)) { GzipSink($0) } + compress(sample(20)) { GzipSink($0) }
        #expect(
            try FileSystem.contents(of: InflateSource(MemorySource(packed), container: .gzip)) == sample(10)
                + sample(20))
    }

    @Test func equalInputGivesEqualGzipBytes() throws {
        let first = try compress(sample(5000), { GzipSink($0) }, pieces: 7)
        #expect(try first == compress(sample(5000), { GzipSink($0) }, pieces: 5000))
    }

    @Test func aStreamCutAnywhereIsAnError() throws {
        let gzip = try compress(sample(2000)) { GzipSink($0) }
        let zstd = try compress(sample(2000)) { ZstandardSink($0) }
        for length in stride(from: 1, to: gzip.count, by: 13) {
            #expect(throws: IOError.self) {
                try FileSystem.contents(of: InflateSource(MemorySource(Array(gzip[..<length])), container: .gzip))
            }
        }
        for length in stride(from: 1, to: zstd.count, by: 13) {
            #expect(throws: IOError.self) {
                try FileSystem.contents(of: ZstandardSource(MemorySource(Array(zstd[..<length]))))
            }
        }
    }

    @Test func aChangedByteIsAnError() throws {
        var gzip = try compress(sample(2000)) { GzipSink($0) }
        gzip[gzip.count / 2] ^= 0x10
        #expect(throws: IOError.self) {
            try FileSystem.contents(of: InflateSource(MemorySource(gzip), container: .gzip))
        }
    }
}

@Suite struct BlockTests {
    @Test func aFrameComesBackAndTheContextIsReusable() throws {
        var compressor = ZstandardCompressor(level: 3)
        var frame: [UInt8] = []
        for count in [0, 10, 5000] {
            sample(count).withUnsafeBytes { compressor.compress($0, into: &frame) }
            #expect(try FileSystem.contents(of: ZstandardSource(MemorySource(frame))) == sample(count))
        }
    }

    @Test func crcOfTheCheckString() {
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.of($0) } == 0xCBF4_3926)
        var crc = CRC32()
        Array("12345".utf8).withUnsafeBytes { crc.update($0) }
        Array("6789".utf8).withUnsafeBytes { crc.update($0) }
        #expect(crc.value == 0xCBF4_3926)
    }
}
