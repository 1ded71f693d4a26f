import StageKit
import Testing

@testable import adls_put

@Suite struct LakeAddressTests {
    @Test(arguments: [
        ("file:work/lake", "file:work/lake", false), ("file:work/lake/", "file:work/lake/", true),
        ("file:/srv/lake", "file:/srv/lake", false), ("file:///srv/lake", "file:/srv/lake", false),
        ("file:a//b///c", "file:a/b/c", false), ("file:with space/é", "file:with space/é", false),
        ("file:/", "file:/", true),
    ])
    func readsFolderLakes(text: String, url: String, isFolder: Bool) {
        let address = LakeAddress(text)
        #expect(address?.url == url)
        #expect(address?.isFolder == isFolder)
    }

    @Test(arguments: ["", "file:", "work/lake", "FILE:x", "s3://bucket", "https://x", "file:a\0b"])
    func refusesOtherTexts(text: String) { #expect(LakeAddress(text) == nil) }

    @Test func pathsAreAppendedWithOneSlash() throws {
        let lake = try #require(LakeAddress("file:lake"))
        #expect(lake.appending("a/b").url == "file:lake/a/b")
        #expect(lake.appending("a/").appending("b").url == "file:lake/a/b")
    }

    @Test func aLayoutBringsItsTemplateOrTakesOneBelowItsFolder() throws {
        let plain = try Lakes.split("file:work/lake", layout: .raw)
        #expect(plain.lake.url == "file:work/lake")
        #expect(plain.template.text == PathTemplate.raw)
        let own = try Lakes.split("file:work/raw/lake/raw/{dataset}/raw/{name}", layout: .raw)
        #expect(own.lake.url == "file:work/raw/lake")
        #expect(own.template.text == "raw/{dataset}/raw/{name}")
        #expect(throws: StageFailure.self) { try Lakes.split("file:lake/{dataset}/raw/{name}", layout: .raw) }
        #expect(throws: StageFailure.self) { try Lakes.split("lake", layout: .processed) }
    }
}
