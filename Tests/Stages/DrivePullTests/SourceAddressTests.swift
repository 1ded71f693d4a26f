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

    @Test(
        arguments: [
            ("1AbCdEfGhIjKlMnOpQr", "1AbCdEfGhIjKlMnOpQr", nil), ("drive:1Ab_-", "1Ab_-", nil), ("root", "root", nil),
            ("https://drive.google.com/drive/folders/1Ab?usp=sharing&resourcekey=0-kEy", "1Ab", "0-kEy"),
            ("https://drive.google.com/drive/u/0/folders/1Ab", "1Ab", nil),
            ("drive.google.com/drive/folders/1Ab", "1Ab", nil),
            ("https://drive.google.com/open?id=1Ab&x=y", "1Ab", nil),
            ("https://drive.google.com/file/d/1Ab/view", "1Ab", nil),
            ("https://docs.google.com/spreadsheets/d/1Ab/edit#gid=0", "1Ab", nil),
            ("https://drive.google.com/drive/u/1/my-drive", "root", nil),
        ] as [(String, String, String?)])
    func aFolderOfDriveIsNamedByIdOrAddress(text: String, id: String, key: String?) throws {
        let address = DriveAddress(id: id, resourceKey: key)
        #expect(try SourceAddress.parse(text) == .drive(address))
        #expect(SourceAddress.drive(address).root == "drive:\(id)")
    }

    @Test func aRelativePathBelongsToTheWorkingFolder() throws {
        let here = try #require(SourceAddress.absolutePath("."))
        #expect(here.hasPrefix("/"))
        #expect(SourceAddress.absolutePath("x/y") == (here == "/" ? "/x/y" : "\(here)/x/y"))
        #expect(try SourceAddress.parse("file:x/").root == "file:\(here == "/" ? "" : here)/x")
        #expect(try SourceAddress.parse("file:///x").root == "file:/x")
    }

    @Test(arguments: [
        "", "x", "file:", "work/drive", "1AbC", "drive:", "drive:a/b", "https://drive.google.com/drive/recent",
        "https://example.com/drive/folders/1AbCdEfGhIjKlMnOpQr", "http://drive.google.com/drive/folders/1AbC",
        "https://drive.google.com/open?id=a%2Fb", "a-folder.with.dots-and-more",
    ])
    func whatIsNoFolderIsRefused(text: String) {
        #expect { try SourceAddress.parse(text) } throws: { ($0 as? StageFailure)?.status == ExitStatus.usage }
    }
}
