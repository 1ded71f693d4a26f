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
              xlsx2ndjson --provenance orders.xlsx | clean --contract orders.odcs.yaml --rejects rejects.ndjson
              clean --lint compose/contracts/*.odcs.yaml
            """,
        version: sluiceVersion)

    @Argument(
        help: ArgumentHelp("NDJSON, also .gz or .zst; - is standard input. With --lint: contracts.", valueName: "input")
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

    @Flag(help: "Check contracts and do nothing else.")
    var lint = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if lint {
            if inputs.isEmpty { throw ValidationError("Name the contracts to check.") }
            return
        }
        if contract == nil { throw ValidationError("Name a contract with --contract.") }
        if inputs.count > 1 { throw ValidationError("There is one input; join several with cat.") }
        if maxRejects != nil, rejects == nil { throw ValidationError("--max-rejects needs --rejects.") }
        if output == "-", rejects == "-" {
            throw ValidationError("Rows and refused rows cannot share standard output.")
        }
        if maxLine < 1024 || maxLine > 1 << 30 { throw ValidationError("--max-line is between 1024 and 1 GiB.") }
    }

    func execute(log: Log, report: RunReport) throws(StageFailure) {
        if lint { return try ContractLint.check(inputs, log) }
        let (contract, dataset) = try ContractArgument.load(contract ?? "", log)
        try CleanRun(
            contract: contract, dataset: dataset, input: inputs.first ?? "-", output: output, rejects: rejects,
            delivery: delivery, limit: maxRejects, lineLimit: maxLine, memoryLimit: memory.byteCount,
            isReported: common.report != nil, log: log, report: report
        ).perform()
    }
}
