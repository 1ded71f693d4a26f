import Bytes
import Digests
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import adls_put

@Suite struct ProcessedDeliveryTests {
    let fixture: PutFixture
    let key = "89abcdef" + String(repeating: "0", count: 56)
    let folder = "processed/orders/0123456789abcdef-89abcdef"

    init() throws { fixture = try PutFixture() }

    private func part(_ name: String, _ content: String) throws -> JSONValue {
        let path = try fixture.folder.write("parts/\(name)", text: content)
        return .object([
            "path": .string(path), "rows": .integer(3), "bytes": .integer(content.utf8.count),
            "sha256": .string(MessageDigest.hex(.sha256, of: content)),
        ])
    }

    private func line(parts: [String] = ["one", "two"], rejects: String? = "refused") throws -> ManifestLine {
        var line = try fixture.line("workbook")
        var values: [JSONValue] = []
        for (number, content) in parts.enumerated() { values.append(try part("\(number)", content)) }
        line["process"] = .object([
            "key": .string(key), "contract": .object(["id": .string("orders")]), "parts": .array(values),
            "rejects": try rejects.map { try part("rejects", $0) } ?? .null,
        ])
        return line
    }

    private func failedLine() throws -> ManifestLine {
        var line = try fixture.line("workbook")
        line["process"] = .object([
            "key": .string(key),
            "failed": .object(["status": .integer(65), "reason": .string("not a workbook")]),
        ])
        return line
    }

    @Test func partsAndRejectsComeBeforeTheManifest() throws {
        var order: [String] = []
        let store = InterruptedLake { order.append(FileSystem.name(of: $0.location)) }
        var processed = try fixture.processed(store: store)
        let grown = try processed.deliver(try line())
        #expect(order == ["part-0.parquet", "part-1.parquet", "rejects.parquet", "manifest.json"])
        #expect(try fixture.text("\(folder)/part-1.parquet") == "two")
        #expect(try fixture.text("\(folder)/manifest.json") == String(decoding: grown.bytes, as: UTF8.self))
        let url = fixture.lake.appending(folder).url
        #expect(
            grown["processed"]?.array?.map { $0["url"]?.string } == ["\(url)/part-0.parquet", "\(url)/part-1.parquet"])
        let etag = FolderLake.etag(ofSHA256: MessageDigest.hex(.sha256, of: "two"))
        #expect(grown["processed"]?.array?.last?["etag"]?.string == etag)
        #expect(grown.find("process.rejects.url")?.string == "\(url)/rejects.parquet")
        #expect(grown.find("process.rejects.rows")?.integer == 3)
        #expect(grown.find("process.contract.id")?.string == "orders")
    }

    @Test func aManifestThatStandsIsTheResult() throws {
        var first = try fixture.processed()
        let grown = try first.deliver(try line())
        var second = try fixture.processed()
        let again = try line(parts: ["different"], rejects: nil)
        #expect(try second.deliver(again).value == grown.value)
        #expect(try fixture.text("\(folder)/part-0.parquet") == "one")
        #expect(second.standingCount == 1 && second.storedCount == 0)
    }

    @Test func partsOfAKilledRunAreKeptIfTheSameAndElseReplaced() throws {
        try fixture.folder.write("lake/\(folder)/part-0.parquet", text: "one")
        try fixture.folder.write("lake/\(folder)/part-1.parquet", text: "half")
        var processed = try fixture.processed()
        _ = try processed.deliver(try line())
        #expect(try fixture.text("\(folder)/part-1.parquet") == "two")
        #expect(processed.standingCount == 1 && processed.storedCount == 2)
    }

    @Test func aFailureHasOnlyAManifestWhichARetryReplaces() throws {
        var first = try fixture.processed()
        let failed = try first.deliver(try failedLine())
        #expect(try fixture.paths() == ["\(folder)/manifest.json"])
        #expect(failed["processed"] == nil)
        var skipping = try fixture.processed()
        #expect(try skipping.deliver(try line()).value == failed.value)
        var retrying = try fixture.processed(replaces: true)
        let good = try retrying.deliver(try line())
        #expect(good["processed"]?.array?.count == 2)
        #expect(try fixture.text("\(folder)/manifest.json") == String(decoding: good.bytes, as: UTF8.self))
    }

    @Test func anEmptyResultHasNoParts() throws {
        var processed = try fixture.processed()
        let grown = try processed.deliver(try line(parts: [], rejects: nil))
        #expect(grown["processed"] == .array([]))
        #expect(try fixture.paths() == ["\(folder)/manifest.json"])
    }

    @Test func aPartThatIsNotWhatTheLineSaysLeavesNoManifest() throws {
        let line = try line()
        try fixture.folder.write("parts/1", text: "TWO")
        var processed = try fixture.processed()
        #expect { try processed.deliver(line) } throws: { ($0 as? StageFailure)?.status == ExitStatus.badData }
        #expect(try fixture.paths() == ["\(folder)/part-0.parquet"])
    }

    @Test(arguments: ["process.key", "process.parts", "dataset"])
    func aLineThatLacksWhatIsNeededIsRefused(path: String) throws {
        var line = try line()
        if path == "dataset" {
            line["dataset"] = .null
        } else {
            line.update("process", [:])
            var process = line["process"]?.object ?? JSONObject()
            process[String(path.dropFirst(8))] = nil
            line["process"] = .object(process)
        }
        let wrong = line
        var processed = try fixture.processed()
        #expect { try processed.deliver(wrong) } throws: { ($0 as? StageFailure)?.status == ExitStatus.badData }
        #expect(try fixture.paths() == [])
    }

    @Test func aDatasetCannotLeaveTheLake() throws {
        var line = try line()
        line["dataset"] = .string("../../../outside")
        var processed = try fixture.processed()
        _ = try processed.deliver(line)
        #expect(try fixture.paths().allSatisfy { $0.hasPrefix("processed/.._.._.._outside/") })
    }

    @Test func aDeletionPassesUntouched() throws {
        var line = try fixture.line("x")
        line["status"] = .string("deleted")
        var processed = try fixture.processed()
        #expect(try processed.deliver(line).value == line.value)
        #expect(try fixture.paths() == [])
    }
}
