import ArgumentParser
import Bytes
import NDJSON
import Parquet
import StageKit

/// Takes NDJSON rows and a contract, and gives Parquet files; prints one line per file that says what is in it.
@main
struct NDJSON2Parquet: Stage {
    static let configuration = CommandConfiguration(
        commandName: "ndjson2parquet", abstract: "Write rows as Parquet, typed by a contract.",
        usage: "ndjson2parquet [INPUT] (--contract FILE | --infer) -o OUT.parquet [options] > parts.ndjson",
        discussion: ParquetHelp.text, version: sluiceVersion)

    @Argument(help: ArgumentHelp("NDJSON, plain, gzip or zstd.", valueName: "input"))
    var input = "-"
    @Option(name: .shortAndLong, help: ArgumentHelp("The Parquet file.", valueName: "file|-"))
    var output: String
    @Option(help: ArgumentHelp("The contract that types the columns.", valueName: "file[#dataset]"))
    var contract: String?
    @Flag(help: "Find the columns and their types in the rows instead.")
    var infer = false
    @Flag(help: "With --infer: store arrays as lists and objects as groups instead of as JSON text.")
    var nested = false
    @Option(help: ArgumentHelp("How pages are compressed.", valueName: "zstd[:N]|gzip[:N]|none"))
    var compression: CompressionChoice?
    @Option(help: ArgumentHelp("Rows of a row group.", valueName: "rows"))
    var rowGroupRows: Int?
    @Option(help: ArgumentHelp("Rows of a page.", valueName: "rows"))
    var pageRows: Int?
    @Option(help: ArgumentHelp("Bytes of values of a page.", valueName: "bytes"))
    var pageBytes: Int?
    @Option(help: ArgumentHelp("Order the rows by this column; again for more.", valueName: "column[:desc]"))
    var sortBy: [String] = []
    @Option(
        help: ArgumentHelp("Make the output a folder with files for each value; again for more.", valueName: "column"))
    var partitionBy: [String] = []
    @Option(help: ArgumentHelp("Memory for ordering rows; beyond it a temporary file is used.", valueName: "bytes"))
    var memory = ByteSize(256 << 20)
    @Option(help: ArgumentHelp("Begin a new, numbered file when one is this large.", valueName: "bytes"))
    var splitBytes: Int?
    @Option(help: ArgumentHelp("A column to make a Bloom filter for.", valueName: "column"))
    var bloom: [String] = []
    @Option(
        help: ArgumentHelp(
            "How to store a column's values.", valueName: "column=auto|plain|dictionary|delta|byte-stream-split"))
    var encoding: [EncodingChoice] = []
    @Option(help: ArgumentHelp("A text to keep in the file's metadata.", valueName: "key=value"))
    var meta: [String] = []
    @Option(help: ArgumentHelp("Where part lines go when the data goes to standard output.", valueName: "file"))
    var manifestOut: String?
    @Option(help: ArgumentHelp("Threads that work, 1 to 64. The bytes do not depend on it.", valueName: "count"))
    var threads: Int?
    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles {
        var named = NamedFiles(inputs: [input, contract])
        named.add(output: output, as: "-o")
        named.add(output: manifestOut, as: "--manifest-out")
        return named
    }

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        try checkUsage()
        let digest = InputDigest()
        let (table, source) = try openTable(digest, log: log)
        if let identity = table.identity { report.detail("contract", identity) }
        let order = try rowOrder(of: table)
        let options = try layout(for: table, order)
        let pool = WorkPool(threadCount: threads ?? min(4, Environment.processorCount()))
        let target = try openTarget(table, order, options, EncodingPool(pool))
        var rows = RowCopy(table, try table.schema(), to: target, pool: pool, path: source.path, progress: log.progress)
        try rows.copy(from: try ordered(source, table, order, counting: &rows))
        rows.warn(log, report)
        let parts = try target.publish()
        try tellLeftovers(behind: parts.count, log, report)
        report.count("rows", rows.rowCount)
        report.count("files", parts.count)
        if common.report != nil {
            report.addInput(StoredFile(path: source.path, byteCount: digest.byteCount, sha256: digest.finish()))
        }
        for part in parts { report.addOutput(part.stored) }
        try print(parts)
    }
}
