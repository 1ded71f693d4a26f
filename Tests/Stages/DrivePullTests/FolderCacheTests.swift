import NDJSON
import Testing

@testable import drive_pull

@Suite struct FolderCacheTests {
    private func item(_ id: String, in parent: String?, isFolder: Bool = false, isTrashed: Bool = false) throws
        -> DriveItem
    {
        var document: JSONObject = [
            "id": .string(id), "name": .string(id), "version": .string("1"),
            "mimeType": .string(isFolder ? DriveItem.folderType : "text/csv"),
            "modifiedTime": .string("2026-01-02T03:04:05.678Z"), "trashed": .bool(isTrashed),
        ]
        if let parent { document["parents"] = .array([.string(parent)]) }
        return try DriveItem(.object(document))
    }

    /// root: a, f (folder); f: b, g (folder); g: c
    private func cache() throws -> FolderCache {
        var cache = FolderCache()
        cache.keep([try item("a", in: "root"), try item("f", in: "root", isFolder: true)], of: "root")
        cache.keep([try item("b", in: "f"), try item("g", in: "f", isFolder: true)], of: "f")
        cache.keep([try item("c", in: "g")], of: "g")
        return cache
    }

    private func after(_ changes: DriveChange...) throws -> [String: [String]] {
        var cache = try cache()
        cache.apply(changes)
        return cache.children.mapValues { $0.map(\.id).sorted() }
    }

    @Test func aFileThatIsGoneOrTrashedOrMovedAwayLeavesItsFolder() throws {
        let rest = ["root": ["f"], "f": ["b", "g"], "g": ["c"]]
        #expect(try after(DriveChange(id: "a", item: nil)) == rest)
        #expect(try after(DriveChange(id: "a", item: try item("a", in: "root", isTrashed: true))) == rest)
        #expect(try after(DriveChange(id: "a", item: try item("a", in: "elsewhere"))) == rest)
        #expect(try after(DriveChange(id: "a", item: try item("a", in: nil))) == rest)
    }

    @Test func aFileThatIsNewOrMovedInStandsInItsFolder() throws {
        #expect(try after(DriveChange(id: "n", item: try item("n", in: "g")))["g"] == ["c", "n"])
        #expect(
            try after(DriveChange(id: "a", item: try item("a", in: "g"))) == [
                "root": ["f"], "f": ["b", "g"], "g": ["a", "c"],
            ])
    }

    @Test func aFolderThatChangedIsAskedAnewWithAllBelow() throws {
        #expect(
            try after(DriveChange(id: "f", item: try item("f", in: "root", isFolder: true))) == ["root": ["a", "f"]])
        #expect(try after(DriveChange(id: "f", item: nil)) == ["root": ["a"]])
        #expect(
            try after(DriveChange(id: "g", item: try item("g", in: "root", isFolder: true)))
                == ["root": ["a", "f", "g"], "f": ["b"]])
        #expect(try after(DriveChange(id: "root", item: try item("root", in: "above", isFolder: true))).isEmpty)
    }

    @Test func whatLiesElsewhereIsPassedOver() throws {
        #expect(
            try after(DriveChange(id: "x", item: try item("x", in: "y")), DriveChange(id: "z", item: nil)).count == 3)
    }

    @Test func theLastOfSeveralChangesCounts() throws {
        #expect(
            try after(DriveChange(id: "a", item: nil), DriveChange(id: "a", item: try item("a", in: "f")))["f"] == [
                "a", "b", "g",
            ])
    }
}
