import Bytes
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import drive_pull

@Suite struct InventoryTests {
    let folder: TemporaryDirectory
    let root: String

    init() throws {
        folder = try TemporaryDirectory()
        mkdir(folder.file("root"), 0o700)
        root = "file:\(folder.file("root"))"
    }

    private func known(_ ids: [String], root: String? = nil, version: String = "v") throws -> NewestRecords {
        let lines = ids.map { id in
            let name = JSONValue.string(id).text
            return """
                {"delivery":"0123456789abcdef","delivered_at":"2026-01-01T00:00:00.000Z","file":{"root":"\(root ?? self.root)",\
                "id":\(name),"name":\(name),"drive_path":\(name),"version":"\(version)"}}
                """
        }
        return try NewestRecords.read(MemorySource(Array(lines.joined(separator: "\n").utf8)))
    }

    private func take(
        _ known: NewestRecords, include: [String] = [], exclude: [String] = [], movedFrom: Set<String> = [],
        allowsEmpty: Bool = false
    ) throws -> Inventory {
        try Inventory.take(
            [.folder(path: folder.file("root"))], by: SourceLister(output: folder.file("pulled")),
            filter: try NameFilter(include: include, exclude: exclude), known: known, movedFrom: movedFrom,
            allowsEmpty: allowsEmpty)
    }

    @Test func aKnownFileThatIsNotThereIsDeleted() throws {
        try folder.write("root/a", text: "")
        let inventory = try take(try known(["z", "a", "b/c"]))
        #expect(inventory.files.map(\.id) == ["a"])
        #expect(inventory.deleted.map(\.fileID) == ["b/c", "z"])
    }

    @Test func aFileIsDeletedOnce() throws {
        try folder.write("root/a", text: "")
        #expect(try take(try known(["z"], version: "deleted")).deleted.isEmpty)
    }

    @Test func filesOfAnotherRootAreToldAndNoneOfThemIsDeleted() throws {
        try folder.write("root/a", text: "")
        let inventory = try take(try known(["a", "z"], root: "file:/elsewhere"))
        #expect(inventory.deleted.isEmpty)
        #expect(
            inventory.otherRoots == [
                OtherRoot(root: "file:/elsewhere", fileCount: 2, sharedCount: 1, example: "a")
            ])
        #expect(try take(try known(["z"], root: "file:/elsewhere", version: "deleted")).otherRoots.isEmpty)
    }

    @Test func whatCameFromAFolderThatWasMovedAndIsNotHereIsDeleted() throws {
        try folder.write("root/a", text: "")
        let known = try known(["a", "y/b", "z"], root: "file:/elsewhere")
        let inventory = try take(known, movedFrom: ["file:/elsewhere"])
        #expect(inventory.deleted.map(\.fileID) == ["y/b", "z"])
        #expect(inventory.otherRoots.isEmpty)
        #expect(try take(known, exclude: ["z"], movedFrom: ["file:/elsewhere"]).deleted.map(\.fileID) == ["y/b"])
        // Behind a link to nothing, or in a folder that could not be read, it may still be.
        symlink("/nonexistent", folder.file("root/y"))
        #expect(try take(known, movedFrom: ["file:/elsewhere"]).deleted.map(\.fileID) == ["z"])
        try folder.write("root/" + String(repeating: "d/", count: LocalFolder.depthLimit + 1) + "x", text: "")
        #expect(try take(known, movedFrom: ["file:/elsewhere"]).deleted.isEmpty)
    }

    @Test func aFolderIsNotMovedFromItselfNorFromAnAlias() throws {
        let sources = try PullSetUp.sources(["file:/new"], output: "out")
        #expect(try PullSetUp.formerRoots(["file:/old/", "drive:abc"], of: sources) == ["file:/old", "drive:abc"])
        for wrong in ["file:/new/", "root", "nonsense"] {
            #expect { try PullSetUp.formerRoots([wrong], of: sources) } throws: {
                ($0 as? StageFailure)?.status == ExitStatus.usage
            }
        }
    }

    @Test func anEmptyOrMissingRootDeletesNothingUnlessItIsMeant() throws {
        let known = try known(["z"])
        #expect { try take(known) } throws: { ($0 as? StageFailure)?.status == ExitStatus.noInput }
        #expect(try take(known, allowsEmpty: true).deleted.map(\.fileID) == ["z"])
        try folder.write("root/.hidden", text: "")
        #expect { try take(known) } throws: { ($0 as? StageFailure)?.status == ExitStatus.noInput }
        unlink(folder.file("root/.hidden"))
        rmdir(folder.file("root"))
        #expect { try take(known) } throws: { ($0 as? StageFailure)?.status == ExitStatus.noInput }
        #expect(try take(known, allowsEmpty: true).deleted.map(\.fileID) == ["z"])
    }

    @Test func anIncompleteListingDeletesNothing() throws {
        try folder.write("root/a", text: "")
        try folder.write("root/" + String(repeating: "d/", count: LocalFolder.depthLimit + 1) + "x", text: "")
        let inventory = try take(try known(["z"]))
        #expect(inventory.deleted.isEmpty)
        #expect(inventory.unreadable.count == 1)
    }

    @Test func aFilterHidesFilesAndDeletesNone() throws {
        try folder.write("root/Sales/Orders.xlsx", text: "")
        try folder.write("root/Sales/Items.xlsx", text: "")
        let known = try known(["Sales/Items.xlsx", "Sales/gone.xlsx", "Sales/Orders old.xlsx"])
        let some = try take(known, include: ["orders*"])
        #expect(some.files.map(\.id) == ["Sales/Orders.xlsx"])
        #expect(some.deleted.map(\.fileID) == ["Sales/Orders old.xlsx"])
        let rest = try take(known, exclude: ["**/orders*"])
        #expect(rest.files.map(\.id) == ["Sales/Items.xlsx"])
        #expect(rest.deleted.map(\.fileID) == ["Sales/gone.xlsx"])
    }

    @Test func whatLiesBehindALinkToNothingIsNotDeleted() throws {
        try folder.write("root/a", text: "")
        symlink("/nonexistent/disk", folder.file("root/disk"))
        #expect(try take(try known(["disk", "disk/x", "diskette"])).deleted.map(\.fileID) == ["diskette"])
    }

    @Test func twoRootsWithTheSamePathAreRefused() throws {
        try folder.write("root/a", text: "")
        try folder.write("second/a", text: "")
        #expect {
            try Inventory.take(
                [.folder(path: folder.file("root")), .folder(path: folder.file("second"))],
                by: SourceLister(output: "o"), filter: try NameFilter(include: [], exclude: []), known: NewestRecords(),
                allowsEmpty: false)
        } throws: {
            ($0 as? StageFailure)?.status == ExitStatus.badConfiguration
        }
    }

    @Test func aPatternThatIsNoneIsAUsageError() {
        #expect(throws: StageFailure.usage("--exclude a**: has ** within a name")) {
            try NameFilter(include: [], exclude: ["a**"])
        }
    }
}
