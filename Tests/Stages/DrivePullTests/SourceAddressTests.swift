import StageKit
import Testing

@testable import drive_pull

@Suite struct SourceAddressTests {
    @Test(arguments: [
        ("/a/b", "/a/b"), ("/a//b/", "/a/b"), ("/a/./b/../c", "/a/c"), ("/..", "/"), ("/", "/"),
    ])
    func aPathIsWrittenInOneWay(path: String, absolute: String) {
        #expect(SourceAddress.absolutePath(path) == absolute)
    }

    @Test func aRelativePathBelongsToTheWorkingFolder() throws {
        let here = try #require(SourceAddress.absolutePath("."))
        #expect(here.hasPrefix("/"))
        #expect(SourceAddress.absolutePath("x/y") == (here == "/" ? "/x/y" : "\(here)/x/y"))
        #expect(try SourceAddress.parse("file:x/").root == "file:\(here == "/" ? "" : here)/x")
        #expect(try SourceAddress.parse("file:///x").root == "file:/x")
    }

    @Test(arguments: ["", "x", "file:", "https://drive.google.com/drive/folders/abc", "1AbC"])
    func whatIsNoLocalFolderIsRefused(text: String) {
        #expect { try SourceAddress.parse(text) } throws: { ($0 as? StageFailure)?.status == ExitStatus.usage }
    }
}
