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

    @Test(arguments: [
        ("abfss://lake@acct.dfs.core.windows.net/raw/a b+c.xlsx", "raw/a b+c.xlsx", false),
        ("abfss://lake@acct.dfs.core.windows.net", "", true),
        ("abfss://lake@acct.dfs.core.windows.net//", "", true),
        ("abfss://lake@ACCT.dfs.core.windows.net//raw//é/", "raw/é/", true),
        ("https://acct.dfs.core.windows.net/lake/raw/a%20b%2Bc.xlsx", "raw/a b+c.xlsx", false),
        ("https://acct.blob.core.windows.net/lake", "", true),
        ("https://acct.blob.core.windows.net/lake/raw/", "raw/", true),
    ])
    func readsContainers(text: String, location: String, isFolder: Bool) {
        let address = LakeAddress(text)
        #expect(address?.url == "abfss://lake@acct.dfs.core.windows.net/\(location)")
        #expect(address?.location == location)
        #expect(address?.isFolder == isFolder)
    }

    @Test func anAddressOfAContainerComesBackAsItself() throws {
        let lake = try #require(LakeAddress("abfss://lake@acct.dfs.core.windows.net"))
        let file = lake.appending("raw/x%20y?z")
        #expect(file.url == "abfss://lake@acct.dfs.core.windows.net/raw/x%20y?z")
        #expect(LakeAddress(file.url) == file)
        #expect(lake.appending("raw/").appending("b").location == "raw/b")
    }

    @Test(arguments: [
        "abfss://acct.dfs.core.windows.net/x", "abfss://a@b@acct.dfs.core.windows.net/x", "abfss://lake@host/x",
        "abfss://@acct.dfs.core.windows.net/", "abfss://la ke@acct.dfs.core.windows.net/",
        "abfss://lake@acct.dfs.core.windows.net:10/", "abfs://lake@acct.dfs.core.windows.net/",
        "abfss://lake@acct.dfs.core.windows.net/a/../b", "http://acct.dfs.core.windows.net/lake",
        "https://acct.dfs.core.windows.net/", "https://acct.dfs.core.windows.net/lake?sv=1&sig=x",
        "https://acct.dfs.core.windows.net/lake/%ZZ", "https://user:word@acct.dfs.core.windows.net/lake",
    ])
    func refusesWhatIsNoContainer(text: String) { #expect(LakeAddress(text) == nil) }

    @Test func aSignatureInAnAddressIsRefusedAndNotRepeated() {
        do {
            _ = try Lakes.address("https://acct.dfs.core.windows.net/lake/x?sv=1&sig=verysecret")
            Issue.record("it was taken")
        } catch {
            #expect(error.message?.contains("verysecret") == false)
            #expect(error.message?.contains("AZURE_STORAGE_SAS_TOKEN") == true)
        }
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
