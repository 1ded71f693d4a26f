import Bytes
import Digests
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import adls_put

@Suite struct RawDeliveryTests {
    let fixture: PutFixture
    let rawPath = "raw/orders/2018/01/31/Orders.0123456789abcdef.xlsx"
    let recordPath = "_deliveries/0123456789abcdef.json"

    init() throws { fixture = try PutFixture() }

    @Test func bytesAndRecordAreStoredAndTheLineGrows() throws {
        var raw = try fixture.raw()
        let line = try fixture.line("workbook")
        let grown = try raw.deliver(line)
        #expect(try fixture.paths() == [recordPath, rawPath])
        #expect(try fixture.text(rawPath) == "workbook")
        #expect(try fixture.text(recordPath) == String(decoding: grown.bytes, as: UTF8.self))
        var expected = line
        expected["delivered_at"] = .string("2026-11-25T10:00:00.000Z")
        let etag = FolderLake.etag(ofSHA256: MessageDigest.hex(.sha256, of: "workbook"))
        expected["raw"] = .object([
            "url": .string(fixture.lake.appending(rawPath).url), "etag": .string(etag),
        ])
        #expect(grown.value == expected.value)
        #expect(grown.value.text.hasSuffix(#""unknown":[1.50],"raw":\#(expected["raw"]?.text ?? "")}"#))
    }

    @Test func aRecordThatStandsIsTheDelivery() throws {
        var first = try fixture.raw()
        let grown = try first.deliver(try fixture.line("workbook"))
        var later = try fixture.raw(now: "2027-01-01T00:00:00.000Z")
        var again = try fixture.line("workbook")
        unlink(fixture.folder.file("pulled/0123456789abcdef"))
        again["path"] = .string("elsewhere")
        #expect(try later.deliver(again).value == grown.value)
        #expect(later.standingCount == 1 && later.storedCount == 0 && later.recordCount == 0)
    }

    @Test func rawBytesWithoutARecordWinAndTheirHashIsRecorded() throws {
        try fixture.folder.write("lake/\(rawPath)", text: "another export")
        var raw = try fixture.raw()
        let grown = try raw.deliver(try fixture.line("workbook"))
        #expect(try fixture.text(rawPath) == "another export")
        let bytes = Array("another export".utf8)
        #expect(grown.find("file.sha256")?.string == MessageDigest.hex(.sha256, of: bytes))
        #expect(grown.find("file.md5")?.string == MessageDigest.hex(.md5, of: bytes))
        #expect(grown.find("file.bytes")?.integer == bytes.count)
        // The version is what the source says, and what the delivery's id was made of.
        #expect(grown.find("file.version")?.string == MessageDigest.hex(.sha256, of: "workbook"))
        #expect(raw.recordCount == 1 && raw.storedCount == 0)
        #expect(fixture.report.warnings["raw.stands"]?.integer == 1)
    }

    @Test(arguments: [
        ("2026-11-25T09:59:59.999Z", "2026-11-25T10:00:00.001Z"),
        ("2026-11-25T10:00:00.000Z", "2026-11-25T10:00:00.001Z"),
        ("2026-11-25T10:00:00.001Z", "2026-11-25T10:00:00.001Z"),
        ("2026-11-25T11:00:00.000Z", "2026-11-25T11:00:00.000Z"),
    ])
    func deliveredAtIsLaterThanThePreviousRecordsWhateverTheClock(now: String, expected: String) throws {
        var first = try fixture.raw(now: "2026-11-25T10:00:00.000Z")
        _ = try first.deliver(try fixture.line("one", delivery: "00000000000000aa"))
        _ = try first.deliver(try fixture.line("other", name: "Other.xlsx", delivery: "00000000000000bb"))
        var second = try fixture.raw(now: now)
        let grown = try second.deliver(try fixture.line("two", delivery: "00000000000000cc"))
        #expect(grown["delivered_at"]?.string == expected)
    }

    @Test func deliveriesOfOneFileInOneRunFollowEachOther() throws {
        var raw = try fixture.raw()
        let first = try raw.deliver(try fixture.line("one", delivery: "00000000000000aa"))
        let second = try raw.deliver(try fixture.line("two", delivery: "00000000000000bb"))
        #expect(first["delivered_at"]?.string == "2026-11-25T10:00:00.000Z")
        #expect(second["delivered_at"]?.string == "2026-11-25T10:00:00.001Z")
    }

    @Test func aDeletionHasARecordAndNoBytes() throws {
        var line = try fixture.line("x")
        line["status"] = .string("deleted")
        line["path"] = .null
        line.update("file", ["version": .string("deleted"), "modified_time": .null, "bytes": .null, "sha256": .null])
        var raw = try fixture.raw()
        let grown = try raw.deliver(line)
        #expect(try fixture.paths() == [recordPath])
        #expect(grown["raw"] == nil)
        #expect(grown["delivered_at"]?.string == "2026-11-25T10:00:00.000Z")
    }

    @Test func anUnchangedFilePassesUntouched() throws {
        var line = try fixture.line("x")
        line["status"] = .string("unchanged")
        var raw = try fixture.raw()
        #expect(try raw.deliver(line).value == line.value)
        #expect(try fixture.paths() == [])
    }

    @Test func aFileOfNoContractLiesUnderUnmatched() throws {
        var raw = try fixture.raw()
        _ = try raw.deliver(try fixture.line("x", name: "notes", dataset: nil))
        #expect(try fixture.paths() == [recordPath, "raw/_unmatched/2018/01/31/notes.0123456789abcdef"])
    }

    @Test func aPulledFileThatHasChangedIsNotStored() throws {
        let line = try fixture.line("workbook")
        try fixture.folder.write("pulled/0123456789abcdef", text: "WORKBOOK")
        var raw = try fixture.raw()
        #expect { try raw.deliver(line) } throws: { ($0 as? StageFailure)?.status == ExitStatus.badData }
        unlink(fixture.folder.file("pulled/0123456789abcdef"))
        #expect { try raw.deliver(line) } throws: { ($0 as? StageFailure)?.status == ExitStatus.noInput }
        #expect(try fixture.paths() == [])
    }

    @Test func whoeverWritesTheRecordFirstDecidesIt() throws {
        let folder = fixture.folder
        let (recordPath, line) = (recordPath, try fixture.line("workbook"))
        var other = line
        other["delivered_at"] = .string("2020-01-01T00:00:00.000Z")
        let theirs = other
        let store = InterruptedLake { address throws(LakeError) in
            guard address.location.hasSuffix(recordPath) else { return }
            _ = try? folder.write("lake/\(recordPath)", theirs.bytes)
        }
        var raw = try fixture.raw(store: store)
        #expect(try raw.deliver(line)["delivered_at"]?.string == "2020-01-01T00:00:00.000Z")
        #expect(raw.recordCount == 0)
    }

    @Test func aCrashBetweenBytesAndRecordIsMadeGoodByTheNextRun() throws {
        let line = try fixture.line("workbook")
        let store = InterruptedLake { address throws(LakeError) in
            if address.location.contains("_deliveries") { throw .lake(.system(call: "write", path: "x", code: ENOSPC)) }
        }
        var raw = try fixture.raw(store: store)
        #expect { try raw.deliver(line) } throws: { ($0 as? StageFailure)?.status == ExitStatus.localIO }
        #expect(try fixture.paths() == [rawPath])
        var next = try fixture.raw()
        let grown = try next.deliver(line)
        #expect(try fixture.paths() == [recordPath, rawPath])
        #expect(grown.find("file.sha256")?.string == MessageDigest.hex(.sha256, of: "workbook"))
    }

    @Test(arguments: [
        ("delivery", "0123"), ("delivery", "0123456789ABCDEF"), ("delivery", "../../../../etc/p"), ("status", "gone"),
    ])
    func aLineThatIsNoDeliveryIsRefused(key: String, value: String) throws {
        var line = try fixture.line("x")
        line[key] = .string(value)
        let wrong = line
        var raw = try fixture.raw()
        #expect { try raw.deliver(wrong) } throws: { ($0 as? StageFailure)?.status == ExitStatus.badData }
        #expect(try fixture.paths() == [])
    }

    @Test(arguments: ["file.id", "file.root", "file.version", "file.modified_time", "file.sha256", "path"])
    func aLineThatLacksWhatARecordNeedsLeavesNoRecord(path: String) throws {
        var line = try fixture.line("x")
        if path == "path" { line["path"] = nil } else { line.update("file", [:]) }
        if path != "path" {
            var file = line["file"]?.object ?? JSONObject()
            file[String(path.dropFirst(5))] = nil
            line["file"] = .object(file)
        }
        let wrong = line
        var raw = try fixture.raw()
        #expect { try raw.deliver(wrong) } throws: { ($0 as? StageFailure)?.status == ExitStatus.badData }
        #expect(try fixture.paths().allSatisfy { !$0.hasPrefix("_deliveries") })
    }

    @Test func aDryRunStoresNothing() throws {
        var raw = try fixture.raw(isDryRun: true)
        let grown = try raw.deliver(try fixture.line("x"))
        #expect(grown.find("raw.url")?.string == fixture.lake.appending(rawPath).url)
        #expect(grown["delivered_at"]?.isNull == true)
        #expect(try fixture.paths() == [])
    }
}
