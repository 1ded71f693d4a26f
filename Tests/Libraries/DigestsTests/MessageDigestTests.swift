import Bytes
import Digests
import Testing

@Suite struct MessageDigestTests {
    // Vectors of FIPS 180-2 appendix B and RFC 1321 appendix A.5.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "900150983cd24fb0d6963f7d28e17f72"),
    ])
    func publishedVectors(text: String, sha256: String, md5: String) {
        #expect(MessageDigest.hex(.sha256, of: text) == sha256)
        #expect(MessageDigest.hex(.md5, of: text) == md5)
    }

    @Test func aSourceGivesTheSameDigestAsItsBytesAndItsLength() throws {
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let found = try MessageDigest.hex(.sha256, of: MemorySource(bytes, stride: 777))
        #expect(found.hex == MessageDigest.hex(.sha256, of: bytes))
        #expect(found.byteCount == bytes.count)
    }

    @Test func finishingStartsAnew() {
        var digest = MessageDigest(.sha256)
        digest.update(Array("abc".utf8))
        let first = digest.finish()
        digest.update(Array("abc".utf8))
        #expect(digest.finish() == first)
    }

    @Test func theValueSoFarLeavesTheDigestGoing() {
        var digest = MessageDigest(.md5)
        digest.update(Array("a".utf8))
        #expect(Hex.encode(digest.valueSoFar()) == MessageDigest.hex(.md5, of: "a"))
        digest.update(Array("bc".utf8))
        #expect(Hex.encode(digest.finish()) == MessageDigest.hex(.md5, of: "abc"))
    }
}
