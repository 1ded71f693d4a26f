import Bytes
import Digests
import NDJSON
import StageKit

/// Brings the files of an inventory to the output folder and gives their manifest lines.
struct Pull {
    let output: String
    let known: NewestRecords
    let routing: DatasetRouting
    let names: LocalNames
    let printsUnchanged: Bool
    let isDryRun: Bool
    let log: Log
    let report: RunReport
    var reader = FileCopy()

    private(set) var newCount = 0
    private(set) var unchangedCount = 0
    private(set) var copiedCount = 0
    private(set) var unmatchedCount = 0
    private(set) var vanishedCount = 0
    private(set) var postponedCount = 0

    init(
        output: String, known: NewestRecords, routing: DatasetRouting, names: LocalNames, printsUnchanged: Bool,
        isDryRun: Bool, log: Log, report: RunReport
    ) {
        self.output = output
        self.known = known
        self.routing = routing
        self.names = names
        self.printsUnchanged = printsUnchanged
        self.isDryRun = isDryRun
        self.log = log
        self.report = report
    }

    /// Brings one file of this machine; nil when there is nothing to print of it.
    mutating func bring(_ file: SourceFile, at location: RawPath) throws(FileCopy.Failure) -> JSONValue? {
        let record = known[file.id]
        let path = FileSystem.join(output, names.place(of: file))
        let content: FileCopy.Content
        do throws(FileCopy.Failure) {
            content = try bring(location, record: record, to: path)
        } catch {
            guard case .notThere = error else { throw error }
            noteVanished(file)
            return nil
        }
        let pulled = PulledContent(
            version: content.digests.sha256, modified: content.modified, mimeType: MimeType.type(of: file.name),
            digests: content.digests)
        return line(of: file, pulled)
    }

    /// The line of a file whose content is known; nil when there is nothing to print of it.
    mutating func line(of file: SourceFile, _ content: PulledContent) -> JSONValue? {
        let record = known[file.id]
        let isKnown = record?.version == content.version
        if isKnown { unchangedCount += 1 } else { newCount += 1 }
        if isKnown, !printsUnchanged { return nil }
        let dataset = routing.dataset(of: file.drivePath)
        if dataset == nil, !isKnown { noteUnmatched(file.drivePath) }
        log.detail("\(file.drivePath): \(isKnown ? "unchanged" : "new"), \(dataset ?? "no dataset")")
        return PulledLine.present(
            file, content, record: record, dataset: dataset, path: FileSystem.join(output, names.place(of: file)))
    }

    /// Reads the file and sees to it that `path` holds its content, unless nobody will ask for it.
    private mutating func bring(
        _ location: RawPath, record: DeliveryRecord?, to path: String
    ) throws(FileCopy.Failure) -> FileCopy.Content {
        let standing = try Self.stamp(RawPath(path))
        // Only where the content may be known or be there already is it worth a look before the copy.
        if record != nil || standing != nil || isDryRun {
            let content = try reader.digest(location)
            let isKnown = record?.version == content.digests.sha256
            if isDryRun || (isKnown && !printsUnchanged) { return content }
            if let standing, standing.kind == .regular, standing.byteCount == content.digests.byteCount,
                try reader.digest(RawPath(path)).digests.sha256 == content.digests.sha256
            {
                return content
            }
        }
        let content = try reader.copy(location, to: path)
        noteCopied(StoredFile(path: path, byteCount: content.digests.byteCount, sha256: content.digests.sha256))
        return content
    }

    mutating func noteCopied(_ file: StoredFile) {
        copiedCount += 1
        report.addOutput(file)
    }

    mutating func noteVanished(_ file: SourceFile) {
        log.info("\(file.drivePath): went away before it was read; the next run will see that it is gone")
        vanishedCount += 1
    }

    mutating func notePostponed(_ file: SourceFile, _ reason: String) {
        log.info("\(file.drivePath): \(reason)")
        postponedCount += 1
    }

    /// A file of Drive that is known in this version, so that nobody asks for it.
    mutating func noteUnchanged() { unchangedCount += 1 }

    /// The line of a file that is gone.
    func line(ofDeleted record: DeliveryRecord) -> JSONValue {
        log.detail("\(record.drivePath): deleted")
        return PulledLine.deleted(record, dataset: routing.dataset(of: record.drivePath))
    }

    /// Removes the pulled copy of a file that is gone, with the folders that it leaves empty: otherwise a folder of
    /// the same name could not be pulled. A copy that somebody has changed stays.
    func removeCopy(of record: DeliveryRecord) {
        for place in LocalNames.places(of: record) {
            let path = FileSystem.join(output, place)
            guard let content = try? reader.digest(RawPath(path)), content.digests.sha256 == record.sha256 else {
                continue
            }
            do throws(IOError) {
                try FileSystem.remove(path)
            } catch {
                return log.warning("\(error.message); the copy of a deleted file stays")
            }
            FolderTidying.removeEmptyFolders(from: FileSystem.parent(of: place), upTo: output)
        }
    }

    private mutating func noteUnmatched(_ drivePath: String) {
        guard routing.isActive else { return }
        unmatchedCount += 1
        log.warning("\(drivePath): no contract names this file; it goes to raw/_unmatched", code: "file.unmatched")
        report.warn("file.unmatched")
    }

    private static func stamp(_ path: RawPath) throws(FileCopy.Failure) -> FileStamp? {
        do throws(IOError) {
            return try path.stamp()
        } catch {
            throw .output(error)
        }
    }
}
