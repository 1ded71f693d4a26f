import Bytes
import NDJSON
import StageKit

extension ADLSPut {
    /// Puts the deliveries of a manifest, line by line, and prints each grown line as soon as it is stored.
    ///
    /// A line that is wrong in itself (65, 66) is told and the others go on; the run then ends with that status. What
    /// is wrong with the lake ends the run at once.
    func putDeliveries(
        _ manifest: String, to target: String, as layout: LakeLayout, _ settings: LakeSettings, _ report: RunReport
    ) throws(StageFailure) {
        let log = settings.log
        let (lake, template) = try Lakes.split(target, layout: layout)
        let store = try Lakes.store(for: lake, settings)
        let attributes = try attributes()
        var raw = RawDelivery(
            lake: lake, store: store, template: template, attributes: attributes, isDryRun: dryRun, log: log,
            report: report,
            now: {
                let time = Environment.wallClock()
                return UTCTime(seconds: time.seconds, nanoseconds: time.nanoseconds)
            })
        var processed = ProcessedDelivery(
            lake: lake, store: store, template: template, attributes: attributes, replaces: ifExists == .replace,
            isDryRun: dryRun, report: report)
        var audit = runName.map { AuditCopy(lake: lake, run: $0) }
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
                    audit?.add(grown)
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
        if !dryRun { try audit?.store(in: store, log: log) }
        if let failure { throw StageFailure(status: failure.status, "\(failedCount) of \(lineCount) lines failed") }
    }

    /// Puts files and folders that are no deliveries, several at a time, and prints their lines in order.
    func putFiles(to target: String, _ settings: LakeSettings, _ report: RunReport) throws(StageFailure) {
        if !target.contains("{") { _ = try Lakes.address(target) }
        let pairs = try PlainPut.pairs(sources, to: target)
        guard let first = pairs.first else { return }
        guard pairs.allSatisfy({ $0.address.scheme == first.address.scheme }) else {
            throw .usage("\(target): all files go into one container")
        }
        let store = try Lakes.store(for: first.address, settings)
        let put = PlainPut(
            store: store, policy: ifExists ?? .fail, requiredTag: ifMatch, attributes: try attributes(),
            isDryRun: dryRun)
        var output = try mapOutputError { () throws(IOError) in try DataOutput("-") }
        var counts = (stored: 0, standing: 0, bytes: 0)
        defer {
            report.count("stored", counts.stored)
            report.count("standing", counts.standing)
            report.count("bytes", counts.bytes)
        }
        var failure: StageFailure?
        var rest = pairs[...]
        while !rest.isEmpty, failure == nil {
            settings.log.progress.advance(to: pairs.count - rest.count, .files, of: pairs.count)
            let batch = Array(rest.prefix(jobs * Self.filesOfABatch))
            rest = rest.dropFirst(batch.count)
            let (done, found) = put.put(batch, atOnce: jobs)
            for item in done {
                if let stored = item.stored {
                    counts.stored += 1
                    counts.bytes += stored.byteCount
                    report.addOutput(stored)
                } else if !dryRun {
                    counts.standing += 1
                }
                try mapOutputError { () throws(IOError) in try output.append(item.line.bytes + [0x0A]) }
            }
            failure = found
        }
        try finish(&output)
        if let failure { throw failure }
    }

    /// Lines are printed when so many files of each thread are done.
    private static let filesOfABatch = 32

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
