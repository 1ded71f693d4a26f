import Bytes
import Digests
import HTTP
import Testing

@testable import adls_put

@Suite struct LakeAttributesTests {
    @Test(arguments: [
        ("Sales/Orders.xlsx", "Sales/Orders.xlsx"), ("Ünï x%y", "%C3%9Cn%C3%AF%20x%25y"), ("a\nb", "a%0Ab"), ("", nil),
    ])
    func valuesBecomeVisibleASCII(text: String, header: String?) {
        var attributes = LakeAttributes()
        attributes["drivepath"] = text
        #expect(attributes["drivepath"] == header)
        if let header { #expect(PercentEncoding.decode(header) == text) }
    }

    @Test func longValuesAreCutBetweenCharacters() {
        let text = LakeAttributes.headerText(String(repeating: "é", count: 2000))
        #expect(text.utf8.count <= LakeAttributes.valueByteLimit)
        #expect(PercentEncoding.decode(text)?.allSatisfy { $0 == "é" } == true)
    }

    @Test(arguments: [
        ("raw/a.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a/part-0.parquet", "application/vnd.apache.parquet"), ("x/manifest.json", "application/json"),
        ("a.b/noextension", "application/octet-stream"),
    ])
    func theNameSaysTheType(path: String, type: String) {
        #expect(LakeAttributes().contentType(for: path) == type)
        #expect(LakeAttributes(contentType: "own/type").contentType(for: path) == "own/type")
    }

    @Test(arguments: [("a1", true), ("", false), ("1a", false), ("a-b", false), ("A", false), ("é", false)])
    func namesAreLettersAndDigits(name: String, isName: Bool) { #expect(LakeAttributes.isName(name) == isName) }

    @Test func whatAnUploadWroteDownIsBelievedUntilSomebodyElseWrites() throws {
        var digester = ContentDigester()
        Array("abc".utf8).withUnsafeBytes { digester.update($0) }
        let digests = LakeDigests(digester.finish())
        var headers = AzureFile.headers(digests, upload: "u", LakeAttributes(metadata: ["delivery": "d"]))
        headers["Content-Length"] = "3"
        headers["ETag"] = "\"0x1\""
        headers["Last-Modified"] = "Fri, 02 Jan 2026 03:04:05 GMT"
        let md5 = Base64.encode(try #require(digests.md5.flatMap { Hex.decode($0) }))
        headers["Content-MD5"] = md5
        #expect(AzureFile(headers).digests == digests)
        #expect(AzureFile(headers).upload == "u")
        #expect(AzureFile(headers).metadata["delivery"] == "d")
        #expect(AzureFile(headers).modified == UTCTime("2026-01-02T03:04:05.000Z"))
        // Who appends and flushes keeps the metadata; the stored MD5 is theirs, or gone.
        headers["Content-MD5"] = nil
        #expect(AzureFile(headers).digests == nil)
        headers["Content-MD5"] = Base64.encode([UInt8](repeating: 0, count: 16))
        #expect(AzureFile(headers).digests == nil)
    }

    @Test func withoutAnMD5TheLengthSaysWhetherSomebodyElseWrote() {
        let sha256 = MessageDigest.hex(.sha256, of: "abc")
        let digests = LakeDigests(byteCount: 3, sha256: sha256, md5: nil)
        var headers = AzureFile.headers(digests, upload: "u", LakeAttributes())
        headers["Content-Length"] = "3"
        #expect(AzureFile(headers).digests == digests)
        headers["Content-Length"] = "4"
        #expect(AzureFile(headers).digests == nil)
        // What tells neither length nor MD5 is not ours.
        #expect(AzureFile(["Content-Length": "3", "x-ms-meta-sha256": sha256]).digests == nil)
    }

    @Test func aCRC64IsEnoughAndAMadeUpOneIsNone() {
        let digests = LakeDigests(byteCount: 3, sha256: nil, crc64: CRC64.text(of: Array("abc".utf8)), md5: nil)
        var headers = AzureFile.headers(digests, upload: "u", LakeAttributes())
        headers["Content-Length"] = "3"
        #expect(AzureFile(headers).digests == digests)
        headers["x-ms-meta-crc64"] = "AAAA"
        #expect(AzureFile(headers).digests == nil)
    }

    @Test func aFileOnItsWayTellsOfWhatItIsTheBeginning() {
        let digests = LakeDigests(byteCount: 3, sha256: MessageDigest.hex(.sha256, of: "abc"), md5: nil)
        let other = LakeDigests(byteCount: 3, sha256: MessageDigest.hex(.sha256, of: "abd"), md5: nil)
        var headers = AzureFile.progressHeaders(digests, target: LakeAddress(scheme: .file, location: "raw/f"))
        headers["Content-Length"] = "3"
        #expect(AzureFile(headers).isBeginning(digests))
        #expect(!AzureFile(headers).isBeginning(other))
        #expect(AzureFile(headers).digests == nil)
        #expect(AzureFile(headers).metadata["target"] == "raw/f")
        headers["Content-Length"] = "4"
        #expect(!AzureFile(headers).isBeginning(digests))
    }

    @Test(arguments: [
        ("_tmp/sluice-0.tmp", true), ("a/b/_tmp/sluice-0.tmp", true), ("_tmp/other.tmp", false),
        ("raw/sluice-0.tmp", false), ("_tmp/sluice-0", false), ("_tmp/x/sluice-0.tmp", false),
    ])
    func onlyOurOwnTemporariesAreTemporaries(path: String, isTemporary: Bool) {
        #expect(TemporaryPath.isTemporary(path) == isTemporary)
    }
}
