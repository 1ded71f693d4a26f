import ArgumentParser
import Bytes
import NDJSON
import StageKit
import TestSupport

@testable import xlsx2ndjson

/// One run of the program on a workbook made in the test.
struct StageRun {
    let lines: [String]
    let failure: StageFailure?
    let report: JSONValue

    init(_ builder: WorkbookBuilder, _ arguments: [String], contract: String? = nil) throws {
        try self.init(try builder.bytes(), arguments, contract: contract)
    }

    /// Runs `xlsx2ndjson book.xlsx -o out.ndjson ARGUMENTS`.
    init(_ bytes: [UInt8], _ arguments: [String], contract: String? = nil) throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("book.xlsx", bytes)
        var all =
            [path, "-o", folder.file("out.ndjson"), "--quiet", "--report", folder.file("report.json")] + arguments
        if let contract { all += ["--contract", try folder.write("data.odcs.yaml", text: contract)] }
        var stage = try XLSX2NDJSON.parse(all)
        let report = RunReport(program: "xlsx2ndjson", arguments: all)
        var failure: StageFailure?
        do throws(StageFailure) {
            try stage.execute(log: Log(program: "xlsx2ndjson", threshold: .error), report: report)
        } catch {
            failure = error
        }
        self.failure = failure.map { made in
            StageFailure(status: made.status, made.message.map { Self.withoutFolder($0, folder.path) })
        }
        self.report = report.document(status: failure?.status ?? 0, error: failure?.message)
        let hasOutput = try folder.names().contains("out.ndjson")
        lines = hasOutput ? try folder.text("out.ndjson").split(separator: "\n").map(String.init) : []
    }

    private static func withoutFolder(_ message: String, _ folder: String) -> String {
        message.hasPrefix(folder + "/") ? String(message.dropFirst(folder.count + 1)) : message
    }

    /// A count of the report.
    func count(_ name: String) -> Int? { report["counts"]?[name]?.integer }
}

/// Rows of inline cells: text in quotes is text, `_` is nothing, the rest is put into `<v>`.
enum Rows {
    static func xml(_ rows: [[String]], firstRow: Int = 1) -> String {
        var output = ""
        for (index, row) in rows.enumerated() where !row.isEmpty {
            let number = firstRow + index
            output += "<row r=\"\(number)\">"
            for (column, value) in row.enumerated() where value != "_" {
                let letter = Character(Unicode.Scalar(UInt8(0x41 + column)))
                if value.hasPrefix("'") {
                    output +=
                        "<c r=\"\(letter)\(number)\" t=\"str\"><v xml:space=\"preserve\">\(value.dropFirst())</v></c>"
                } else if value.hasPrefix("#") {
                    output += "<c r=\"\(letter)\(number)\" t=\"e\"><v>\(value)</v></c>"
                } else {
                    output += "<c r=\"\(letter)\(number)\"><v>\(value)</v></c>"
                }
            }
            output += "</row>"
        }
        return output
    }
}
