import ArgumentParser
import Bytes
import StageKit
import XLSX

/// Takes workbooks, reads the rows of their sheets below the header, and writes each as one JSON object on a line.
@main
struct XLSX2NDJSON: Stage {
    static let configuration = CommandConfiguration(
        commandName: "xlsx2ndjson", abstract: "Write the rows of workbooks as NDJSON.",
        usage: """
            xlsx2ndjson [FILE...] [-o OUT] [--contract FILE] [--sheet NAME|N|GLOB]... [--header auto|N|none]
            xlsx2ndjson [FILE...] --list
            """, discussion: ReadingHelp.text, version: sluiceVersion)

    @Argument(help: ArgumentHelp("The workbooks; - or nothing is standard input.", valueName: "file"))
    var files: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Where the rows go; .gz and .zst compress.", valueName: "file|-"))
    var output = "-"
    @Option(help: ArgumentHelp("Take sheet, header, range and table from this contract.", valueName: "file[#schema]"))
    var contract: String?
    @Option(
        help: ArgumentHelp(
            "A sheet, by name, position among the visible ones, or glob. Repeatable.", valueName: "name|n|glob"))
    var sheet: [String] = []
    @Flag(help: "All visible sheets, in the workbook's order.")
    var allSheets = false
    @Option(
        help: ArgumentHelp(
            "The header's row: found, given by number, or none (columns A, B, C).", valueName: "auto|n|none"))
    var header: HeaderChoice?
    @Option(help: ArgumentHelp("Only these cells: a range, or a defined name.", valueName: "A1:H99|name"))
    var range: String?
    @Option(help: ArgumentHelp("Only the cells of this table.", valueName: "name"))
    var table: String?
    @Option(help: ArgumentHelp("What an error cell such as #N/A becomes.", valueName: "code|null|fail"))
    var errors: ErrorCells = .code
    @Option(help: ArgumentHelp("Whether merged cells all get the value of the first.", valueName: "keep|fill"))
    var merged: MergedCells = .keep
    @Option(help: ArgumentHelp("What to do with hidden rows, columns and sheets.", valueName: "include|skip"))
    var hidden: HiddenParts?
    @Option(help: ArgumentHelp("What to do with rows that hold nothing.", valueName: "skip|keep"))
    var blankRows: BlankRows = .skip
    @Option(help: ArgumentHelp("What an empty cell becomes.", valueName: "null|omit"))
    var empty: EmptyCells = .null
    @Flag(help: "Add _source_file, _source_sheet, _source_row, and _source_columns on each sheet's first record.")
    var provenance = false
    @Option(help: ArgumentHelp("What _source_file says, in place of the file's name.", valueName: "name"))
    var sourceName: String?
    @Flag(help: "Print one line per sheet: name, visibility, dimension, tables, header.")
    var list = false
    @Option(help: ArgumentHelp("Stop after this many rows.", valueName: "n"))
    var limit: Int?
    @Option(help: ArgumentHelp("Change a limit that a message names. Repeatable.", valueName: "limit=n"))
    var max: [LimitChange] = []
    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles {
        var named = NamedFiles(inputs: (files.isEmpty ? ["-"] : files) + [contract])
        named.add(output: output, as: "-o")
        return named
    }

    mutating func validate() throws {
        if let problem = conflict { throw ValidationError(problem) }
    }

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        let plan = try ReadingPlan(self)
        var target = try RecordOutput(output, limit: limit, takesDigest: common.report != nil)
        for file in files.isEmpty ? ["-"] : files {
            let input = try WorkbookInput(file, sourceName: sourceName)
            if common.report != nil { report.addInput(try input.describe()) }
            let reading = WorkbookReading(input: input, plan: plan, log: log, report: report)
            if list { try reading.list(to: &target) } else { try reading.run(to: &target) }
            if target.isFull { break }
        }
        report.count("rows", list ? 0 : target.recordCount)
        report.count("sheets", target.sheetCount)
        report.count("blank_rows", target.blankRowCount)
        report.addOutput(try target.finish())
    }

    /// Options that contradict each other.
    private var conflict: String? {
        if sourceName != nil, files.count > 1 { return "--source-name names one workbook; there are \(files.count)" }
        if range != nil, table != nil { return "--range and --table exclude each other" }
        if table != nil, header != nil { return "--table and --header exclude each other: a table has its own" }
        if allSheets, table != nil { return "--all-sheets and --table exclude each other" }
        if allSheets, !sheet.isEmpty { return "--all-sheets and --sheet exclude each other" }
        if let limit, limit < 0 { return "--limit takes a number of rows" }
        if list, limit != nil { return "--list and --limit exclude each other" }
        return nil
    }
}
