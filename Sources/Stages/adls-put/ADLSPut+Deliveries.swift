import Bytes
import NDJSON
import StageKit

extension ADLSPut {
    /// Puts the deliveries of a manifest, line by line, and prints each grown line as soon as it is stored.
    ///
    /// A line that is wrong in itself (65, 66) is told and the others go on; the run then ends with that status. What
    /// is wrong with the lake ends the run at once.
    func putDeliveries(
        _ manifest: String, to target: String, as layout: LakeLayout, log: Log, report: RunReport
    ) throws(StageFailure) {
        let (lake, template) = try Lakes.split(target, layout: layout)
        let store = Lakes.store(for: lake)
        var raw = RawDelivery(
            lake: lake, store: store, template: template, isDryRun: dryRun, log: log, report: report,
            now: {
                let time = Environment.wallClock()
                return UTCTime(seconds: time.seconds, nanoseconds: time.nanoseconds)
            })
        var processed = ProcessedDelivery(
            lake: lake, store: store, template: template, replaces: ifExists == .replace, isDryRun: dryRun,
            report: report)
        let digest = InputDigest()
        let source = try openManifest(manifest, digest)
        var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
        var failure: StageFailure?
        var (lineCount, failedCount) = (0, 0)
        defer {
            report.addInput(StoredFile(path: manifest, byteCount: digest.byteCount, sha256: digest.finish()))
            report.count("lines", lineCount)
            report.count("stored", raw.storedCount + processed.storedCount)
            report.count("standing", raw.standingCount + processed.standingCount)
            report.count("records", raw.recordCount)
            report.count("failed", failedCount)
            report.count("bytes", raw.byteCount + processed.byteCount)
        }
        do throws(StageFailure) {
            try DocumentLines.forEach(of: source) { (number, document) throws(StageFailure) in
                lineCount += 1
                log.progress.advance(to: lineCount, .deliveries)
                do throws(StageFailure) {
                    let line = try ManifestLine(document, place: "\(source.path):\(number)")
                    let grown = layout == .raw ? try raw.deliver(line) : try processed.deliver(line)
                    try write(grown, to: &output)
                } catch {
                    guard error.status == ExitStatus.badData || error.status == ExitStatus.noInput else { throw error }
                    failedCount += 1
                    log.error(error.message ?? "\(source.path):\(number): failed")
                    failure = failure ?? error
                }
            }
        } catch {
            // What is stored is told even when the run ends here.
            try finish(&output)
            throw error
        }
        try finish(&output)
        if let failure { throw StageFailure(status: failure.status, "\(failedCount) of \(lineCount) lines failed") }
    }

    /// Puts files and folders that are no deliveries.
    func putFiles(to target: String, log: Log, report: RunReport) throws(StageFailure) {
        let store = Lakes.store(for: try Lakes.address(target))
        let pairs = try PlainPut.pairs(sources, to: target)
        var put = PlainPut(
            store: store, policy: ifExists ?? .fail, requiredTag: ifMatch, isDryRun: dryRun, report: report)
        var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
        defer {
            report.count("stored", put.storedCount)
            report.count("standing", put.standingCount)
            report.count("bytes", put.byteCount)
        }
        do throws(StageFailure) {
            for (number, pair) in pairs.enumerated() {
                log.progress.advance(to: number, .files, of: pairs.count)
                let line = try put.put(pair)
                try mapOutputError { () throws(IOError) in try output.append(line.bytes + [0x0A]) }
            }
        } catch {
            try finish(&output)
            throw error
        }
        try finish(&output)
    }

    func finish(_ output: inout DataOutput) throws(StageFailure) {
        do throws(IOError) {
            try output.finish()
        } catch {
            throw .output(error)
        }
    }

    private func write(_ line: ManifestLine, to output: inout DataOutput) throws(StageFailure) {
        do throws(IOError) {
            try output.append(line.bytes)
        } catch {
            throw .output(error)
        }
    }

    private func openManifest(_ path: String, _ digest: InputDigest) throws(StageFailure) -> any ByteSource {
        do throws(IOError) {
            return try DataInput.open(path, digest: digest)
        } catch {
            throw .input(error)
        }
    }
}
