import Contracts
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import clean

@Suite struct RunTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        let schema = "headerMatch: snake, dedupe: {keys: [id, n], keep: first}"
        try folder.write(
            "t.odcs.yaml",
            text: """
                apiVersion: v3.1.0
                kind: DataContract
                id: things
                version: 2.1.0
                status: active
                schema:
                  - name: things
                    physicalType: table
                    logicalType: object
                    customProperties:
                      - {property: cleaning, value: {rulesVersion: 1, \(schema)}}
                    properties:
                \(TestContract.property("id", "VARCHAR(4)", cleaning: "ops: [lower]", extra: "required: true"))
                \(TestContract.property("n", "INTEGER"))
                """)
    }

    /// Runs over lines and says with which status and message it ended.
    private func run(
        _ lines: [String], rejects: String? = nil, limit: RejectLimit? = nil,
        _ change: (inout CleanOptions) -> Void = { _ in }
    ) throws -> (failure: StageFailure?, report: RunReport) {
        let input = try folder.write("in.ndjson", text: lines.map { $0 + "\n" }.joined())
        let contract = try Contract.load(path: folder.file("t.odcs.yaml"))
        let report = RunReport(program: "clean", arguments: [])
        var options = CleanOptions(
            input: input, output: folder.file("out.ndjson"), rejects: rejects.map(folder.file), limit: limit,
            lineLimit: 1 << 16, isReported: true)
        change(&options)
        let run = CleanRun(
            contract: contract, dataset: try contract.dataset(named: nil), options: options,
            log: Log(program: "clean", threshold: .error), report: report)
        do throws(StageFailure) {
            try run.perform()
            return (nil, report)
        } catch {
            return (error, report)
        }
    }

    private func counts(_ report: RunReport) -> [Int?] {
        ["read", "emitted", "rejected", "duplicates", "blank"].map { report.counts[$0]?.integer }
    }

    @Test func `every line is counted once`() throws {
        let (failure, report) = try run(
            [
                "{\"id\":\"a\",\"n\":1}", "{\"id\":\"A\",\"n\":\"1\"}", "", "{\"id\":null}", "{\"id\":\"a\",\"n\":2}",
                "{\"id\":\"b\",\"n\":null}", "{\"id\":\"b\",\"n\":null}",
            ],
            rejects: "r.ndjson")
        #expect(failure == nil)
        #expect(counts(report) == [7, 4, 1, 1, 1])
        #expect(
            try folder.text("out.ndjson").split(separator: "\n") == [
                "{\"id\":\"a\",\"n\":1,\"_extra\":null}", "{\"id\":\"a\",\"n\":2,\"_extra\":null}",
                "{\"id\":\"b\",\"n\":null,\"_extra\":null}", "{\"id\":\"b\",\"n\":null,\"_extra\":null}",
            ])
    }

    @Test func `a refused row does not take its key`() throws {
        let (_, report) = try run(
            ["{\"id\":\"toolong\",\"n\":1}", "{\"id\":\"a\",\"n\":\"x\"}", "{\"id\":\"a\",\"n\":1}"],
            rejects: "r.ndjson")
        #expect(counts(report) == [3, 1, 2, 0, 0])
    }

    @Test func `without a reject stream any refusal withholds the rows`() throws {
        let (failure, report) = try run(["{\"id\":\"a\"}", "{\"id\":null}"])
        #expect(failure?.status == 65)
        #expect(counts(report) == [2, 1, 1, 0, 0])
        #expect(try folder.names() == ["in.ndjson", "t.odcs.yaml"])
    }

    @Test func `within the limit both files appear, beyond it only the rejects`() throws {
        let lines = ["{\"id\":\"a\"}", "{\"id\":null}", "{\"id\":\"b\"}", "{\"id\":\"c\"}"]
        #expect(try run(lines, rejects: "r.ndjson", limit: RejectLimit(argument: "25%")).failure == nil)
        #expect(try folder.names() == ["in.ndjson", "out.ndjson", "r.ndjson", "t.odcs.yaml"])
        try folder.write("out.ndjson", text: "before\n")
        let failure = try run(lines, rejects: "r.ndjson", limit: RejectLimit(argument: "24.99%")).failure
        #expect(failure?.status == 65)
        #expect(try folder.text("out.ndjson") == "before\n")
        #expect(try run(lines, rejects: "r.ndjson", limit: .rows(0)).failure?.status == 65)
        #expect(try run(lines, rejects: "r.ndjson", limit: .rows(1)).failure == nil)
    }

    @Test func `a refused row is told with its cell, reasons and delivery`() throws {
        _ = try run(
            [
                "{\"ID \":\"a\",\"n\":1,\"_source_file\":\"b.xlsx\",\"_source_sheet\":\"My Sheet\",\"_source_row\":2,\"_source_columns\":{\"ID \":\"C\",\"n\":\"AA\"}}",
                "{\"ID \":\"b\",\"n\":\" x\",\"_source_file\":\"b.xlsx\",\"_source_sheet\":\"My Sheet\",\"_source_row\":17}",
                "{\"ID \":\"b\",\"n\":\"x\",\"_source_file\":\"b.xlsx\",\"_source_sheet\":\"Other\",\"_source_row\":3}",
            ], rejects: "r.ndjson"
        ) { $0.delivery = "0123456789abcdef" }
        let lines = try folder.text("r.ndjson").split(separator: "\n").map(String.init)
        #expect(
            lines.first
                == "{\"reject\":1,\"dataset\":\"things\",\"contract_version\":\"2.1.0\",\"delivery\":\"0123456789abcdef\",\"_source_file\":\"b.xlsx\",\"_source_sheet\":\"My Sheet\",\"_source_row\":17,\"line\":2,\"row\":{\"ID \":\"b\",\"n\":\" x\"},\"raw\":null,\"raw_base64\":null,\"errors\":[{\"field\":\"n\",\"code\":\"parse.integer\",\"rule\":\"INTEGER\",\"value\":\" x\",\"message\":\"is no whole number\",\"cell\":\"'My Sheet'!AA17\"}]}"
        )
        // The columns of the other sheet were never told.
        #expect(lines.last?.contains("\"cell\":null") == true)
    }

    @Test func `a line that is no record keeps its text`() throws {
        let (failure, report) = try run(
            ["{\"id\":\"a\",}", "{\"id\":\"\u{1}\"}", String(repeating: "x", count: 70_000)], rejects: "r.ndjson")
        #expect(failure == nil)
        #expect(counts(report) == [3, 0, 3, 0, 0])
        let lines = try folder.text("r.ndjson").split(separator: "\n")
        #expect(lines[0].contains("\"row\":null,\"raw\":\"{\\\"id\\\":\\\"a\\\",}\",\"raw_base64\":null"))
        #expect(lines[2].contains("\"code\":\"json.tooLong\""))
    }

    @Test(arguments: [
        ("unknownColumns: freeze", "{\"id\":\"a\",\"n\":1,\"x\":1}", "x"),
        ("missingColumns: freeze", "{\"id\":\"a\"}", "n"),
    ])
    func `frozen columns end the run`(rule: String, line: String, column: String) throws {
        let text = try folder.text("t.odcs.yaml").replacing("headerMatch: snake", with: "headerMatch: snake, \(rule)")
        try folder.write("t.odcs.yaml", text: text)
        let failure = try run(["{\"id\":\"a\",\"n\":1}", line], rejects: "r.ndjson").failure
        #expect(failure?.status == 65)
        #expect(failure?.message?.contains("line 2") == true)
        #expect(failure?.message?.contains("\"\(column)\"") == true)
        #expect(try folder.names() == ["in.ndjson", "t.odcs.yaml"])
    }

    @Test func `a byte order mark and a missing last line feed are fine`() throws {
        try folder.write("bom.ndjson", text: "\u{FEFF}{\"id\":\"a\"}\r\n{\"id\":\"b\"}")
        let (failure, report) = try run([]) {
            $0.input = folder.file("bom.ndjson")
            $0.output = folder.file("out.ndjson.gz")
        }
        #expect(failure == nil)
        #expect(counts(report) == [2, 2, 0, 0, 0])
    }

    @Test func `references that are missing are counted, or refused where the user says so`() throws {
        try folder.write("ids.ndjson", text: "{\"id\":\"a\",\"x\":1}\n\n{\"x\":1,\"id\":\"b\"}\n{\"id\":null}\n")
        let reference = try #require(ReferenceArgument(argument: "things.id=\(folder.file("ids.ndjson"))"))
        let lines = ["{\"id\":\"A \"}", "{\"id\":\"c\"}", "{\"id\":\"b\"}"]
        let warned = try run(lines) { $0.references = [reference] }
        #expect(warned.failure == nil)
        #expect(warned.report.warnings["fk.missing"]?.integer == 1)
        let refused = try run(lines, rejects: "r.ndjson") {
            $0.references = [reference]
            $0.referenceMisses = .reject
        }
        #expect(counts(refused.report) == [3, 2, 1, 0, 0])
        #expect(try folder.text("r.ndjson").contains("\"code\":\"fk.missing\""))
    }

    @Test func `refused rows can be tried again and are judged alike`() throws {
        let lines = [
            "{\"id\":\"toolong\",\"n\":\"x\",\"z\":1.10,\"_source_file\":\"f\",\"_source_sheet\":\"s\",\"_source_row\":9}",
            "{\"id\":", "{\"id\":\"\u{1}\"}",
            "[1]", "{\"id\":\"a\",\"ID\":\"b\"}",
        ]
        _ = try run(lines, rejects: "r.ndjson")
        let first = try folder.text("r.ndjson")
        try folder.write("again.ndjson", text: first)
        let (failure, report) = try run([], rejects: "r.ndjson") {
            $0.input = folder.file("again.ndjson")
            $0.readsRejects = true
        }
        #expect(failure == nil)
        #expect(counts(report) == [5, 0, 5, 0, 0])
        #expect(try folder.text("r.ndjson") == first)
    }

    @Test func `an input that is no reject stream cannot be tried again`() throws {
        #expect(try run(["{\"id\":\"a\"}"]) { $0.readsRejects = true }.failure?.status == 65)
    }

    @Test func `the report takes digests of what was read and written`() throws {
        let report = try run(["{\"id\":\"a\"}"]).report.document(status: 0, error: nil)
        #expect(report["outputs"]?.array?.first?["sha256"]?.string?.utf8.count == 64)
        #expect(report["inputs"]?.array?.first?["bytes"]?.integer == 11)
    }

    @Test func `threads and blocks change no byte`() throws {
        var random = SeededRandom(seed: 12)
        var lines: [String] = []
        for number in 0..<3000 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0: lines.append("")
            case 1: lines.append("{\"id\":\"much too long\",\"n\":\(number)}")
            case 2: lines.append("{\"id\":\"a\",\"n\":\"x\"")
            case 3: lines.append("{\"n\":\(number),\"extra\(number % 7)\":true,\"id\":\"b\"}")
            case 4: lines.append("{\"id\":\"é \",\"n\":\" \(number % 50) \"}")
            default: lines.append("{\"id\":\"k\(number % 40)\",\"n\":\(number % 60)}")
            }
        }
        var expected: [String] = []
        for (threads, blockBytes) in [(1, 1 << 20), (1, 64), (2, 100), (3, 1000), (8, 4096), (2, 1 << 20)] {
            let (failure, report) = try run(lines, rejects: "r.ndjson") {
                $0.threadCount = threads
                $0.blockByteCount = blockBytes
            }
            #expect(failure == nil)
            let found = [
                try folder.text("out.ndjson"), try folder.text("r.ndjson"), "\(counts(report))",
                report.details["unknown_columns"]?.text ?? "",
            ]
            if expected.isEmpty { expected = found }
            #expect(found == expected)
        }
    }

    @Test(arguments: [1, 4])
    func `a failure in the middle ends all threads and leaves nothing`(threads: Int) throws {
        let text = try folder.text("t.odcs.yaml").replacing(
            "headerMatch: snake", with: "headerMatch: snake, unknownColumns: freeze")
        try folder.write("t.odcs.yaml", text: text)
        let lines = (0..<2000).map { "{\"id\":\"a\",\"n\":\($0)\($0 == 700 || $0 == 1500 ? ",\"x\($0)\":1" : "")}" }
        let failure = try run(lines) {
            $0.threadCount = threads
            $0.blockByteCount = 256
        }.failure
        #expect(failure?.message?.contains("line 701") == true)
        #expect(try folder.names() == ["in.ndjson", "t.odcs.yaml"])
    }
}
