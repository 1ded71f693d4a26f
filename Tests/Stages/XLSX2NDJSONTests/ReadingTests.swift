import NDJSON
import StageKit
import TestSupport
import Testing

@testable import xlsx2ndjson

@Suite struct ReadingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let rows: [[String]]
        let arguments: [String]
        let lines: [String]
        var testDescription: String { name }
    }

    static let people = [["'id", "'name"], ["1", "'Ana"], ["2", "_"], [], ["3", "'Rui"]]

    static let cases: [Case] = [
        Case(
            name: "the header is the first row", rows: people, arguments: [],
            lines: [#"{"id":1,"name":"Ana"}"#, #"{"id":2,"name":null}"#, #"{"id":3,"name":"Rui"}"#]),
        Case(
            name: "empty cells left out", rows: people, arguments: ["--empty", "omit"],
            lines: [#"{"id":1,"name":"Ana"}"#, #"{"id":2}"#, #"{"id":3,"name":"Rui"}"#]),
        Case(
            name: "blank rows kept", rows: people, arguments: ["--blank-rows", "keep"],
            lines: [
                #"{"id":1,"name":"Ana"}"#, #"{"id":2,"name":null}"#, #"{"id":null,"name":null}"#,
                #"{"id":3,"name":"Rui"}"#,
            ]),
        Case(
            name: "blank rows kept and empty cells left out", rows: [["'a"], [], ["1"]],
            arguments: ["--blank-rows", "keep", "--empty", "omit"], lines: ["{}", #"{"a":1}"#]),
        Case(
            name: "a limit", rows: people, arguments: ["--limit", "2"],
            lines: [#"{"id":1,"name":"Ana"}"#, #"{"id":2,"name":null}"#]),
        Case(name: "a limit of nothing", rows: people, arguments: ["--limit", "0"], lines: []),
        Case(
            name: "no header", rows: people, arguments: ["--header", "none", "--limit", "2"],
            lines: [#"{"A":"id","B":"name"}"#, #"{"A":1,"B":"Ana"}"#]),
        Case(
            name: "the header by its number", rows: people, arguments: ["--header", "2"],
            lines: [#"{"1":2,"Ana":null}"#, #"{"1":3,"Ana":"Rui"}"#]),
        Case(
            name: "title rows above the header",
            rows: [["'Sales 2018"], [], ["'as of", "'May"], ["'id", "'city", "'price"], ["1", "'Porto", "2.5"]],
            arguments: [], lines: [#"{"id":1,"city":"Porto","price":2.5}"#]),
        Case(
            name: "a title with years and a header with years",
            rows: [["'Sales"], ["'city", "2016", "2017"], ["'Porto", "1", "2"]],
            arguments: [], lines: [#"{"city":"Porto","2016":1,"2017":2}"#]),
        Case(
            name: "texts only", rows: [["'Contacts"], ["'name", "'mail", "'town"], ["'a", "'b", "'c"]],
            arguments: [], lines: [#"{"name":"a","mail":"b","town":"c"}"#]),
        Case(
            name: "a second header line above",
            rows: [["_", "'Q1", "_", "'Q2"], ["'city", "'n", "'sum", "'n", "'sum"], ["'Porto", "1", "2", "3", "4"]],
            arguments: [], lines: [#"{"city":"Porto","n":1,"sum":2,"n_2":3,"sum_2":4}"#]),
        Case(
            name: "repeated and missing names",
            rows: [["'a", "'a", "_", "'b"], ["1", "2", "3", "4", "5"], ["6", "_", "_", "7"]],
            arguments: [], lines: [#"{"a":1,"a_2":2,"C":3,"b":4,"E":5}"#, #"{"a":6,"a_2":null,"b":7}"#]),
        Case(
            name: "an unnamed column behind empty ones", rows: [["'a", "'b", "_"], ["_", "_", "3"]],
            arguments: [], lines: [#"{"a":null,"b":null,"C":3}"#]),
        Case(name: "a range", rows: people, arguments: ["--range", "B1:B3"], lines: [#"{"name":"Ana"}"#]),
        Case(
            name: "a range without header", rows: people, arguments: ["--range", "A2:C3", "--header", "none"],
            lines: [#"{"A":1,"B":"Ana","C":null}"#, #"{"A":2,"B":null,"C":null}"#]),
        Case(
            name: "whole columns", rows: people, arguments: ["--range", "A:A", "--limit", "1"], lines: [#"{"id":1}"#]),
        Case(name: "whole rows", rows: people, arguments: ["--range", "1:2"], lines: [#"{"id":1,"name":"Ana"}"#]),
        Case(name: "error cells as codes", rows: [["'a"], ["#N/A"]], arguments: [], lines: [##"{"a":"#N/A"}"##]),
        Case(
            name: "error cells as null", rows: [["'a"], ["#N/A"]], arguments: ["--errors", "null"],
            lines: [#"{"a":null}"#]),
        Case(
            name: "text that JSON escapes", rows: [["'q\"\\"], ["'line\nfeed\ttab &amp; \"quote\""]], arguments: [],
            lines: [#"{"q\"\\":"line\nfeed\ttab & \"quote\""}"#]),
        Case(
            name: "provenance", rows: [["'a", "_", "'b"], ["1"], ["2"]], arguments: ["--provenance"],
            lines: [
                #"{"a":1,"b":null,"_source_file":"book.xlsx","_source_sheet":"Sheet1","_source_row":2,"_source_columns":{"a":"A","b":"C"}}"#,
                #"{"a":2,"b":null,"_source_file":"book.xlsx","_source_sheet":"Sheet1","_source_row":3}"#,
            ]),
        Case(
            name: "a source name", rows: [["'a"], ["1"]], arguments: ["--provenance", "--source-name", "Sales/Ä.xlsx"],
            lines: [
                #"{"a":1,"_source_file":"Sales/Ä.xlsx","_source_sheet":"Sheet1","_source_row":2,"_source_columns":{"a":"A"}}"#
            ]),
        Case(name: "a header and nothing below", rows: [["'a", "'b"]], arguments: [], lines: []),
        Case(name: "an empty sheet", rows: [], arguments: [], lines: []),
    ]

    @Test(arguments: cases)
    func `rows become records`(_ sample: Case) throws {
        let run = try StageRun(WorkbookBuilder(rows: Rows.xml(sample.rows)), sample.arguments)
        #expect(run.failure == nil)
        #expect(run.lines == sample.lines)
        #expect(run.count("rows") == sample.lines.count)
    }

    @Test func `limits can be changed by their names`() throws {
        let builder = WorkbookBuilder(rows: Rows.xml(Self.people))
        let run = try StageRun(builder, ["--max", "partBytes=100"])
        #expect(run.failure?.status == 65)
        #expect(run.failure?.message == "book.xlsx: xl/worksheets/sheet1.xml: larger than the limit partBytes of 100")
        #expect(throws: (any Error).self) { try StageRun(builder, ["--max", "nonsense=1"]) }
    }

    @Test func `the report counts rows, sheets and blank rows`() throws {
        let run = try StageRun(WorkbookBuilder(rows: Rows.xml(Self.people)), [])
        #expect([run.count("rows"), run.count("sheets"), run.count("blank_rows")] == [3, 1, 1])
        #expect(run.report["inputs"]?.array?.first?["sha256"]?.string?.count == 64)
    }

    @Test func `an error cell can end the run and is named`() throws {
        let run = try StageRun(
            WorkbookBuilder(rows: Rows.xml([["'a", "'b"], ["1", "#REF!"]])), ["--errors", "fail"])
        #expect(run.failure?.status == 65)
        #expect(run.failure?.message == "book.xlsx: sheet Sheet1, cell B2: error value #REF!")
        #expect(run.lines.isEmpty)
    }

    @Test func `serials that are no day stay numbers and are counted`() throws {
        var builder = WorkbookBuilder(
            rows: #"<row r="1"><c r="A1" t="str"><v>day</v></c></row>"#
                + #"<row r="2"><c r="A2" s="1"><v>60</v></c></row><row r="3"><c r="A3" s="1"><v>-1</v></c></row>"#
                + #"<row r="4"><c r="A4" s="1"><v>61</v></c></row>"#)
        builder.formats = ["dd/mm/yyyy"]
        let run = try StageRun(builder, [])
        #expect(run.lines == [#"{"day":60}"#, #"{"day":-1}"#, #"{"day":"1900-03-01"}"#])
        #expect(run.report["warnings"]?["excel.serialIsNoDate"]?.integer == 2)
    }

    @Test func `merged cells are filled on request`() throws {
        var builder = WorkbookBuilder(
            rows: Rows.xml([
                ["'region", "'city", "'n"], ["'North", "'Porto", "1"], ["_", "'Braga", "2"], ["'x", "'y", "_"],
            ]))
        builder.sheets[0].after = #"<mergeCells><mergeCell ref="A2:A3"/><mergeCell ref="B4:C4"/></mergeCells>"#
        #expect(try StageRun(builder, []).lines.last == #"{"region":"x","city":"y","n":null}"#)
        #expect(
            try StageRun(builder, ["--merged", "fill"]).lines == [
                #"{"region":"North","city":"Porto","n":1}"#, #"{"region":"North","city":"Braga","n":2}"#,
                #"{"region":"x","city":"y","n":"y"}"#,
            ])
    }

    @Test func `hidden rows and columns are read unless they are to be skipped`() throws {
        var builder = WorkbookBuilder(
            rows: #"<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>"#
                + #"<row r="2" hidden="1"><c r="A2"><v>1</v></c></row><row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>3</v></c></row>"#
        )
        builder.sheets[0].before = #"<cols><col min="2" max="2" hidden="1"/></cols>"#
        #expect(try StageRun(builder, []).lines == [#"{"a":1,"b":null}"#, #"{"a":2,"b":3}"#])
        let skipping = try StageRun(builder, ["--hidden", "skip"])
        #expect(skipping.lines == [#"{"a":2}"#])
        #expect(skipping.count("blank_rows") == 0)
    }
}
