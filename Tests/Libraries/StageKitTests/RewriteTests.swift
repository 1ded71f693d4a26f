import Bytes
import Digests
import Glibc
import StageKit
import TestSupport
import Testing

/// A plain output can be changed behind a place before it appears.
@Suite struct RewriteTests {
    private func write(_ takesDigest: Bool, _ name: String, _ folder: TemporaryDirectory) throws -> StoredFile {
        var output = try DataOutput(folder.file(name), takesDigest: takesDigest)
        let isPlain = output.isPlainFile
        #expect(isPlain)
        try output.append(Array("keep\ndrop\nlast\n".utf8))
        try output.rewrite(from: 5) { descriptor, _ throws(IOError) in
            var bytes = [UInt8](repeating: 0, count: 5)
            #expect(pread(descriptor, &bytes, 5, 10) == 5)
            #expect(pwrite(descriptor, bytes, 5, 5) == 5)
            return 10
        }
        try output.append(Array("more\n".utf8))
        try output.finish()
        return try output.publish()
    }

    @Test func `what was rewritten is what appears, and what was appended follows it`() throws {
        let folder = try TemporaryDirectory()
        let stored = try write(true, "a.txt", folder)
        #expect(try folder.text("a.txt") == "keep\nlast\nmore\n")
        #expect(stored.byteCount == 15)
        #expect(stored.sha256 == MessageDigest.hex(.sha256, of: "keep\nlast\nmore\n"))
        let plain = try write(false, "b.txt", folder)
        #expect(plain.byteCount == 15)
        #expect(plain.sha256 == nil)
    }

    @Test func `a compressed output is no plain file`() throws {
        let folder = try TemporaryDirectory()
        for name in ["a.gz", "a.zst"] {
            let output = try DataOutput(folder.file(name))
            let isPlain = output.isPlainFile
            #expect(!isPlain)
        }
    }

    @Test func `a file larger than the pieces in which it is written out is whole`() throws {
        let folder = try TemporaryDirectory()
        var output = try DataOutput(folder.file("large"))
        let block = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for _ in 0..<20 { try output.append(block) }
        try output.finish()
        let stored = try output.publish()
        #expect(stored.byteCount == 20 << 20)
        let digest = try MessageDigest.hex(.sha256, of: DescriptorSource(path: folder.file("large")))
        #expect(digest.hex == stored.sha256)
    }
}
