import NDJSON
import TestSupport
import Testing

@testable import pipes_run

@Suite struct AssetReportTests {
    let dagster: DagsterStandIn

    init() throws { dagster = try DagsterStandIn() }

    private static let extras = #"""
        {"assets":{
          "raw/orders":{"step":"pull","dataset":"orders","checks":["all_files_pulled"]},
          "processed/orders":{"step":"process","dataset":"orders","max_rejects":"5%",
            "checks":["workbooks_readable","rows_add_up","rejected_rows","orders_rows"]},
          "lnd/orders":{"step":"load","dataset":"orders","checks":["deliveries_good","landed_rows_agree"]}}}
        """#

    private func run(_ asset: String, status: Int = 0, _ files: [String: String]) throws {
        for (name, text) in files { try dagster.folder.write("run/\(name)", text: text) }
        let outcome = try dagster.run(
            ["--reports", "run", "--", "bash", "-c", "exit \(status)"], assets: [asset],
            extras: Self.extras.split(separator: "\n").joined())
        #expect(outcome.status == status)
    }

    private func metadata() throws -> JSONObject? {
        try dagster.messages().first { $0.method == "report_asset_materialization" }?.params["metadata"]?.object
    }

    /// The checks as `name passed severity`.
    private func checks() throws -> [String] {
        try dagster.messages().filter { $0.method == "report_asset_check" }.map {
            let passed = $0.params["passed"]?.bool == true ? "passed" : "failed"
            return "\($0.params["check_name"]?.string ?? "") \(passed) \($0.params["severity"]?.string ?? "")"
        }
    }

    private func line(
        _ file: String, _ time: Int, read: Int, emitted: Int, rejected: Int, more: String = ""
    ) -> String {
        #"{"delivery":"\#(file)\#(time)","dataset":"orders","status":"new","delivered_at":"2026-11-2\#(time)","#
            + #""file":{"id":"\#(file)","drive_path":"\#(file).xlsx","bytes":10},"process":{"rows":{"read":\#(read),"#
            + #""emitted":\#(emitted),"rejected":\#(rejected),"duplicates":0,"blank":0},"#
            + #""parts":[{"rows":\#(emitted),"bytes":7}],"rejects":{"url":"file:r","reasons":{"enum":\#(rejected)}}\#(more)}}"#
            + "\n"
    }

    @Test func goodRowsAreGreen() throws {
        try run("processed/orders", ["processed.ndjson": line("a", 1, read: 10, emitted: 10, rejected: 0)])
        #expect(try metadata()?["dagster/row_count"]?.text == #"{"raw_value":10,"type":"int"}"#)
        #expect(
            try checks() == [
                "workbooks_readable passed ERROR", "rows_add_up passed ERROR", "rejected_rows passed WARN",
            ])
    }

    @Test func badRowsAreRedWithTheReasons() throws {
        try run("processed/orders", ["processed.ndjson": line("a", 1, read: 100, emitted: 99, rejected: 1)])
        #expect(try checks().last == "rejected_rows failed WARN")
        #expect(try metadata()?["rejects_by_reason"]?["raw_value"]?.text == #"{"enum":1}"#)
        let check = try dagster.messages().last { $0.method == "report_asset_check" }
        #expect(check?.params["metadata"]?["reasons"]?["raw_value"]?.text == #"{"enum":1}"#)
    }

    @Test func beyondTheContractsLimitTheyAreAnError() throws {
        try run("processed/orders", ["processed.ndjson": line("a", 1, read: 100, emitted: 94, rejected: 6)])
        #expect(try checks().last == "rejected_rows failed ERROR")
    }

    @Test func whatHasBeenReplacedDoesNotCount() throws {
        let quality = #","quality":[{"rule":"orders_rows","verdict":"failed","severity":"error","value":0}]"#
        let good = quality.replacing("failed", with: "passed")
        try run(
            "processed/orders",
            [
                "processed.ndjson": line("a", 2, read: 9, emitted: 9, rejected: 0, more: good)
                    + line("a", 1, read: 9, emitted: 0, rejected: 9, more: quality)
            ])
        #expect(try checks().suffix(2) == ["rejected_rows passed WARN", "orders_rows passed ERROR"])
        #expect(try metadata()?["deliveries"]?["raw_value"]?.integer == 2)
    }

    @Test func aRuleBrokenByOneFileIsBroken() throws {
        let bad = #","quality":[{"rule":"orders_rows","verdict":"failed","severity":"error","value":0}]"#
        try run(
            "processed/orders",
            [
                "processed.ndjson": line("a", 1, read: 0, emitted: 0, rejected: 0, more: bad)
                    + line("b", 2, read: 9, emitted: 9, rejected: 0, more: bad.replacing("failed", with: "passed"))
            ])
        #expect(try checks().last == "orders_rows failed ERROR")
    }

    @Test func rowsThatAreNowhereAreRed() throws {
        try run("processed/orders", ["processed.ndjson": line("a", 1, read: 10, emitted: 8, rejected: 1)])
        #expect(try checks().contains("rows_add_up failed ERROR"))
    }

    @Test func aWorkbookThatIsNoneIsRedAndTheAssetIsThere() throws {
        let failed =
            #"{"delivery":"d","dataset":"orders","delivered_at":"2","file":{"id":"a","drive_path":"a.xlsx"},"#
            + #""process":{"failed":{"status":65,"reason":"xlsx2ndjson: not a workbook"}}}"# + "\n"
        let report = #"{"program":"xlsx2ndjson","exit_status":65,"error":"a.xlsx: not a workbook","counts":{}}"#
        let reader = #"{"program":"clean","exit_status":141,"error":null,"counts":{}}"#
        try run(
            "processed/orders", status: 65,
            [
                "processed.ndjson": failed, "d/read.json": report, "d/clean.json": reader,
                "steps.ndjson": #"{"step":"process","seconds":1,"exit_status":65}"# + "\n",
            ])
        #expect(try checks().first == "workbooks_readable failed ERROR")
        #expect(try metadata() != nil)
        #expect(
            try dagster.failure() == [
                "bash | bash: exit status 65\n", "process | process: exit status 65\n",
                "xlsx2ndjson | xlsx2ndjson: a.xlsx: not a workbook\n",
            ])
    }

    @Test func nothingNewIsAMaterializationWithoutVerdicts() throws {
        try run("processed/orders", ["processed.ndjson": ""])
        #expect(try metadata()?.members.count == 1)
        #expect(try checks() == [])
    }

    @Test func aStepThatDidNotComeToItsEndSaysNothing() throws {
        try run("processed/orders", status: 65, [:])
        #expect(try metadata() == nil)
        try run("lnd/orders", status: 70, ["loaded.ndjson": ""])
        #expect(try metadata() == nil)
    }

    @Test func aDeliverySetAsideIsRedWithItsReason() throws {
        let lines =
            #"{"delivery":"1","dataset":"orders","file":{"drive_path":"a"},"process":{"rows":{"emitted":5}},"load":{"status":"current","rows":5}}"#
            + "\n"
            + #"{"delivery":"2","dataset":"orders","file":{"drive_path":"b"},"process":{"rows":{"emitted":1}},"load":{"status":"quarantined","rows":1,"reason":"shrank"}}"#
            + "\n" + #"{"delivery":"3","dataset":"sellers","load":{"status":"failed","rows":0}}"# + "\n"
        try run("lnd/orders", status: 65, ["loaded.ndjson": lines])
        #expect(try checks() == ["deliveries_good failed ERROR", "landed_rows_agree passed ERROR"])
        #expect(try metadata()?["statuses"]?["raw_value"]?.text == #"{"current":1,"quarantined":1}"#)
    }

    @Test func aFileThatCouldNotBePulledIsTold() throws {
        let report = #"{"program":"drive-pull","exit_status":77,"error":"x","counts":{"failed":1}}"#
        let line = #"{"delivery":"1","dataset":"orders","status":"new","file":{"drive_path":"a","bytes":3}}"# + "\n"
        try run("raw/orders", ["raw.ndjson": line, "pull.json": report])
        #expect(try checks() == ["all_files_pulled failed ERROR"])
        #expect(try metadata()?["files_new"]?["raw_value"]?.integer == 1)
    }

    @Test func anAssetThatNobodyDescribesGetsTheCounts() throws {
        try dagster.folder.write(
            "run/a.json", text: #"{"program":"ndjson2parquet","exit_status":0,"counts":{"rows":4,"files":1}}"#)
        _ = try dagster.run(["--reports", "run", "--", "true"], assets: ["any"])
        #expect(try metadata()?["dagster/row_count"]?["raw_value"]?.integer == 4)
        #expect(try metadata()?["ndjson2parquet.files"]?["raw_value"]?.integer == 1)
    }

    @Test func aDamagedReportIsToldAsAWarning() throws {
        try run("processed/orders", ["processed.ndjson": "", "broken.json": "{"])
        #expect(try dagster.logs().contains { $0.hasPrefix("WARNING pipes-run: run/broken.json is no report") })
    }

    @Test(
        arguments: [
            (.string("5%"), 5, 100, false), (.string("5%"), 6, 100, true), (.integer(2), 3, 100, true),
            (.string("2"), 2, 100, false), (.string("0%"), 0, 0, false),
        ] as [(JSONValue, Int, Int, Bool)])
    func limitsAreRowsOrShares(limit: JSONValue, rejected: Int, read: Int, isExceeded: Bool) throws {
        #expect(try #require(RejectLimit(limit)).isExceeded(rejected, of: read) == isExceeded)
    }
}
