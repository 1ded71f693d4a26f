import Bytes
import Digests
import HTTP
import StageKit

/// What a file of Drive came to.
enum DriveOutcome: Equatable, Sendable {
    /// It lies in the output folder. `wasFetched` is false when it lay there before.
    case present(PulledContent, wasFetched: Bool)
    case vanished
    case postponed(String)
    case failed(StageFailure)
}

/// Brings many files of Drive to the output folder, several at a time.
final class DriveFetch: Sendable {
    /// One file to bring.
    struct Wanted: Sendable {
        let file: SourceFile
        let item: DriveItem
        /// Its path below the working folder.
        let place: String
        /// False for a version that is known and asked for all the same.
        let isNew: Bool
    }

    private let api: DriveAPI
    private let output: String
    private let quiet: QuietPeriod
    private let acknowledgesAbuse: Bool
    private let atOnce: Int
    private let state: PullState
    private let log: Log

    private let received = Guarded(0)
    /// Why no further file is begun.
    private let halt = Guarded<StageFailure?>(nil)
    private let outcomes = Guarded<[String: DriveOutcome]>([:])

    init(_ session: DriveSession, output: String, options: DriveOptions, state: PullState, log: Log) {
        api = session.api
        self.output = output
        quiet = QuietPeriod(seconds: options.quietPeriod.seconds) { WebSettings.now() }
        acknowledgesAbuse = options.acknowledgeAbuse
        atOnce = options.jobs
        self.state = state
        self.log = log
    }

    /// What became of each file, by id. A failure of one does not stop the others, unless they would all fail alike; an
    /// output that cannot be written ends the run.
    func bring(_ files: [Wanted], isDryRun: Bool) throws(IOError) -> [String: DriveOutcome] {
        let total = files.reduce(0) { $0 + ($1.item.isNative ? 0 : $1.item.byteCount ?? 0) }
        try WorkerThreads.forEach(files, atOnce: isDryRun ? 1 : atOnce) { [self] (wanted: Wanted) throws(IOError) in
            let outcome = try outcome(of: wanted, isDryRun: isDryRun, total: total)
            outcomes.withLock { $0[wanted.file.id] = outcome }
        }
        return outcomes.withLock { $0 }
    }

    /// Removes beginnings of files that no later run will continue.
    func tidy() { ResumableFile.removeLeftovers(in: output) }

    private func outcome(of wanted: Wanted, isDryRun: Bool, total: Int) throws(IOError) -> DriveOutcome {
        if wanted.isNew, let reason = quiet.reasonToWait(wanted.item) { return .postponed(reason) }
        if isDryRun { return .present(PulledContent(describing: wanted.item), wasFetched: false) }
        // It has been told why.
        if let failure = halt.withLock({ $0 }) { return .failed(StageFailure(status: failure.status, nil)) }
        if let content = try standing(wanted) { return .present(content, wasFetched: false) }
        do throws(FetchFailure) {
            return .present(try fetch(wanted, total: total), wasFetched: true)
        } catch {
            switch error {
            case .output(let failure): throw failure
            case .run(let failure):
                halt.withLock { $0 = $0 ?? failure }
                return .failed(failure)
            case .file(let failure): return .failed(failure)
            case .vanished: return .vanished
            case .postponed(let reason): return .postponed(reason)
            }
        }
    }

    private func fetch(_ wanted: Wanted, total: Int) throws(FetchFailure) -> PulledContent {
        let note: (Int) -> Void = { [self] count in
            let sum = received.withLock { sum in
                sum += count
                return sum
            }
            log.progress.advance(to: sum, .bytes, of: total)
        }
        let drivePath = wanted.file.drivePath
        let brought: (item: DriveItem, digests: ContentDigests)
        if wanted.item.isSheet {
            brought = try SheetExport(api: api, output: output, drivePath: drivePath, quiet: quiet, note: note)
                .run(wanted.item, to: wanted.place)
        } else {
            let download = BlobDownload(
                api: api, output: output, drivePath: drivePath, acknowledgesAbuse: acknowledgesAbuse, note: note)
            brought = try download.run(wanted.item, to: wanted.place)
        }
        let content = PulledContent(
            version: brought.item.contentVersion, modified: brought.item.modified, mimeType: brought.item.mimeType,
            digests: brought.digests)
        do throws(IOError) {
            try state.note(
                PullState.Pulled(
                    id: wanted.file.id, version: content.version, path: wanted.place,
                    byteCount: brought.digests.byteCount, md5: brought.digests.md5, sha256: brought.digests.sha256))
        } catch {
            throw .output(error)
        }
        return content
    }

    /// The content, if it lies in its place already: a blob is known by what Drive says of it, an export only by what we
    /// remember of bringing it.
    private func standing(_ wanted: Wanted) throws(IOError) -> PulledContent? {
        let item = wanted.item
        guard let stamp = try RawPath(wanted.place).stamp(), stamp.kind == .regular else { return nil }
        let remembered = state.pulled(item.id)
        if item.isNative {
            guard let remembered, remembered.version == item.contentVersion, remembered.path == wanted.place,
                remembered.byteCount == stamp.byteCount
            else { return nil }
        } else if stamp.byteCount != item.byteCount || item.md5 == nil {
            return nil
        }
        let digests = try ContentDigester.digests(of: DescriptorSource(path: wanted.place))
        let isSame = item.isNative ? digests.sha256 == remembered?.sha256 : BlobDownload.matches(digests, item)
        return isSame
            ? PulledContent(
                version: item.contentVersion, modified: item.modified, mimeType: item.mimeType, digests: digests) : nil
    }
}
