import Bytes
import Digests
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import adls_put

/// The program as it runs: killed in the middle, twice at once, at limits.
@Suite struct PutProgramTests {
    static let bigFileBytes = 48 << 20
    static let killCount = 8

    let fixture: PutFixture
    let program: Program

    init() throws {
        fixture = try PutFixture()
        program = try Program.built("adls-put")
    }

    private func run(_ arguments: [String], input: String = "") throws -> Program.Outcome {
        try program.run(arguments, in: fixture.folder.path, input: input)
    }

    private func writeManifest(_ lines: [ManifestLine]) throws {
        try fixture.folder.write("manifest.ndjson", lines.flatMap(\.bytes))
    }

    private let rawArguments = ["--to", "file:lake", "--as", "raw", "--manifest", "manifest.ndjson"]

    /// All names in the lake's folders, temporaries too.
    private func allNames(_ folder: String) throws -> [String] {
        var names: [String] = []
        for name in try FileSystem.names(in: folder) {
            let path = FileSystem.join(folder, name)
            let isFolder = try FileSystem.status(path)?.isDirectory == true
            names += isFolder ? try allNames(path) : [name]
        }
        return names
    }

    /// Waits until the program writes into the lake; false if it never did.
    private func waitForTemporary(_ running: RunningProgram) throws -> Bool {
        let lake = fixture.folder.file("lake")
        var before: Set<String> = []
        if try FileSystem.status(lake) != nil { before = Set(try allNames(lake)) }
        for _ in 0..<5_000 {
            if try FileSystem.status(lake) != nil {
                let names = try allNames(lake)
                if names.contains(where: { $0.hasPrefix(".sluice-") && !before.contains($0) }) { return true }
            }
            usleep(1_000)
        }
        return false
    }

    @Test func aPutThatIsKilledIsWholeOrAbsentAndTheNextRunEndsRight() throws {
        var random = SeededRandom(seed: 6)
        let content = String(repeating: "0123456789abcdef", count: Self.bigFileBytes / 16)
        try writeManifest([try fixture.line(content)])
        let sha256 = MessageDigest.hex(.sha256, of: content)
        let raw = "lake/raw/orders/2018/01/31/Orders.0123456789abcdef.xlsx"
        var killsInFlight = 0
        var attempts = 0
        while killsInFlight < Self.killCount, attempts < Self.killCount * 20 {
            attempts += 1
            for name in [raw, "lake/_deliveries/0123456789abcdef.json"] { unlink(fixture.folder.file(name)) }
            let running = try program.start(rawArguments, in: fixture.folder.path)
            _ = try waitForTemporary(running)
            usleep(UInt32.random(in: 0...150_000, using: &random))
            running.signal(SIGKILL)
            if try running.wait().status == 128 + SIGKILL { killsInFlight += 1 }
            let standing = try FileSystem.status(fixture.folder.file(raw))
            if standing != nil {
                let found = try MessageDigest.hex(.sha256, of: try DescriptorSource(path: fixture.folder.file(raw)))
                #expect(found.hex == sha256, "seed 6, attempt \(attempts)")
            }
            if try FileSystem.status(fixture.folder.file("lake/_deliveries/0123456789abcdef.json")) != nil {
                #expect(standing != nil, "seed 6, attempt \(attempts): a record without its bytes")
            }
        }
        #expect(killsInFlight == Self.killCount)
        #expect(try run(rawArguments).status == 0)
        #expect(
            try FolderLake().inspect(fixture.lake.appending(String(raw.dropFirst(5))), withSHA256: true).digests.sha256
                == sha256)
        let swept = try run(["--delete-temp", "file:lake/", "--older-than", "0"])
        #expect(swept.status == 0, "\(swept.errors)")
        #expect(
            try allNames(fixture.folder.file("lake")).sorted() == [
                "0123456789abcdef.json", "Orders.0123456789abcdef.xlsx",
            ])
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aSignalLeavesNoTemporary(number: Int32) throws {
        try fixture.folder.write("big", [UInt8](repeating: 0x61, count: Self.bigFileBytes))
        var status: Int32 = 0
        for _ in 0..<20 where status != 128 + number {
            unlink(fixture.folder.file("lake/big"))
            let running = try program.start(["big", "--to", "file:lake/big"], in: fixture.folder.path)
            #expect(try waitForTemporary(running))
            running.signal(number)
            status = try running.wait().status
        }
        #expect(status == 128 + number)
        #expect(try FileSystem.names(in: fixture.folder.file("lake")) == [])
    }

    @Test func theSameManifestTwiceAtOnceGivesOneRecordEach() throws {
        let lines = try (0..<30).map { number in
            try fixture.line("content \(number)", name: "f\(number).xlsx", delivery: "00000000000000\(10 + number)")
        }
        try writeManifest(lines)
        let both = try [0, 1, 2].map { _ in try program.start(rawArguments, in: fixture.folder.path) }
        let outcomes = try both.map { try $0.wait() }
        #expect(outcomes.allSatisfy { $0.status == 0 }, "\(outcomes.map(\.errors))")
        #expect(outcomes[0].output == outcomes[1].output)
        #expect(outcomes[1].output == outcomes[2].output)
        #expect(try run(["--cat", "file:lake/_deliveries/"]).output.split(separator: "\n").count == 30)
        #expect(try allNames(fixture.folder.file("lake")).count == 60)
    }

    @Test func aFileBeyondTheSystemsLimitIsToldAndLeavesNothing() throws {
        try fixture.folder.write("big", [UInt8](repeating: 0x61, count: 1 << 20))
        let limited = try Program("/bin/sh").run(
            ["-c", "ulimit -f 64; exec \"$0\" \"$@\"", try programPath(), "big", "--to", "file:lake/big"],
            in: fixture.folder.path)
        #expect(limited.status == ExitStatus.localIO)
        #expect(limited.errors.contains("write: File too large"))
        #expect(try FileSystem.names(in: fixture.folder.file("lake")) == [])
    }

    @Test func aFullOutputIsAFailure() throws {
        try fixture.folder.write("lake/x", text: "content")
        for mode in ["--cat file:lake/x", "--list file:lake/", "x --to file:lake/y"] {
            try fixture.folder.write("x", text: "x")
            let outcome = try Program("/bin/sh").run(
                ["-c", "\"$0\" \(mode) > /dev/full", try programPath()], in: fixture.folder.path)
            #expect(outcome.status == ExitStatus.localIO, "\(mode): \(outcome.errors)")
        }
    }

    @Test func aReaderThatWentAwayIs141() throws {
        try fixture.folder.write("lake/x", [UInt8](repeating: 0x61, count: 4 << 20))
        let outcome = try Program("/bin/bash").run(
            ["-c", "\"$0\" --cat file:lake/x | head -c 1; echo \" ${PIPESTATUS[0]}\"", try programPath()],
            in: fixture.folder.path)
        #expect(outcome.output == "a 141\n")
        #expect(outcome.errors == "")
    }

    @Test func oneWrongLineDoesNotStopTheOthers() throws {
        let lines = try ["00000000000000aa", "00000000000000bb", "00000000000000cc"].map {
            try fixture.line($0, name: "\($0).xlsx", delivery: $0)
        }
        try writeManifest(lines)
        unlink(fixture.folder.file("pulled/00000000000000bb"))
        let outcome = try run(rawArguments + ["--report", "report.json"])
        #expect(outcome.status == ExitStatus.noInput)
        #expect(outcome.output.split(separator: "\n").count == 2)
        #expect(outcome.errors.contains("1 of 3 lines failed"))
        let report = try JSONValue(parsing: try FileSystem.contents(fixture.folder.file("report.json")))
        #expect(report["counts"]?["failed"]?.integer == 1)
        #expect(report["counts"]?["records"]?.integer == 2)
        #expect(report["exit_status"]?.integer == 66)
    }

    private func programPath() throws -> String {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes {
            readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped, $0.count)
        }
        let bundle = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        return FileSystem.join(FileSystem.parent(of: bundle), "adls-put")
    }
}
