import Bytes
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import drive_pull

@Suite struct PullStateTests {
    let folder: TemporaryDirectory
    let path: String
    let log = Log(program: "test", threshold: .error)

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("state.ndjson")
    }

    private func item(_ id: String) throws -> DriveItem {
        try DriveItem(
            .object([
                "id": .string(id), "name": .string("\(id)\n\""), "mimeType": .string("text/csv"),
                "version": .string("1"),
                "modifiedTime": .string("2026-01-02T03:04:05.678Z"),
            ]))
    }

    private func source(_ token: String) throws -> PullState.Source {
        var source = PullState.Source(account: "a@b", drive: nil, token: token)
        source.folders.keep([try item("1"), try item("2")], of: "root")
        source.folders.keep([], of: "empty")
        source.order = ["empty", "root"]
        return source
    }

    private func content(_ id: String) -> PullState.Pulled {
        PullState.Pulled(id: id, version: "v", path: "out/\(id)", byteCount: 3, md5: "m", sha256: "s")
    }

    @Test func whatIsSavedIsRead() throws {
        let state = PullState.load(path, log: log)
        try state.note(content("1"))
        try state.note(content("gone"))
        try state.save(["drive:a": try source("t"), "drive:b": try source("u")], keeping: ["1"])
        let again = PullState.load(path, log: log)
        #expect(again.source("drive:a") == (try source("t")))
        #expect(again.source("drive:b") == (try source("u")))
        #expect(again.pulled("1") == content("1"))
        #expect(again.pulled("gone") == nil)
        try again.save(["drive:a": try source("v")], keeping: [])
        #expect(PullState.load(path, log: log).source("drive:b") == (try source("u")))
    }

    @Test func aContentIsRememberedAtOnceAndALineThatAKillCutIsNot() throws {
        let state = PullState.load(path, log: log)
        for id in ["1", "2", "3"] { try state.note(content(id)) }
        let text = try folder.text("state.ndjson")
        try folder.write("state.ndjson", text: String(text.dropLast(5)))
        let cut = PullState.load(path, log: log)
        #expect(cut.pulled("2") == content("2"))
        #expect(cut.pulled("3") == nil)
        try cut.note(content("4"))
        let mended = PullState.load(path, log: log)
        #expect(mended.pulled("2") == content("2"))
        #expect(mended.pulled("4") == content("4"))
    }

    @Test func aFileThatLacksALineIsNotBelieved() throws {
        let state = PullState.load(path, log: log)
        try state.save(["drive:a": try source("t")], keeping: [])
        let lines = try folder.text("state.ndjson").split(separator: "\n")
        for left in lines.indices.dropFirst(1) {
            var rest = lines
            rest.remove(at: left)
            try folder.write("state.ndjson", text: rest.map { "\($0)\n" }.joined())
            #expect(PullState.load(path, log: log).source("drive:a") == nil, "without line \(left + 1)")
        }
    }

    @Test func withoutAPathNothingIsKept() throws {
        let state = PullState.load(nil, log: log)
        try state.note(content("1"))
        try state.save(["drive:a": try source("t")], keeping: ["1"])
        #expect(!state.isKept)
        #expect(try FileSystem.names(in: folder.path).isEmpty)
    }
}
