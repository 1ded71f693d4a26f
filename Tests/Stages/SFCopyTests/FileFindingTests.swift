import NDJSON
import Testing

@testable import sf_copy

struct FileFindingTests {
    private static let lake = "abfss://l@a.dfs.core.windows.net"

    private func row(_ file: String?, _ status: String, _ parsed: Int = 0, _ loaded: Int = 0, error: String? = nil)
        -> JSONObject
    {
        var row: JSONObject = ["kind": .string("copied"), "status": .string(status)]
        guard let file else { return row }
        row["file"] = .string(file)
        row["rows_parsed"] = .integer(parsed)
        row["rows_loaded"] = .integer(loaded)
        row["first_error"] = .optional(error)
        return row
    }

    @Test(arguments: [
        ("LOADED", FileStatus.loaded, true), ("LOAD_SKIPPED", .skipped, true), ("PARTIALLY_LOADED", .partial, false),
        ("LOAD_FAILED", .failed, false), ("SOMETHING_NEW", .failed, false),
    ])
    func copysWordsAreMapped(word: String, status: FileStatus, isGood: Bool) {
        #expect(FileStatus(copyStatus: word) == status)
        #expect(status.isGood == isGood)
    }

    @Test func everyFileThatWasAskedForIsToldOf() throws {
        let stage = try SnowflakeStage("@lake", database: "e", lake: Self.lake)
        // By its whole address, by its place below the stage, or by a form that only its name is known from.
        let answer = [
            row("azure://a.blob.core.windows.net/l/x/1.parquet", "LOADED", 2, 2),
            row("x/2.parquet", "PARTIALLY_LOADED", 3, 1, error: "odd"),
            row("gone://else/3.parquet", "LOAD_SKIPPED", error: "File was loaded before."),
        ].map(stage.copied)
        let asked = (1...4).map { "\(Self.lake)/x/\($0).parquet" }
        let report = try #require(CopyReport(answer: answer + [["kind": .string("delivery")]]))
        #expect(
            report.findings(asked) == [
                FileFinding(address: asked[0], status: .loaded, reason: nil),
                FileFinding(
                    address: asked[1], status: .partial, reason: "COPY says PARTIALLY_LOADED, 1 of 3 rows: odd"),
                FileFinding(
                    address: asked[2], status: .skipped,
                    reason: "COPY says LOAD_SKIPPED, 0 of 0 rows: File was loaded before."),
                FileFinding(address: asked[3], status: .missing, reason: "COPY tells nothing of it"),
            ])
    }

    @Test func nothingToLoadIsNoSuccess() throws {
        let report = try #require(CopyReport(answer: [row(nil, "Copy executed with 0 files processed.")]))
        let findings = report.findings(["a/1.parquet"])
        #expect(findings.map(\.status) == [.missing])
        #expect(findings[0].reason == "Copy executed with 0 files processed.")
        #expect(CopyReport(answer: [["kind": .string("delivery")]]) == nil)
    }

    @Test func aRefusalNamesTheFileThatIsMissing() {
        let asked = ["l/1.parquet", "l/2.parquet"]
        let missing = FileFinding.refused(
            asked, "Remote file 'azure://x/l/2.parquet' was not found. (Snowflake 091016)")
        #expect(missing.map(\.status) == [.failed, .missing])
        #expect(FileFinding.refused(asked, "Failed to cast, File '1.parquet'").map(\.status) == [.failed, .failed])
    }
}
