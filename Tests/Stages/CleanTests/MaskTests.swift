import Bytes
import Contracts
import Digests
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import clean

@Suite(.serialized) struct MaskTests {
    private static let key = "a key of more than sixteen bytes"

    init() { setenv("CLEAN_TEST_KEY", Self.key, 1) }

    private func masked(_ column: String, _ text: String) -> String {
        Hex.encode(KeyedDigest(key: Array(Self.key.utf8)).digest(of: Array(column.utf8) + [0] + Array(text.utf8)))
    }

    private func dataset(_ mask: String, schema: String = "", options: String = "") throws -> Dataset {
        try TestContract.column(
            "VARCHAR(64)", options: options, cleaning: "ops: [lower], mask: {\(mask)}", schema: schema)
    }

    @Test func `a keyed mask hides texts behind their digest with the key, once`() throws {
        let dataset = try dataset("method: hmac-sha256, keyRef: CLEAN_TEST_KEY", options: "pattern: '@'")
        #expect(try Outcome.value("\" Ana@Example.com\"", dataset) == "\"\(masked("v", "ana@example.com"))\"")
        #expect(try Outcome.value("\"a\\\"@\"", dataset) == "\"\(masked("v", "a\"@"))\"")
        #expect(try Outcome.value("null", dataset) == "null")
        #expect(try Outcome.value("\"nobody\"", dataset) == "[pattern]")
    }

    @Test(arguments: [
        ("method: redact", "\"abc\"", "\"***\""), ("method: truncate, length: 2", "\"éàü\"", "\"éà\""),
        ("method: truncate, length: 9", "\"ab\"", "\"ab\""),
    ])
    func `texts are redacted or cut`(mask: String, json: String, expected: String) throws {
        #expect(try Outcome.value(json, dataset(mask)) == expected)
    }

    @Test(arguments: ["method: hmac-sha256, keyRef: NO_SUCH_KEY", "method: hmac-sha256, keyRef: HOME"])
    func `a mask without a good key is refused`(mask: String) throws {
        setenv("HOME", "/short", 1)
        let dataset = try dataset(mask, options: "pattern: '@'")
        #expect(throws: StageFailure.self) { _ = try CleaningPlan(dataset) }
    }

    @Test func `cut texts cannot be checked`() throws {
        let dataset = try dataset("method: truncate, length: 2", options: "pattern: '@'")
        #expect(throws: StageFailure.self) { _ = try CleaningPlan(dataset) }
    }

    @Test func `duplicates are recognised before they are masked`() throws {
        let dataset = try dataset("method: redact", schema: "dedupe: {keys: [v], keep: first}")
        var cleaner = RowCleaner(try CleaningPlan(dataset))
        var reader = BlockReader(
            MemorySource(Array("{\"v\":\"a\"}\n{\"v\":\"A\"}\n{\"v\":\"b\"}\n{\"v\":null}\n".utf8)))
        let block = LineBlock()
        var cleaned = CleanedBlock()
        while try reader.next(block) { cleaner.clean(block, into: &cleaned) }
        let keys = cleaned.rows.map(\.key)
        #expect(keys[0] == keys[1])
        #expect(keys[0] != keys[2])
        #expect(keys[3] == nil)
        let text = cleaned.output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        #expect(text.split(separator: "\n").prefix(3).allSatisfy { $0 == "{\"v\":\"***\",\"_extra\":null}" })
    }

    @Test func `refused rows hide what is masked or restricted`() throws {
        let properties = [
            TestContract.property(
                "mail", "VARCHAR(64)", options: "pattern: '@'",
                cleaning: "mask: {method: hmac-sha256, keyRef: CLEAN_TEST_KEY}"),
            TestContract.property("tax", "INTEGER", extra: "classification: restricted"),
            TestContract.property("n", "INTEGER"),
        ]
        let dataset = try TestContract.dataset(properties: properties.joined(separator: "\n"))
        let plan = try CleaningPlan(dataset)
        let line = Array("{\"mail\":\"secret\",\"tax\":\"12x\",\"n\":\"y\"}".utf8)
        let failures = (0..<3).map { Failure(field: $0, code: .pattern, message: "is bad") }
        let refusal = CleanedBlock.Refusal(line: 0, range: 0..<line.count, failures: failures, jsonError: nil)
        func text(_ veil: Veil?) -> String {
            let rejects = Rejects(dataset, contractVersion: "1", delivery: nil, veil: veil)
            return String(
                decoding: rejects.line(for: refusal, text: line.span.bytes, lineNumber: 1, columns: SheetColumns())
                    .bytes, as: UTF8.self)
        }
        let hidden = text(Veil(plan))
        let label = "***" + masked("mail", "secret").prefix(16)
        #expect(hidden.contains("\"row\":{\"mail\":\"\(label)\",\"tax\":\"***\",\"n\":\"y\"}"))
        #expect(hidden.contains("\"value\":\"\(label)\""))
        #expect(!hidden.contains("secret") && !hidden.contains("12x"))
        #expect(text(nil).contains("\"row\":{\"mail\":\"secret\",\"tax\":\"12x\",\"n\":\"y\"}"))
        let broken = CleanedBlock.Refusal(
            line: 0, range: 0..<0, failures: [], jsonError: JSONError(.unexpectedEnd, at: 3))
        let raw = Rejects(dataset, contractVersion: "1", delivery: nil, veil: Veil(plan))
            .line(
                for: broken, text: Array("{\"mail\":\"secret".utf8).span.bytes, lineNumber: 1, columns: SheetColumns()
            ).bytes
        #expect(!String(decoding: raw, as: UTF8.self).contains("secret"))
    }
}
