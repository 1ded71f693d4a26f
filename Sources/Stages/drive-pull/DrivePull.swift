import ArgumentParser
import Bytes
import NDJSON
import StageKit

/// Takes folders with workbooks, brings what is new to a local folder, and gives one manifest line per delivery.
@main
struct DrivePull: Stage {
    static let configuration = CommandConfiguration(
        commandName: "drive-pull", abstract: "Bring new versions of files to a local folder, and say what is gone.",
        usage: """
            drive-pull FOLDER... --output DIR [--contracts DIR] [--known FILE|-]
                [--include GLOB]... [--exclude GLOB]... [--state FILE] [--full] [--allow-empty]
                [--moved-from FOLDER]... [--only changed|all] [--jobs N] [--quota-units N]
                [--quiet-period DURATION] [--drive ID] [--impersonate EMAIL] [--credentials FILE] [--acknowledge-abuse]
                [--dry-run] > manifest.ndjson
            """, discussion: PullHelp.text, version: sluiceVersion)

    /// Which deliveries are brought and printed.
    enum Selection: String, ExpressibleByArgument, CaseIterable { case changed, all }

    @Argument(help: ArgumentHelp("The folders to pull.", valueName: "folder"))
    var folders: [String]
    @Option(help: ArgumentHelp("Where the files go.", valueName: "dir"))
    var output: String
    @Option(help: ArgumentHelp("The contracts that say which file belongs to which dataset.", valueName: "dir"))
    var contracts: String?
    @Option(help: ArgumentHelp("The records of all deliveries so far, in any order.", valueName: "file|-"))
    var known: String?
    @Option(help: ArgumentHelp("Only files that match. Repeatable.", valueName: "glob"))
    var include: [String] = []
    @Option(help: ArgumentHelp("No files that match. Repeatable.", valueName: "glob"))
    var exclude: [String] = []
    @Flag(help: "Take a missing or empty folder for one whose files were all deleted.")
    var allowEmpty = false
    @Option(
        help: ArgumentHelp(
            "What a folder was called before: what came from there and is not here now is gone. Repeatable.",
            valueName: "folder"))
    var movedFrom: [String] = []
    @Option(help: ArgumentHelp("What to bring and print.", valueName: "changed|all"))
    var only: Selection = .changed
    @Flag(help: "Print what would be brought, and bring nothing.")
    var dryRun = false
    @OptionGroup(title: "Google Drive") var drive: DriveOptions
    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles {
        var named = NamedFiles(inputs: [known, drive.credentials])
        named.add(output: drive.state, as: "--state")
        return named
    }

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        let named = try PullSetUp.sources(folders, output: output)
        let formerRoots = try PullSetUp.formerRoots(movedFrom, of: named)
        let filter = try NameFilter(include: include, exclude: exclude)
        let routing = try DatasetRouting(contracts: contracts, log: log)
        let records = try PullSetUp.records(known, report: report)
        let session = try PullSetUp.session(for: named, drive, log: log)
        let state = PullState.load(session == nil ? nil : drive.state, log: log)
        let lister = SourceLister(output: output, session: session, state: state, isFull: drive.full, log: log)
        let inventory = try Inventory.take(
            try PullSetUp.resolved(named, by: session), by: lister, filter: filter, known: records,
            movedFrom: formerRoots, allowsEmpty: allowEmpty)
        try routing.check(inventory.files.map(\.drivePath) + inventory.deleted.map(\.drivePath), log: log)
        let names = LocalNames(inventory.files)
        PullMessages.tell(inventory, names, log: log, report: report)
        var pull = Pull(
            output: output, known: records, routing: routing, names: names, printsUnchanged: only == .all,
            isDryRun: dryRun, log: log, report: report)
        let fetch = session.map { DriveFetch($0, output: output, options: drive, state: state, log: log) }
        let failures = try pull.run(inventory, by: fetch)
        PullMessages.count(inventory, pull, failures, log: log, report: report)
        if let failure = PullFailures.summary(failures) { throw failure }
        if let fetch, !dryRun { try PullSetUp.remember(lister, inventory, in: state, fetch) }
    }
}
