internal import ArgumentParser
internal import StageKit

/// Takes deliveries from the lake into the tables of a warehouse, each once and whole, and keeps the tables that say so.
@main
struct SFCopy: Stage {
    static let configuration = CommandConfiguration(
        commandName: "sf-copy",
        abstract: "Load deliveries from the lake into a warehouse, exactly once.",
        discussion: """
            Make all tables:
              sf-copy --to duckdb:work/warehouse.duckdb --contracts compose/contracts --create
            Ask what is still to be loaded:
              adls-put --cat file:work/lake/_deliveries/ | sf-copy --to duckdb:work/warehouse.duckdb \\
                --contracts compose/contracts --pending
            Load what has been processed:
              sf-copy --to duckdb:work/warehouse.duckdb --contract compose/contracts/orders.odcs.yaml --manifest FILE
            Make a quarantined delivery current:
              sf-copy --to duckdb:work/warehouse.duckdb --accept 0123456789abcdef
            Load files that are no deliveries:
              sf-copy --to duckdb:work/warehouse.duckdb --contract orders.odcs.yaml --mode append orders.parquet
            Look at a table's rows, whichever the warehouse:
              sf-copy --to duckdb:work/warehouse.duckdb --rows ops.deliveries | jq 'select(.status == "failed")'
            Load into Snowflake, as the connection prod of ~/.snowflake/connections.toml, from the lake behind stage OPS.LAKE:
              sf-copy --to snowflake:prod --database ECOM --lake abfss://lake@acct.dfs.core.windows.net \\
                --contract compose/contracts/orders.odcs.yaml --manifest FILE
            """,
        version: sluiceVersion)

    @Option(help: ArgumentHelp("The warehouse.", valueName: "duckdb:file|snowflake:connection"))
    var to: String

    @Option(help: ArgumentHelp("The contract of the dataset to load.", valueName: "file[#schema]"))
    var contract: String?

    @Option(help: ArgumentHelp("All contracts, for --create and --pending.", valueName: "folder"))
    var contracts: String?

    @Option(help: ArgumentHelp("Load files into this table instead of the dataset's.", valueName: "schema.name"))
    var table: String?

    @Option(
        help: ArgumentHelp(
            "How to load: deliver is for --manifest, the others for files.", valueName: "deliver|append|replace|merge"))
    var mode: LoadMode?

    @Option(
        help: ArgumentHelp(
            "Manifest lines, or delivery records with --pending; - is standard input.", valueName: "file"))
    var manifest: String?

    @Flag(help: "Make the tables that are missing, and refuse tables that differ.")
    var create = false

    @Flag(help: "With --create: add columns that tables lack.")
    var evolve = false

    @Flag(help: "Print the delivery records that the warehouse lacks.")
    var pending = false

    @Flag(help: "With --pending: also what failed or was set aside with the same processing key.")
    var retry = false

    @Option(
        help: ArgumentHelp(
            "Make a quarantined delivery current and print the acceptance for the lake.", valueName: "delivery"))
    var accept: String?

    @Option(help: ArgumentHelp("Who accepts; default $USER.", valueName: "name"))
    var acceptedBy: String?

    @Option(help: ArgumentHelp("Write a row of ops.runs, given as JSON, and its checks.", valueName: "file"))
    var recordRun: String?

    @Option(
        help: ArgumentHelp(
            "Print true when the marts must be built with this dbt project, else false.", valueName: "hash"))
    var martsDue: String?

    @Flag(name: .customLong("diagnose"), help: "Look at all that a load needs and tell what is missing.")
    var diagnosis = false

    @Option(help: ArgumentHelp("Print the rows of a landing or control table as NDJSON.", valueName: "schema.name"))
    var rows: String?

    @Flag(help: "Remove the database and all in it; only one whose name begins with SLUICE_TRIAL_.")
    var dropTrial = false

    @Option(help: ArgumentHelp("The name of this run, for the control tables.", valueName: "name"))
    var run: String?

    @Option(help: ArgumentHelp("How long to wait while another process holds the warehouse.", valueName: "seconds"))
    var lockTimeout: Double = 60

    @Option(help: ArgumentHelp("Snowflake: the database; default that of the connection.", valueName: "name"))
    var database: String?

    @Option(help: ArgumentHelp("Snowflake: the stage that stands for the lake; default @OPS.LAKE.", valueName: "@name"))
    var stage: String?

    @Option(
        help: ArgumentHelp("Snowflake: the lake that the stage stands for, as manifests name it.", valueName: "address")
    )
    var lake: String?

    @Option(
        help: ArgumentHelp(
            "Snowflake, with --create: the storage integration by which a new stage reads the lake.", valueName: "name")
    )
    var storageIntegration: String?

    @Option(
        help: ArgumentHelp(
            "Snowflake: where changes are noted before they are sent, so that a run after a crash sees to their end.",
            valueName: "folder"))
    var state: String?

    @Option(
        help: ArgumentHelp(
            "Snowflake, with --create: what of the contracts' roles and classifications is applied. all: grants, masking "
                + "policies and tags, for which Enterprise Edition is needed.", valueName: "all|grants|none"))
    var access: AccessScope = .all

    @Option(
        help: ArgumentHelp(
            "Snowflake, with --create: one more role that sees masked values; the loading one, DATABASE_TRANSFORMER and "
                + "the contracts' with access unmask or write do.", valueName: "role"))
    var unmask: [String] = []

    @Flag(help: "Print the SQL and change nothing.")
    var dryRun = false

    @Argument(help: ArgumentHelp("Parquet files that are no deliveries.", valueName: "file"))
    var files: [String] = []

    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles { NamedFiles(inputs: [contract, manifest, recordRun] + files) }

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        let action = try chooseAction()
        let warehouse = try openWarehouse(log: log)
        let output = ResultOutput(report: report)
        if create { try makeTables(in: warehouse, for: action, output: output, log: log) }
        switch action {
        case .createOnly: break
        case .deliver(let manifest): try deliver(manifest, to: warehouse, output: output, log: log)
        case .files(let mode): try loadFiles(mode ?? .append, to: warehouse, output: output, log: log)
        case .pending: try printPending(of: warehouse, output: output, log: log)
        case .accept(let delivery): try acceptDelivery(delivery, in: warehouse, output: output)
        case .recordRun(let path): try record(run: path, in: warehouse, output: output)
        case .diagnose: try diagnose(warehouse, output: output)
        case .rows(let table): try printRows(of: table, in: warehouse, output: output)
        case .dropTrial: try TrialDatabase.remove(warehouse)
        case .martsDue(let hash): try printMartsDue(hash, in: warehouse, output: output)
        }
    }
}
