import NDJSON
import StageKit
import TestSupport
import Testing

@testable import xlsx2ndjson

@Suite struct SheetSelectionTests {
    private static func sheet(_ name: String, _ value: Int, _ attributes: String = "") -> WorkbookBuilder.SheetSource {
        var sheet = WorkbookBuilder.SheetSource(name, Rows.xml([["'v"], ["\(value)"]]))
        sheet.attributes = attributes
        return sheet
    }

    private static var builder: WorkbookBuilder {
        var builder = WorkbookBuilder([
            sheet("Notes", 1, #" state="hidden""#), sheet("Sales 2017", 2), sheet("2", 3), sheet("Sales 2018", 4),
        ])
        builder.definedNames =
            "<definedNames><definedName name=\"TheSales\">'Sales 2018'!$A$1:$A$2</definedName>"
            + "<definedName name=\"Own\" localSheetId=\"1\">'Sales 2017'!$A$1:$A$2</definedName>"
            + "<definedName name=\"Own\" localSheetId=\"2\">'2'!$A$1:$A$2</definedName></definedNames>"
        builder.sheets[3].relationships = [("rId1", "table", "../tables/table1.xml")]
        builder.parts["xl/tables/table1.xml"] =
            "<table xmlns=\"\(WorkbookBuilder.mainNamespace)\" id=\"1\" name=\"T\" displayName=\"Tab\" ref=\"A1:A3\""
            + " totalsRowCount=\"1\"><tableColumns count=\"1\"><tableColumn id=\"1\" name=\"v\"/></tableColumns></table>"
        builder.sheets[3].rows = Rows.xml([["'v"], ["4"], ["400"]])
        return builder
    }

    @Test(arguments: [
        ([], [2]),
        (["--sheet", "Sales 2018", "--limit", "1"], [4]),
        (["--sheet", "sales 2017"], [2]),
        (["--sheet", "2"], [3]),
        (["--sheet", "1"], [2]),
        (["--sheet", "3", "--limit", "1"], [4]),
        (["--sheet", "Sales*"], [2, 4, 400]),
        (["--sheet", "Notes"], [1]),
        (["--sheet", "2", "--sheet", "Notes"], [3, 1]),
        (["--all-sheets", "--limit", "3"], [2, 3, 4]),
        (["--all-sheets", "--hidden", "include", "--limit", "2"], [1, 2]),
        (["--table", "tab"], [4]),
        (["--range", "TheSales"], [4]),
        (["--range", "'Sales 2018'!A1:A3"], [4, 400]),
        (["--range", "own"], [2]),
        (["--range", "own", "--sheet", "2"], [3]),
        (["--table", "Tab", "--sheet", "sales*"], [4]),
    ])
    func `sheets are found by name, position, glob, table and range`(arguments: [String], values: [Int]) throws {
        let run = try StageRun(Self.builder, arguments)
        #expect(run.failure == nil)
        #expect(run.lines == values.map { "{\"v\":\($0)}" })
    }

    @Test(arguments: [
        (["--sheet", "Nope"], "no sheet Nope; it has Notes (hidden), Sales 2017, 2, Sales 2018"),
        (["--table", "Nope"], "no table Nope; it has Tab"),
        (["--table", "Tab", "--sheet", "Notes"], "table Tab stands on sheet Sales 2018, not on Notes"),
        (["--range", "TheSales", "--sheet", "2"], "range TheSales stands on sheet Sales 2018, not on 2"),
        (["--range", "'2'!A1:A2", "--sheet", "Notes"], "range '2'!A1:A2 stands on sheet 2, not on Notes"),
        (["--range", "Nope"], "Nope is no range, and no name that stands for one range of a sheet"),
        (["--header", "9"], "sheet Sales 2017: row 9 is empty: it is no header"),
    ])
    func `what is not there is named`(arguments: [String], message: String) throws {
        let run = try StageRun(Self.builder, arguments)
        #expect(run.failure?.status == 65)
        #expect(run.failure?.message == "book.xlsx: \(message)")
    }

    @Test func `the list tells what there is`() throws {
        let run = try StageRun(Self.builder, ["--list"])
        #expect(
            run.lines.first
                == #"{"file":"book.xlsx","name":"Notes","position":1,"visibility":"hidden","kind":"worksheet","dimension":null,"tables":[],"header":{"row":1,"columns":["v"]}}"#
        )
        #expect(run.lines.count == 4)
        #expect(run.lines.last?.contains(#""tables":[{"name":"Tab","range":"A1:A3","columns":["v"]}]"#) == true)
    }
}
