import Bytes
import Digests
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

/// The whole program over several runs, with the records that adls-put would have written in between.
@Suite struct PullProgramTests {
    let folder: TemporaryDirectory
    let program: Program

    init() throws {
        folder = try TemporaryDirectory()
        program = try Program.built("drive-pull")
        try folder.write("drive/Sales/Orders.xlsx", text: "A")
    }

    /// Runs the program and gives its lines; `records` grows by them, as the lake's would.
    private func pull(_ records: inout [JSONValue], _ options: [String] = [], status: Int32 = 0) throws -> [JSONValue] {
        try folder.write("known.ndjson", text: records.reversed().map { $0.text + "\n" }.joined())
        let outcome = try program.run(
            ["file:drive", "--output", "pulled", "--known", "known.ndjson"] + options, in: folder.path)
        #expect(outcome.status == status, "\(outcome.errors)")
        var lines: [JSONValue] = []
        for line in outcome.output.split(separator: "\n") { lines.append(try JSONValue(parsing: Array(line.utf8))) }
        for line in lines where line["status"]?.string != "unchanged" {
            var record = line.object ?? JSONObject()
            record["delivered_at"] = .string(UTCTime(clampingMilliseconds: 1000 + records.count).text)
            records.append(.object(record))
        }
        return lines
    }

    private func status(_ lines: [JSONValue]) -> [String] {
        lines.map { "\($0["file"]?["id"]?.string ?? "?") \($0["status"]?.string ?? "?")" }
    }

    @Test func aNewFileIsDeliveredOnceAndARerunFindsNothing() throws {
        var records: [JSONValue] = []
        let lines = try pull(&records)
        #expect(status(lines) == ["Sales/Orders.xlsx new"])
        #expect(try folder.text("pulled/Sales/Orders.xlsx") == "A")
        let sha256 = MessageDigest.hex(.sha256, of: "A")
        let line = try #require(lines.first)
        #expect(
            line["delivery"]?.string
                == DeliveryRecord.deliveryID(fileID: "Sales/Orders.xlsx", version: sha256, previous: nil))
        #expect(line["path"]?.string == "pulled/Sales/Orders.xlsx")
        #expect(line["file"]?["version"]?.string == sha256)
        #expect(line["file"]?["md5"]?.string == MessageDigest.hex(.md5, of: "A"))
        #expect(line.object?.members.map(\.key) == ["delivery", "dataset", "status", "delivered_at", "file", "path"])
        #expect(
            line["file"]?.object?.members.map(\.key) == [
                "root", "id", "name", "drive_path", "version", "modified_time", "mime_type", "bytes", "md5", "sha256",
            ])
        #expect(try pull(&records) == [])
        let all = try pull(&records, ["--only", "all"])
        #expect(status(all) == ["Sales/Orders.xlsx unchanged"])
        #expect(all[0]["delivery"] == line["delivery"])
        #expect(all[0]["delivered_at"] == records[0]["delivered_at"])
    }

    @Test func aThenBThenAAreThreeDeliveries() throws {
        var records: [JSONValue] = []
        for content in ["A", "B", "A"] {
            try folder.write("drive/Sales/Orders.xlsx", text: content)
            #expect(status(try pull(&records)) == ["Sales/Orders.xlsx new"])
            #expect(try pull(&records) == [])
        }
        #expect(Set(records.map { $0["delivery"]?.string }).count == 3)
    }

    @Test func aFileThatIsDeletedAndRestoredIsDeliveredAnew() throws {
        var records: [JSONValue] = []
        try folder.write("drive/other.xlsx", text: "O")
        _ = try pull(&records)
        unlink(folder.file("drive/Sales/Orders.xlsx"))
        let deletion = try pull(&records)
        #expect(status(deletion) == ["Sales/Orders.xlsx deleted"])
        #expect(deletion[0]["file"]?["version"]?.string == "deleted")
        #expect(deletion[0]["path"]?.isNull == true)
        #expect(try FileSystem.names(in: folder.file("pulled")) == ["other.xlsx"])
        #expect(try pull(&records) == [])
        try folder.write("drive/Sales/Orders.xlsx", text: "A")
        #expect(status(try pull(&records)) == ["Sales/Orders.xlsx new"])
        #expect(Set(records.map { $0["delivery"]?.string }).count == 4)
    }

    @Test func aRenameIsADeletionAndANewFile() throws {
        var records: [JSONValue] = []
        _ = try pull(&records)
        rename(folder.file("drive/Sales/Orders.xlsx"), folder.file("drive/Sales/Renamed.xlsx"))
        #expect(status(try pull(&records)) == ["Sales/Renamed.xlsx new", "Sales/Orders.xlsx deleted"])
    }

    @Test func aFileInThePlaceOfAFolderIsPulled() throws {
        var records: [JSONValue] = []
        _ = try pull(&records)
        unlink(folder.file("drive/Sales/Orders.xlsx"))
        rmdir(folder.file("drive/Sales"))
        try folder.write("drive/Sales", text: "now a file")
        #expect(status(try pull(&records)) == ["Sales new", "Sales/Orders.xlsx deleted"])
        #expect(try folder.text("pulled/Sales") == "now a file")
        unlink(folder.file("drive/Sales"))
        try folder.write("drive/Sales/Orders.xlsx", text: "A")
        #expect(status(try pull(&records)) == ["Sales/Orders.xlsx new", "Sales deleted"])
        #expect(try folder.text("pulled/Sales/Orders.xlsx") == "A")
    }

    @Test func whatIsPulledAlreadyIsNotCopiedAgain() throws {
        var records: [JSONValue] = []
        _ = try pull(&records)
        let before = try RawPath(folder.file("pulled/Sales/Orders.xlsx")).stamp()
        var forgotten: [JSONValue] = []
        #expect(status(try pull(&forgotten)) == ["Sales/Orders.xlsx new"])
        #expect(try RawPath(folder.file("pulled/Sales/Orders.xlsx")).stamp() == before)
        try folder.write("pulled/Sales/Orders.xlsx", text: "?")
        forgotten = []
        _ = try pull(&forgotten)
        #expect(try folder.text("pulled/Sales/Orders.xlsx") == "A")
    }

    @Test func aDryRunBringsNothing() throws {
        var records: [JSONValue] = []
        #expect(status(try pull(&records, ["--dry-run"])) == ["Sales/Orders.xlsx new"])
        #expect(try FileSystem.status(folder.file("pulled")) == nil)
    }

    @Test func anEmptyFolderEndsWith66AndPrintsNothing() throws {
        var records: [JSONValue] = []
        _ = try pull(&records)
        unlink(folder.file("drive/Sales/Orders.xlsx"))
        #expect(try pull(&records, status: 66) == [])
        #expect(status(try pull(&records, ["--allow-empty"])) == ["Sales/Orders.xlsx deleted"])
    }

    @Test func twoAtOnceIntoOneFolderEndWholeOrTurnedAway() throws {
        let bytes = [UInt8](repeating: 0x61, count: 8 << 20)
        for number in 0..<4 { try folder.write("drive/\(number).xlsx", bytes) }
        let arguments = ["file:drive", "--output", "pulled"]
        let running = try (0..<3).map { _ in try program.start(arguments, in: folder.path) }
        let outcomes = try running.map { try $0.wait() }
        #expect(outcomes.contains { $0.status == 0 }, "\(outcomes.map(\.errors))")
        for outcome in outcomes {
            #expect(outcome.status == 0 || outcome.status == ExitStatus.tryAgain, "\(outcome.errors)")
        }
        for number in 0..<4 { #expect(try FileSystem.contents(folder.file("pulled/\(number).xlsx")) == bytes) }
        #expect(try FileSystem.names(in: folder.file("pulled")) == ["0.xlsx", "1.xlsx", "2.xlsx", "3.xlsx", "Sales"])
    }

    @Test func aPullThatIsKilledLeavesNoHalfFileUnderItsNameAndTheNextOneEndsRight() throws {
        var random = SeededRandom(seed: 5)
        let bytes = [UInt8](repeating: 0x61, count: 48 << 20)
        try folder.write("drive/big.xlsx", bytes)
        var killsInFlight = 0
        for _ in 0..<40 where killsInFlight < 4 {
            unlink(folder.file("pulled/big.xlsx"))
            let running = try program.start(["file:drive", "--output", "pulled"], in: folder.path)
            usleep(UInt32.random(in: 10_000...150_000, using: &random))
            running.signal(SIGKILL)
            let outcome = try running.wait()
            if outcome.status == 128 + SIGKILL { killsInFlight += 1 }
            if let status = try FileSystem.status(folder.file("pulled/big.xlsx")) {
                #expect(status.byteCount == bytes.count, "seed 5")
            }
        }
        #expect(killsInFlight == 4)
        var records: [JSONValue] = []
        #expect(status(try pull(&records)) == ["Sales/Orders.xlsx new", "big.xlsx new"])
        #expect(try FileSystem.contents(folder.file("pulled/big.xlsx")) == bytes)
        #expect(try FileSystem.names(in: folder.file("pulled")) == ["Sales", "big.xlsx"])
    }

    @Test func unreadableFilesAreToldAndTheOthersBrought() throws {
        try folder.write("drive/open.xlsx", text: "O")
        // Root may read everything that can be read at all; this cannot.
        symlink("/proc/self/mem", folder.file("drive/odd.xlsx"))
        var records: [JSONValue] = []
        let lines = try pull(&records, status: 74)
        #expect(status(lines) == ["Sales/Orders.xlsx new", "open.xlsx new"])
    }

    @Test func contractsNameTheDatasetAndAContradictionIsTold() throws {
        func contract(_ dataset: String, _ glob: String) -> String {
            """
            apiVersion: v3.1.0
            kind: DataContract
            id: \(dataset)
            version: 1.0.0
            status: active
            schema:
              - name: \(dataset)
                properties:
                  - name: a
                    logicalType: string
                    physicalType: VARCHAR
                customProperties:
                  - property: source
                    value: {files: ["\(glob)"]}
            """
        }
        try folder.write("contracts/orders.odcs.yaml", text: contract("orders", "**/orders*"))
        try folder.write("drive/notes.txt", text: "N")
        var records: [JSONValue] = []
        let lines = try pull(&records, ["--contracts", "contracts"])
        #expect(lines.map { $0["dataset"] } == [.string("orders"), .null])
        try folder.write("contracts/sales.odcs.yaml", text: contract("sales", "Sales/**"))
        records = []
        #expect(try pull(&records, ["--contracts", "contracts"], status: 78) == [])
    }
}
