import Bytes
import Contracts
import NDJSON
import Testing

@testable import clean

/// A contract of one dataset for a test, from the lines that matter.
enum TestContract {
    /// One column `v` of a type, with `options` of the logical type and `cleaning` of the property.
    static func column(
        _ type: String, options: String = "", cleaning: String = "", schema: String = "", extra: String = ""
    ) throws -> Dataset {
        try dataset(
            schema: schema,
            properties: property("v", type, options: options, cleaning: cleaning, extra: extra))
    }

    static func dataset(schema: String = "", properties: String) throws -> Dataset {
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
                customProperties:
                  - {property: cleaning, value: {rulesVersion: 1\(schema.isEmpty ? "" : ", \(schema)")}}
                properties:
            \(properties)
            """
        return try Contract.parse(Array(text.utf8), name: "t.odcs.yaml").dataset(named: nil)
    }

    static func property(
        _ name: String, _ type: String, options: String = "", cleaning: String = "", extra: String = ""
    ) -> String {
        var lines = [
            "      - name: \(name)", "        logicalType: \(logicalType(type))", "        physicalType: \(type)",
        ]
        var allOptions = options
        if type.hasPrefix("TIMESTAMP") {
            allOptions = "timezone: \(type.hasPrefix("TIMESTAMP_TZ"))\(options.isEmpty ? "" : ", \(options)")"
        }
        if !allOptions.isEmpty { lines.append("        logicalTypeOptions: {\(allOptions)}") }
        if !extra.isEmpty { lines.append("        \(extra)") }
        var custom: [String] = []
        if type.hasPrefix("DECIMAL") {
            let parts = type.dropFirst(8).dropLast().split(separator: ",")
            custom.append("          - {property: precision, value: \(parts[0])}")
            custom.append("          - {property: scale, value: \(parts[1])}")
        }
        if !cleaning.isEmpty { custom.append("          - {property: cleaning, value: {\(cleaning)}}") }
        if !custom.isEmpty { lines += ["        customProperties:"] + custom }
        return lines.joined(separator: "\n")
    }

    private static func logicalType(_ type: String) -> String {
        switch type.prefix(while: { $0.isLetter }) {
        case "VARCHAR": "string"
        case "INTEGER", "BIGINT": "integer"
        case "DECIMAL", "DOUBLE": "number"
        case "BOOLEAN": "boolean"
        case "DATE": "date"
        case "TIME": "time"
        case "TIMESTAMP": "timestamp"
        default: "object"
        }
    }
}

/// What became of some lines.
struct Outcome: Equatable {
    var rows: [String]
    /// The codes of each refused row.
    var codes: [[String]]
    var warnings = WarningCounts()

    /// Cleans lines without any file.
    init(of lines: [String], _ dataset: Dataset, blockSize: Int = 1 << 16) throws {
        var reader = BlockReader(MemorySource(Array(lines.map { $0 + "\n" }.joined().utf8)))
        var cleaner = RowCleaner(try CleaningPlan(dataset))
        let block = LineBlock(capacity: blockSize)
        rows = []
        codes = []
        while try reader.next(block) {
            var cleaned = CleanedBlock()
            cleaner.clean(block, into: &cleaned)
            let text = cleaned.output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            rows += text.split(separator: "\n").map(String.init)
            codes += cleaned.refusals.map { refusal in
                refusal.failures.map(\.code.rawValue) + (refusal.jsonError.map { [$0.rejectCode] } ?? [])
            }
            warnings += cleaned.warnings
        }
    }

    /// The JSON of column `v` in the only row, or the codes of its refusal in brackets.
    static func value(_ json: String, _ dataset: Dataset) throws -> String {
        let outcome = try Outcome(of: ["{\"v\":\(json)}"], dataset)
        if let codes = outcome.codes.first { return "[\(codes.joined(separator: " "))]" }
        guard let row = outcome.rows.first else { return "nothing" }
        // Clean data must stay as it is.
        let again = try Outcome(of: [row], dataset)
        #expect(again.rows == [row], "cleaning again changes the row")
        let body = row.dropFirst("{\"v\":".count)
        return String(body.prefix(body.count - ",\"_extra\":null}".count))
    }
}
