import ArgumentParser
import Bytes
import NDJSON
import StageKit

/// Takes local files, or a manifest of deliveries, and puts them into a lake; gives the manifest that says where.
@main
struct ADLSPut: Stage {
    static let configuration = CommandConfiguration(
        commandName: "adls-put", abstract: "Put files into a lake, whole and once, and look into it.",
        usage: """
            adls-put --to LAKE --as raw|processed --manifest FILE|- > grown.ndjson
            adls-put FILE|DIR... --to URL [--if-exists skip|fail|replace] [--if-match ETAG] > stored.ndjson
            adls-put --list URL | --cat URL | --get URL -o FILE
            adls-put --delete URL | --delete-temp URL
            adls-put --lease URL -- COMMAND...
            """, discussion: PutHelp.text, version: sluiceVersion)

    @Argument(help: ArgumentHelp("Files and folders to put; after --lease, the command.", valueName: "file|dir"))
    var sources: [String] = []
    @Option(help: ArgumentHelp("Where to: the lake with --as, else an address.", valueName: "url"))
    var to: String?
    @Option(help: ArgumentHelp("The deliveries to put, one line each.", valueName: "file|-"))
    var manifest: String?
    @Option(name: .customLong("as"), help: ArgumentHelp("Which part of the lake.", valueName: "raw|processed"))
    var layout: LakeLayout?
    @Option(
        help: ArgumentHelp("What to do with a name that is taken by another content.", valueName: "skip|fail|replace"))
    var ifExists: IfExists?
    @Option(help: ArgumentHelp("Replace only what has this tag.", valueName: "etag"))
    var ifMatch: String?
    @Option(help: ArgumentHelp("List the files below an address.", valueName: "url"))
    var list: String?
    @Option(help: ArgumentHelp("Write a file, or all files below a folder, to standard output.", valueName: "url"))
    var cat: String?
    @Option(help: ArgumentHelp("Copy a file out of the lake.", valueName: "url"))
    var get: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("Where --get writes to.", valueName: "file|-"))
    var output: String?
    @Option(help: ArgumentHelp("What --get must find.", valueName: "hex"))
    var sha256: String?
    @Option(help: ArgumentHelp("Remove a file, or a folder with all that is in it.", valueName: "url"))
    var delete: String?
    @Flag(help: "With --delete: also what a lake remembers, raw/ and _deliveries/.")
    var withMemory = false
    @Option(help: ArgumentHelp("Remove what killed uploads left below an address.", valueName: "url"))
    var deleteTemp: String?
    @Option(help: ArgumentHelp("How old a leftover must be for --delete-temp.", valueName: "seconds"))
    var olderThan = 3600
    @Option(help: ArgumentHelp("Run the command after -- while holding this lock.", valueName: "url"))
    var lease: String?
    @Option(help: ArgumentHelp("How to sign in to Azure.", valueName: "method"))
    var auth: AuthMethod?
    @Option(help: ArgumentHelp("Another address of the storage account, such as an emulator's.", valueName: "url"))
    var endpoint: String?
    @Option(help: ArgumentHelp("Files and blocks on their way at a time.", valueName: "n"))
    var jobs = LakeSettings.defaultJobs
    @Option(help: ArgumentHelp("Larger files go in blocks of this size (64K to 256M).", valueName: "bytes"))
    var blockBytes = ByteSize(LakeSettings.defaultBlockByteCount)
    @Option(help: ArgumentHelp("Keep this beside the files' content; may be repeated.", valueName: "name=value"))
    var metadata: [String] = []
    @Option(help: ArgumentHelp("The type of the content; else by the name's extension.", valueName: "type"))
    var contentType: String?
    @Option(
        name: .customLong("content-md5"),
        help: ArgumentHelp("Whether files get a stored MD5; auto: those of up to 256M.", valueName: "auto|always|never")
    )
    var contentMD5: DigestChoice?
    @Option(
        name: .customLong("content-sha256"),
        help: ArgumentHelp(
            "Whether the SHA-256 of files is taken; auto: of up to 256M, and where a manifest names it.",
            valueName: "auto|always|never")
    )
    var contentSHA256: DigestChoice?
    @Option(
        name: .customLong("run"),
        help: ArgumentHelp("Keep the grown manifest as _manifests/NAME.ndjson too.", valueName: "name"))
    var runName: String?
    @Flag(help: "Say what would be done, and do nothing.")
    var dryRun = false
    @Flag(help: .hidden)
    var guardGroup = false
    @OptionGroup var common: CommonOptions

    var namedFiles: NamedFiles {
        // After --lease stands a command.
        var named = NamedFiles(inputs: [manifest] + (lease == nil ? sources : []))
        named.add(output: output, as: "-o")
        return named
    }

    mutating func execute(log: Log, report: RunReport) throws(StageFailure) {
        let settings = try lakeSettings(log)
        defer {
            if let name = settings.credentialName.withLock({ $0 }) { report.detail("credential", .string(name)) }
        }
        switch try PutMode(self, settings) {
        case .deliveries(let manifest, let target, let layout):
            try putDeliveries(manifest, to: target, as: layout, settings, report)
        case .files(let target):
            try putFiles(to: target, settings, report)
        case .list(let inspection):
            var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
            try inspection.list(to: &output)
            try finish(&output)
        case .concatenate(let inspection):
            try inspection.concatenate(to: 1)
        case .get(let inspection, let path):
            report.addOutput(try inspection.get(to: path, sha256: sha256))
        case .deleteTemporaries(let inspection):
            var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
            report.count(
                "deleted",
                try inspection.deleteTemporaries(olderThanSeconds: olderThan, dryRun: dryRun, to: &output))
            try finish(&output)
        case .delete(let deletion):
            var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
            report.count("deleted", try deletion.run(dryRun: dryRun, to: &output))
            try finish(&output)
        case .lease(let address):
            let status = try LeasedCommand.run(sources, under: address, settings)
            if status != 0 { throw StageFailure(status: status, nil) }
        case .guardGroup:
            GroupGuard.watch()
        }
    }
}
