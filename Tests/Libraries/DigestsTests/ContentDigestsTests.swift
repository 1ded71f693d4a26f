import Bytes
import Digests
import Testing

@Suite struct ContentDigestsTests {
    @Test(arguments: [1, 3, 1 << 20])
    func areThoseOfTheWholeHoweverItComes(stride: Int) throws {
        let digests = try ContentDigester.digests(of: MemorySource(Array("abc".utf8), stride: stride))
        #expect(digests.byteCount == 3)
        #expect(digests.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(digests.md5 == "900150983cd24fb0d6963f7d28e17f72")
    }

    @Test func ofNothingAreThoseOfTheEmptyText() throws {
        let digests = try ContentDigester.digests(of: MemorySource([]))
        #expect(digests.byteCount == 0)
        #expect(digests.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(digests.md5 == "d41d8cd98f00b204e9800998ecf8427e")
    }
}
