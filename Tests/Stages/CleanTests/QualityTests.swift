import Contracts
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import clean

@Suite struct QualityTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Runs over lines with rules on the schema object and on column `v`.
    private func run(
        _ lines: [String], schema: String = "", rules: String = "", columnRules: String = "", unique: Bool = false,
        policy: QualityPolicy = .fail
    ) throws -> (failure: StageFailure?, quality: [JSONValue], names: [String]) {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: t
            version: 1.0.0
            status: active
            schema:
              - name: t
                physicalType: table
                logicalType: object
                quality: [\(rules)]
                customProperties: [{property: cleaning, value: {rulesVersion: 1\(schema)}}]
                properties:
                  - {name: k, logicalType: integer, physicalType: BIGINT, unique: \(unique)}
                  - {name: v, logicalType: string, physicalType: VARCHAR, quality: [\(columnRules)]}
            """
        let contract = try Contract.parse(Array(text.utf8), name: "t.odcs.yaml")
        let dataset = try contract.dataset(named: nil)
        let report = RunReport(program: "clean", arguments: [])
        let options = CleanOptions(
            input: try folder.write("in.ndjson", text: lines.map { $0 + "\n" }.joined()),
            output: folder.file("out.ndjson"),
            rejects: folder.file("r.ndjson"), qualityPolicy: policy)
        var failure: StageFailure?
        do throws(StageFailure) {
            try CleanRun(
                contract: contract, dataset: dataset, options: options,
                log: Log(program: "clean", threshold: .error), report: report
            ).perform()
        } catch {
            failure = error
        }
        return (failure, report.details["quality"]?.array ?? [], try folder.names())
    }

    private let rows = [
        "{\"k\":1,\"v\":\"a\"}", "{\"k\":2,\"v\":null}", "{\"k\":1,\"v\":\"-\"}", "{\"k\":null,\"v\":\"b\"}",
    ]

    @Test(arguments: [
        ("{id: q, metric: rowCount, mustBeGreaterThan: 0}", "4", true),
        ("{id: q, metric: rowCount, mustBe: 5}", "4", false),
        ("{id: q, metric: nullValues, mustBe: 1, arguments: {properties: [v]}}", "1", true),
        ("{id: q, metric: nullValues, mustBeLessThan: 25, unit: percent, arguments: {properties: [v]}}", "25", false),
        ("{id: q, metric: duplicateValues, mustBe: 0, arguments: {properties: [k]}}", "1", false),
        (
            "{id: q, metric: duplicateValues, mustBeLessOrEqualTo: 25, unit: percent, arguments: {properties: [k]}}",
            "25", true
        ),
        ("{id: q, metric: duplicateValues, mustBe: 0, arguments: {properties: [k, v]}}", "0", true),
    ])
    func `rules over all rows are measured`(rule: String, value: String, passes: Bool) throws {
        let result = try run(rows, rules: rule)
        #expect(result.quality.first?["value"] == .number(value))
        #expect(result.quality.first?["verdict"] == .string(passes ? "passed" : "failed"))
        #expect(result.failure?.status == (passes ? nil : 65))
        #expect(result.names.contains("out.ndjson") == passes)
        #expect(result.names.contains("r.ndjson"))
    }

    @Test(arguments: [
        ("{id: q, metric: missingValues, mustBe: 0, arguments: {missingValues: ['-']}}", "1"),
        ("{id: q, metric: invalidValues, mustBeLessThan: 1, arguments: {validValues: [a]}}", "2"),
        ("{id: q, metric: invalidValues, mustBeLessThan: 1, arguments: {pattern: '^[a-z]$'}}", "1"),
    ])
    func `rules about values count rows`(rule: String, value: String) throws {
        let result = try run(rows, columnRules: rule)
        #expect(result.quality.first?["value"] == .number(value))
        #expect(result.failure?.status == 65)
    }

    @Test func `an empty input breaks a rule about the number of rows`() throws {
        let rule = "{id: rows, metric: rowCount, mustBeGreaterThan: 0}"
        #expect(try run([], rules: rule).failure?.message?.contains("rows") == true)
        #expect(try run([], rules: rule, policy: .warn).failure == nil)
        #expect(
            try run([], rules: "{id: rows, metric: rowCount, mustBeGreaterThan: 0, severity: warning}").failure == nil)
    }

    @Test func `a unique column is verified`() throws {
        let result = try run(rows, unique: true)
        #expect(result.quality.first?["rule"] == .string("unique(k)"))
        #expect(result.failure?.status == 65)
        #expect(try run(rows, schema: ", dedupe: {keys: [k], keep: first}", unique: true).failure == nil)
    }

    @Test(arguments: ["keep: first", "keep: last", "keep: latest, orderBy: [v]"])
    func `rows that were dropped do not count`(keep: String) throws {
        let lines = ["{\"k\":1,\"v\":null}", "{\"k\":1,\"v\":null}", "{\"k\":2,\"v\":null}", "{\"k\":3,\"v\":\"x\"}"]
        let rules =
            "{id: q, metric: nullValues, mustBe: 2, arguments: {properties: [v]}}, {id: n, metric: rowCount, mustBe: 3}"
        #expect(try run(lines, schema: ", dedupe: {keys: [k], \(keep)}", rules: rules).failure == nil)
    }

    @Test func `rules that only other tools run are listed as not run`() throws {
        let result = try run(rows, rules: "{id: q, type: sql, query: 'select 1', mustBe: 1}")
        #expect(result.quality.first?["verdict"] == .string("notRun"))
        #expect(result.failure == nil)
    }
}
