import Bytes
import StageKit

/// From options to what the run works with.
enum PullSetUp {
    /// The folders as addresses. Naming one twice, or pulling a folder into itself, is a usage error.
    static func sources(_ folders: [String], output: String) throws(StageFailure) -> [SourceAddress] {
        var sources: [SourceAddress] = []
        for folder in folders {
            let source = try SourceAddress.parse(folder)
            if sources.contains(where: { $0.root == source.root }) { throw .usage("\(folder): named twice") }
            if case .folder(let path) = source, SourceAddress.absolutePath(output) == path {
                throw .usage("\(folder): a folder cannot be pulled into itself")
            }
            sources.append(source)
        }
        return sources
    }

    /// What the sources were called before, as records name it. A source itself is a usage error: it was not moved.
    static func formerRoots(
        _ folders: [String], of sources: [SourceAddress]
    ) throws(StageFailure) -> Set<String> {
        var roots: Set<String> = []
        for folder in folders {
            let former = try SourceAddress.parse(folder)
            if case .drive(let address) = former, address.id == DriveAddress.rootAlias {
                throw .usage("--moved-from \(folder): records name My Drive by its id; give that")
            }
            guard !sources.contains(where: { $0.root == former.root }) else {
                throw .usage("--moved-from \(folder): that is a folder to pull; give what it was called before")
            }
            roots.insert(former.root)
        }
        return roots
    }

    /// A connection to Drive, where a source lies there.
    static func session(
        for sources: [SourceAddress], _ options: DriveOptions, log: Log
    ) throws(StageFailure) -> DriveSession? {
        let isNeeded = sources.contains { if case .drive = $0 { true } else { false } }
        return isNeeded ? try DriveSession.open(options, log: log) : nil
    }

    /// The sources with real ids: `root` means something else to everybody.
    static func resolved(
        _ sources: [SourceAddress], by session: DriveSession?
    ) throws(StageFailure) -> [SourceAddress] {
        guard let session else { return sources }
        return try sources.map { (source) throws(StageFailure) in
            guard case .drive(let address) = source else { return source }
            return .drive(try session.resolved(address))
        }
    }

    /// Keeps what the next run may build on, now that everything has been brought.
    static func remember(
        _ lister: SourceLister, _ inventory: Inventory, in state: PullState, _ fetch: DriveFetch
    ) throws(StageFailure) {
        do throws(IOError) {
            try state.save(lister.listed, keeping: Set(inventory.files.map(\.id)))
        } catch {
            throw .output(error)
        }
        fetch.tidy()
    }

    /// The newest record of each file; none without `--known`.
    static func records(_ path: String?, report: RunReport) throws(StageFailure) -> NewestRecords {
        guard let path else { return NewestRecords() }
        let digest = InputDigest()
        let source: any ByteSource
        do throws(IOError) {
            source = try DataInput.open(path, digest: digest)
        } catch {
            throw .input(error)
        }
        let records = try NewestRecords.read(source)
        report.addInput(StoredFile(path: path, byteCount: digest.byteCount, sha256: digest.finish()))
        return records
    }
}
