import Bytes
import Glibc
import TestSupport
import Testing

@testable import drive_pull

@Suite struct LocalFolderTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        mkdir(folder.file("root"), 0o700)
    }

    private func list(output: String = "pulled") throws -> SourceListing? {
        try LocalFolder.list(.folder(path: folder.file("root")), output: folder.file(output))
    }

    private func paths() throws -> [String] { try list()?.files.map(\.drivePath) ?? ["no folder"] }

    private func skipped() throws -> [String: SkippedEntry.Reason] {
        Dictionary(uniqueKeysWithValues: try list()?.skipped.map { ($0.drivePath, $0.reason) } ?? [])
    }

    @Test func filesComeInByteOrderOfTheirPaths() throws {
        for path in ["b", "a/z", "a.b", "a/é", "B", "a/b/c", "with \"quotes\" and\nfeeds"] {
            try folder.write("root/\(path)", text: path)
        }
        #expect(try paths() == ["B", "a.b", "a/b/c", "a/z", "a/é", "b", "with \"quotes\" and\nfeeds"])
        let file = try #require(try list()?.files[2])
        #expect(file.id == "a/b/c" && file.name == "c" && file.root == "file:\(folder.file("root"))")
        #expect(file.location.text == folder.file("root/a/b/c"))
    }

    @Test func aMissingFolderAndAFileAreNoFolder() throws {
        try folder.write("root/x", text: "")
        #expect(try LocalFolder.list(.folder(path: folder.file("none")), output: "o") == nil)
        #expect(try LocalFolder.list(.folder(path: folder.file("root/x")), output: "o") == nil)
    }

    @Test func whatNobodyMeansToDeliverIsSkippedAndTold() throws {
        for path in [".hidden", ".git/config", "~$Orders.xlsx", "a.partial", "b.part", "c.crdownload", "Orders.xlsx"] {
            try folder.write("root/\(path)", text: "")
        }
        mkfifo(folder.file("root/pipe"), 0o600)
        #expect(try paths() == ["Orders.xlsx"])
        #expect(
            try skipped() == [
                ".hidden": .hidden, ".git": .hidden, "~$Orders.xlsx": .lock, "a.partial": .unfinished,
                "b.part": .unfinished, "c.crdownload": .unfinished, "pipe": .special,
            ])
    }

    @Test func linksAreFollowedOnceAndAfterWhatReallyLiesThere() throws {
        try folder.write("root/z/real.xlsx", text: "1")
        try folder.write("elsewhere/sub/other.xlsx", text: "2")
        try folder.write("elsewhere/single.xlsx", text: "3")
        symlink("z", folder.file("root/a-link-to-z"))
        symlink("z/real.xlsx", folder.file("root/a-link-to-real.xlsx"))
        symlink("../elsewhere", folder.file("root/outside"))
        symlink("../elsewhere/single.xlsx", folder.file("root/single.xlsx"))
        symlink(".", folder.file("root/ring"))
        symlink("../root", folder.file("elsewhere/back"))
        symlink("nowhere", folder.file("root/dangling"))
        symlink("loop-b", folder.file("root/loop-a"))
        symlink("loop-a", folder.file("root/loop-b"))
        #expect(
            try paths() == ["outside/single.xlsx", "outside/sub/other.xlsx", "z/real.xlsx"])
        #expect(
            try skipped() == [
                "a-link-to-z": .duplicate, "a-link-to-real.xlsx": .duplicate, "ring": .duplicate,
                "outside/back": .duplicate, "single.xlsx": .duplicate, "dangling": .dangling, "loop-a": .dangling,
                "loop-b": .dangling,
            ])
    }

    @Test func theOutputFolderIsNoPartOfTheSource() throws {
        try folder.write("root/x", text: "")
        try folder.write("root/pulled/x", text: "")
        let listing = try #require(try list(output: "root/pulled"))
        #expect(listing.files.map(\.drivePath) == ["x"])
        #expect(listing.skipped == [SkippedEntry(drivePath: "pulled", reason: .ownOutput)])
    }

    @Test func aFolderThatCannotBeReadMakesTheListingIncomplete() throws {
        try folder.write("root/x", text: "")
        let deep = String(repeating: "d/", count: LocalFolder.depthLimit + 1)
        try folder.write("root/\(deep)file", text: "")
        let listing = try #require(try list())
        #expect(!listing.isComplete)
        #expect(listing.files.map(\.drivePath) == ["x"])
    }

    @Test(
        arguments: [
            ([0x61, 0x62], "ab"), ([0x63, 0x61, 0x66, 0xE9, 0x2E, 0x78], "caf%E9.x"), ([0xC3, 0xA9], "é"),
            ([0xC3], "%C3"), ([0xFF, 0xFE], "%FF%FE"), ([0xE2, 0x82, 0x61], "%E2%82a"),
            ([0xF0, 0x9F, 0x98, 0x80], "😀"),
            ([0xED, 0xA0, 0x80], "%ED%A0%80"),
        ] as [([UInt8], String)])
    func bytesThatAreNoUTF8AreWrittenOut(name: [UInt8], text: String) {
        #expect(FileNameText.text(of: name) == text)
    }
}
