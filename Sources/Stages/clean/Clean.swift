internal import ArgumentParser
internal import Contracts
internal import StageKit

/// Reads NDJSON rows, cleans them by a contract, and writes the rows that pass; those that do not go to a second file
/// with all their reasons.
@main
struct Clean: Stage {
    static let configuration = CommandConfiguration(
        commandName: "clean", abstract: "Clean NDJSON rows by a data contract.",
        discussion: """
            Nothing is inferred and nothing is silently made null: what the contract does not allow is refused, with the \
            reasons. Without --rejects, any refused row ends the run with status 65 and FILE of -o is not written. With \
            it, the status is 0 unless --max-rejects is exceeded.

            Files appear when they are whole. Rows written to standard output cannot be held back: wait for the status.

            Examples:
              clean --contract compose/contracts/orders.odcs.yaml orders.ndjson -o clean.ndjson --rejects rejects.ndjson
              xlsx2ndjson orders.xlsx --contract orders.odcs.yaml --provenance |
                clean --contract orders.odcs.yaml --rejects rejects.ndjson > clean.ndjson
              clean --lint compose/contracts/*.odcs.yaml
              clean --infer suppliers.ndjson -o suppliers.odcs.yaml
            """,
        version: sluiceVersion)

    @Argument(
        help: ArgumentHelp(
            "NDJSON, also .gz or .zst; - is standard input. With --lint and --sources: contracts.", valueName: "input")
    )
    var inputs: [String] = []

    @Option(help: ArgumentHelp("The contract; #name picks one of several datasets in it.", valueName: "file[#name]"))
    var contract: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Where clean rows go (.gz and .zst compress).", valueName: "file"))
    var output = "-"

    @Option(help: ArgumentHelp("Where refused rows go, with their reasons.", valueName: "file"))
    var rejects: String?

    @Option(help: ArgumentHelp("Most refused rows, as a number or a share.", valueName: "n|p%"))
    var maxRejects: RejectLimit?

    @Option(help: ArgumentHelp("The delivery that refused rows belong to.", valueName: "id"))
    var delivery: String?

    @Option(help: ArgumentHelp("Longest line; a longer one is refused.", valueName: "bytes"))
    var maxLine = 16 << 20

    @Option(
        help: ArgumentHelp(
            "Memory for the keys of duplicates, as in 512M; more goes to a temporary file.", valueName: "bytes"))
    var memory = ByteSize(512 << 20)

    @Option(
        help: ArgumentHelp("Look up a column's values in the clean rows of another dataset.", valueName: "column=file"))
    var ref: [ReferenceArgument] = []

    @Option(
        help: ArgumentHelp(
            "Threads that clean; the output is the same for any number. 0: one for each processor.", valueName: "n"))
    var threads = 0

    @Option(help: ArgumentHelp("What happens to rows whose reference is missing.", valueName: "warn|reject"))
    var refMisses = ReferenceMisses.warn

    @Option(help: ArgumentHelp("What a broken quality rule of severity error does.", valueName: "fail|warn"))
    var quality = QualityPolicy.fail

    @Option(help: ArgumentHelp("Judge at this time whether the data is as fresh as agreed.", valueName: "time"))
    var now: TimeArgument?

    @Flag(help: "Describe each column in the report: nulls, values, lengths, shapes, formats, sums.")
    var profile = false

    @Option(help: .hidden)
    var blockBytes = 1 << 20

    @Flag(help: "Show the values of masked and restricted columns in refused rows (the file is for you alone).")
    var rejectsRaw = false

    @Flag(help: "The input is a reject stream: try its rows again.")
    var fromRejects = false

    @Flag(help: "Check contracts and do nothing else.")
    var lint = false

    @Flag(help: "Draft a contract from the input, for a person to correct.")
    var infer = false

    @Flag(help: "Write the landing tables of the contracts as a dbt source.")
    var sources = false

    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles {
        var named = NamedFiles(inputs: (inputs.isEmpty ? ["-"] : inputs) + ref.map(\.path) + [contract])
        named.add(output: output, as: "-o")
        named.add(output: rejects, as: "--rejects")
        return named
    }

    func validate() throws {
        if lint || sources {
            if inputs.isEmpty { throw ValidationError("Name the contracts.") }
            return
        }
        if inputs.count > 1 { throw ValidationError("There is one input; join several with cat.") }
        if infer { return }
        if contract == nil { throw ValidationError("Name a contract with --contract.") }
        if maxRejects != nil, rejects == nil { throw ValidationError("--max-rejects needs --rejects.") }
        if threads < 0 || threads > 64 { throw ValidationError("--threads is between 0 and 64.") }
        if blockBytes < 64 || blockBytes > 1 << 30 { throw ValidationError("--block-bytes is between 64 and 1 GiB.") }
        if rejectsRaw, rejects == nil { throw ValidationError("--rejects-raw needs --rejects.") }
        if refMisses == .reject, ref.isEmpty { throw ValidationError("--ref-misses needs --ref.") }
        if profile, common.report == nil { throw ValidationError("--profile needs --report.") }
        if output == "-", rejects == "-" {
            throw ValidationError("Rows and refused rows cannot share standard output.")
        }
        if maxLine < 1024 || maxLine > 1 << 30 { throw ValidationError("--max-line is between 1024 and 1 GiB.") }
    }

    func execute(log: Log, report: RunReport) throws(StageFailure) {
        if lint { return try ContractLint.check(inputs, log) }
        if sources { return try ContractSources.write(inputs, to: output, log) }
        if infer { return try draft(log) }
        let (contract, dataset) = try ContractArgument.load(contract ?? "", log)
        var options = CleanOptions(input: inputs.first ?? "-", output: output, rejects: rejects)
        options.limit = maxRejects
        options.delivery = delivery
        options.showsHiddenValues = rejectsRaw
        options.readsRejects = fromRejects
        options.references = ref
        options.referenceMisses = refMisses
        options.lineLimit = maxLine
        options.threadCount = threads == 0 ? Environment.processorCount() : threads
        options.now = now
        options.qualityPolicy = quality
        options.blockByteCount = blockBytes
        options.memoryLimit = memory.byteCount
        options.isProfiled = profile
        options.isReported = common.report != nil
        try CleanRun(contract: contract, dataset: dataset, options: options, log: log, report: report).perform()
    }

    private func draft(_ log: Log) throws(StageFailure) {
        let input = inputs.first ?? "-"
        let passedOver = try ContractDraft.write(input, to: output, lineLimit: maxLine)
        guard passedOver.count > 0 else { return }
        let lines = passedOver.count == 1 ? "1 line is no JSON object" : "\(passedOver.count) lines are no JSON objects"
        log.warning("\(input): \(lines) (line \(passedOver.firstLine) first): the draft does not know them")
    }
}
