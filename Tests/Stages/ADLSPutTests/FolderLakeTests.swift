import Bytes
import Digests
import Glibc
import TestSupport
import Testing

@testable import adls_put

@Suite struct FolderLakeTests {
    let folder: TemporaryDirectory
    let lake: LakeAddress
    let store = FolderLake()

    init() throws {
        folder = try TemporaryDirectory()
        lake = LakeAddress(scheme: .file, location: folder.file("lake"))
    }

    private func put(
        _ text: String, _ path: String, _ condition: PutCondition = .ifAbsent
    ) throws(LakeError) -> PutOutcome {
        try store.put(.bytes(Array(text.utf8)), at: lake.appending(path), when: condition)
    }

    private func paths() throws -> [String] { try store.files(below: lake).map(\.path) }

    @Test func aNameThatIsFreeIsTakenAndATakenOneStands() throws {
        let object = try #require(try put("one", "a/b/c").object)
        #expect(object.digests.byteCount == 3)
        #expect(object.etag == "\"\(MessageDigest.hex(.sha256, of: "one").prefix(32))\"")
        #expect(try put("two", "a/b/c").object == nil)
        #expect(try folder.text("lake/a/b/c") == "one")
        #expect(try store.inspect(lake.appending("a/b/c"), withSHA256: false) == object)
        #expect(try put("two", "a/b/c", .always).object != nil)
        #expect(try folder.text("lake/a/b/c") == "two")
        #expect(try FileSystem.names(in: folder.file("lake/a/b")) == ["c"])
    }

    @Test func aTagDecidesWhetherTheContentIsReplaced() throws {
        let object = try #require(try put("one", "x").object)
        #expect(try put("two", "x", .ifMatch(object.etag)).object != nil)
        let url = lake.appending("x").url
        let now = try store.inspect(lake.appending("x"), withSHA256: false).etag
        #expect(throws: LakeError.tagDiffers(url: url, expected: object.etag, found: now)) {
            try put("three", "x", .ifMatch(object.etag))
        }
        #expect(throws: LakeError.tagDiffers(url: lake.appending("y").url, expected: "\"0\"", found: nil)) {
            try put("three", "y", .ifMatch("\"0\""))
        }
        #expect(try folder.text("lake/x") == "two")
        #expect(try folder.names() == ["lake"])
        #expect(try FileSystem.names(in: folder.file("lake")) == ["x"])
    }

    @Test func aFolderIsDeletedWithoutFollowingLinks() throws {
        _ = try folder.write("kept", text: "kept")
        _ = try put("one", "a/b/c")
        _ = try put("two", "a/d")
        symlink(folder.file("kept"), folder.file("lake/a/link"))
        symlink(folder.path, folder.file("lake/a/ring"))
        let names = ["a/b/c", "a/d", "a/link", "a/ring"].map { lake.appending($0) }
        #expect(try store.delete(lake.appending("a/"), dryRun: true) == names)
        #expect(try folder.text("lake/a/b/c") == "one")
        #expect(try store.delete(lake.appending("a"), dryRun: false) == names)
        #expect(try FileSystem.names(in: folder.file("lake")).isEmpty)
        #expect(try folder.text("kept") == "kept")
        #expect(try store.delete(lake.appending("a"), dryRun: false).isEmpty)
        _ = try put("one", "x")
        #expect(try store.delete(lake.appending("x/"), dryRun: false).isEmpty)
        #expect(try store.delete(lake.appending("x"), dryRun: false) == [lake.appending("x")])
    }

    @Test func aContentThatIsNotAsExpectedIsNotStored() throws {
        let path = try folder.write("local", text: "abc")
        for (bytes, sha256) in [(4, nil), (nil, String(repeating: "0", count: 64))] as [(Int?, String?)] {
            #expect(throws: LakeError.self) {
                try store.put(
                    .file(path: path, expectedBytes: bytes, expectedSHA256: sha256), at: lake.appending("x"),
                    when: .always)
            }
        }
        #expect(throws: LakeError.io(.system(call: "open", path: "nowhere", code: ENOENT), source: true)) {
            try store.put(
                .file(path: "nowhere", expectedBytes: nil, expectedSHA256: nil), at: lake.appending("x"), when: .always)
        }
        #expect(try FileSystem.names(in: folder.file("lake")) == [])
    }

    @Test func aFolderIsNoFile() throws {
        _ = try put("one", "a/b")
        #expect(throws: LakeError.isFolder(url: lake.appending("a").url)) { try put("x", "a", .always) }
        #expect(throws: LakeError.isFolder(url: lake.appending("a").url)) { try store.open(lake.appending("a")) }
        #expect(throws: LakeError.notFound(url: lake.appending("n").url)) { try store.open(lake.appending("n")) }
    }

    @Test func listingIsInByteOrderWithoutTemporaries() throws {
        for path in ["b", "a/z", "a.b", "a/é", "é/x", ".sluice-0123456789abcdef.tmp", ".hidden"] {
            try folder.write("lake/\(path)", text: path)
        }
        #expect(try paths() == [".hidden", "a.b", "a/z", "a/é", "b", "é/x"])
        #expect(
            try store.files(below: lake.appending("a/")).map(\.address.url)
                == ["a/z", "a/é"].map { lake.appending($0).url })
        #expect(try store.files(below: lake.appending("nothing/")).isEmpty)
    }

    @Test func onlyOneOfManyAtOnceTakesAName() async throws {
        let (store, lake) = (store, lake)
        for round in 0..<20 {
            let address = lake.appending("round/\(round)")
            let winners = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let outcome = try store.put(.bytes(Array("\(number)".utf8)), at: address, when: .ifAbsent)
                        if case .stored = outcome { return 1 }
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(winners == 1)
        }
        #expect(try FileSystem.names(in: folder.file("lake/round")).count == 20)
    }

    @Test func aComparisonAndItsReplacementAreOneStep() async throws {
        let (store, address) = (store, lake.appending("counter"))
        _ = try put("0", "counter")
        let added = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { try Self.increments(at: address, in: store, attempts: 10) }
            }
            return try await group.reduce(0, +)
        }
        #expect(added > 0)
        #expect(try folder.text("lake/counter") == String(added))
    }

    /// Adds one as often as nobody else did in between; says how often.
    private static func increments(
        at address: LakeAddress, in store: FolderLake, attempts: Int
    ) throws -> Int {
        var added = 0
        for _ in 0..<attempts {
            let bytes = try FileSystem.contents(of: try store.open(address))
            let value = Int(String(decoding: bytes, as: UTF8.self)) ?? -1
            let etag = FolderLake.etag(ofSHA256: MessageDigest.hex(.sha256, of: bytes))
            do throws(LakeError) {
                _ = try store.put(.bytes(Array("\(value + 1)".utf8)), at: address, when: .ifMatch(etag))
                added += 1
            } catch {
                guard case .tagDiffers = error else { throw error }
            }
        }
        return added
    }

    @Test func withoutHardLinksANameIsStillTakenOnce() throws {
        try folder.write("lake/x", text: "stands")
        var second = try TemporaryFile(inFolder: folder.file("lake"))
        _ = try second.fill(from: .bytes([0x61]))
        #expect(try !second.publishWithoutLinks(as: folder.file("lake/x")))
        #expect(try second.publishWithoutLinks(as: folder.file("lake/y")))
        #expect(try folder.text("lake/x") == "stands")
        #expect(try folder.text("lake/y") == "a")
    }

    @Test func onlyOldTemporariesThatNobodyWritesAreSwept() throws {
        try folder.write("lake/a/.sluice-00000000000000aa.tmp", text: "old")
        try folder.write("lake/.sluice-00000000000000bb.tmp", text: "young")
        try folder.write("lake/kept.tmp", text: "other")
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: 1, tv_nsec: 0)]
        utimensat(AT_FDCWD, folder.file("lake/a/.sluice-00000000000000aa.tmp"), &times, 0)
        let writing = try TemporaryFile(inFolder: folder.file("lake/a"))
        utimensat(AT_FDCWD, writing.path, &times, 0)
        let old = lake.appending("a/.sluice-00000000000000aa.tmp")
        #expect(try store.deleteTemporaries(below: lake, olderThanSeconds: 3600, dryRun: true) == [old])
        #expect(try store.deleteTemporaries(below: lake, olderThanSeconds: 3600, dryRun: false) == [old])
        #expect(try store.deleteTemporaries(below: lake, olderThanSeconds: 3600, dryRun: false) == [])
        #expect(try FileSystem.names(in: folder.file("lake")) == [".sluice-00000000000000bb.tmp", "a", "kept.tmp"])
        #expect(try FileSystem.names(in: folder.file("lake/a")).count == 1)
        _ = writing.path
    }

    @Test func aRingOfLinksInTheLakeIsAnError() throws {
        try folder.write("lake/a/x", text: "x")
        symlink(".", folder.file("lake/a/ring"))
        #expect(throws: LakeError.self) { try store.files(below: lake) }
    }

    @Test func aLockIsHeldOnceAndFreeAfterRelease() throws {
        let address = lake.appending("_state/run")
        let first = try store.acquireLease(at: address)
        #expect(throws: LakeError.held(url: address.url, holder: "another process")) {
            try store.acquireLease(at: address)
        }
        try first.release()
        let second = try store.acquireLease(at: address)
        #expect(throws: LakeError.self) { try store.acquireLease(at: address) }
        _ = second.inheritableDescriptor
        _ = first.inheritableDescriptor
    }
}
