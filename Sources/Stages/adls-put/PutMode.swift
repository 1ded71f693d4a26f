import Bytes
import StageKit

/// Which of its works the program is asked for; the options of the others must be absent.
enum PutMode {
    case deliveries(manifest: String, target: String, LakeLayout)
    case files(target: String)
    case list(LakeInspection)
    case concatenate(LakeInspection)
    case get(LakeInspection, path: String)
    case deleteTemporaries(LakeInspection)
    case delete(LakeDeletion)
    case lease(LakeAddress)
    case guardGroup

    init(_ options: ADLSPut, _ settings: LakeSettings) throws(StageFailure) {
        if options.guardGroup {
            self = .guardGroup
            return
        }
        let asked = [
            ("--to", options.to), ("--list", options.list), ("--cat", options.cat), ("--get", options.get),
            ("--delete-temp", options.deleteTemp), ("--delete", options.delete), ("--lease", options.lease),
        ].compactMap { name, value in value.map { (name, $0) } }
        guard let (name, url) = asked.first else {
            throw .usage("give one of --to, --list, --cat, --get, --delete, --delete-temp and --lease; see --help")
        }
        guard asked.count == 1 else { throw .usage("\(asked[0].0) and \(asked[1].0) do not go together") }
        try Self.checkExtras(options, name)
        switch name {
        case "--to": self = try Self.put(options, url)
        case "--list": self = .list(try LakeInspection(url, settings))
        case "--cat": self = .concatenate(try LakeInspection(url, settings))
        case "--get":
            guard let path = options.output else { throw .usage("--get needs -o FILE") }
            self = .get(try LakeInspection(url, settings), path: path)
        case "--delete-temp":
            guard options.olderThan >= 0 else { throw .usage("--older-than is negative") }
            self = .deleteTemporaries(try LakeInspection(url, settings))
        case "--delete": self = .delete(try LakeDeletion(url, takesMemory: options.withMemory, settings))
        default:
            guard !options.sources.isEmpty else { throw .usage("--lease needs -- and a command") }
            let address = try Lakes.address(url)
            if address.isFolder { throw .usage("\(url): a lock is a name, not a folder") }
            self = .lease(address)
        }
    }

    /// Those that can say what they would do. The others change no lake, or do what is not ours to foresee.
    private static let dryRunModes: Set<String> = ["--to", "--delete", "--delete-temp"]

    private static func checkExtras(_ options: ADLSPut, _ name: String) throws(StageFailure) {
        func refuse(_ option: String, _ isThere: Bool, unless owner: String) throws(StageFailure) {
            if isThere, name != owner { throw .usage("\(option) belongs to \(owner), not to \(name)") }
        }
        try refuse("--manifest", options.manifest != nil, unless: "--to")
        try refuse("--as", options.layout != nil, unless: "--to")
        try refuse("--if-exists", options.ifExists != nil, unless: "--to")
        try refuse("--if-match", options.ifMatch != nil, unless: "--to")
        try refuse("--run", options.runName != nil, unless: "--to")
        try refuse("--metadata", !options.metadata.isEmpty, unless: "--to")
        try refuse("--content-md5", options.contentMD5 != nil, unless: "--to")
        try refuse("--content-sha256", options.contentSHA256 != nil, unless: "--to")
        try refuse("--content-type", options.contentType != nil, unless: "--to")
        if name != "--lease" { try refuse("a file", !options.sources.isEmpty, unless: "--to") }
        try refuse("-o", options.output != nil, unless: "--get")
        try refuse("--with-memory", options.withMemory, unless: "--delete")
        try refuse("--sha256", options.sha256 != nil, unless: "--get")
        guard !options.dryRun || dryRunModes.contains(name) else {
            throw .usage("--dry-run belongs to --to, --delete and --delete-temp, not to \(name)")
        }
    }

    private static func put(_ options: ADLSPut, _ target: String) throws(StageFailure) -> PutMode {
        guard let layout = options.layout else {
            if options.manifest != nil { throw .usage("--manifest needs --as raw or --as processed") }
            if options.runName != nil { throw .usage("--run needs --as raw or --as processed") }
            if options.sources.isEmpty { throw .usage("there is nothing to put: give files, or --manifest and --as") }
            if options.ifMatch != nil, options.ifExists != nil {
                throw .usage("--if-match and --if-exists do not go together")
            }
            if options.ifMatch != nil, options.sources.count > 1 { throw .usage("--if-match goes with one file") }
            return .files(target: target)
        }
        guard let manifest = options.manifest else {
            throw .usage("--as \(layout.rawValue) needs --manifest FILE or -")
        }
        if !options.sources.isEmpty { throw .usage("--as takes its files from the manifest, not from arguments") }
        if options.ifMatch != nil { throw .usage("--if-match does not go with --as") }
        if options.contentType != nil { throw .usage("--content-type does not go with --as") }
        if let run = options.runName, run.isEmpty || SafeName.make(run) != run {
            throw .usage("--run \(run): not a name of a file")
        }
        switch (layout, options.ifExists) {
        case (.raw, .replace), (.raw, .fail): throw .usage("raw/ is never overwritten: --as raw always skips")
        case (.processed, .fail): throw .usage("--as processed takes --if-exists skip or replace")
        default: return .deliveries(manifest: manifest, target: target, layout)
        }
    }
}
