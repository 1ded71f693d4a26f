import Bytes
import Digests
import HTTP
import StageKit

/// Downloads a file's bytes as they were when it was listed: in several stretches if the connection breaks, all of the
/// same revision, and verified by length and digests in the end.
struct BlobDownload {
    /// Broken connections in a row that brought nothing.
    static let idleFailureLimit = DriveAPI.attemptLimit
    /// Broken connections in all.
    static let stretchLimit = 500
    /// Contents that were not what Drive had said.
    static let mismatchLimit = 5
    /// How often the file may be replaced while it is downloaded.
    static let replacementLimit = 3

    let api: DriveAPI
    let output: String
    let drivePath: String
    let acknowledgesAbuse: Bool
    /// Called with the length of each block.
    var note: (Int) -> Void = { _ in }

    /// Brings the content to `place` and says of which version it is.
    func run(_ item: DriveItem, to place: String) throws(FetchFailure) -> (item: DriveItem, digests: ContentDigests) {
        var item = item
        for _ in 0...Self.replacementLimit {
            let file = try begin(item)
            if let digests = try bring(item, into: file) {
                do throws(IOError) { try file.publish(as: place) } catch { throw .output(error) }
                return (item, digests)
            }
            file.discard()
            item = try api.current(item, drivePath)
        }
        throw .file(
            .tryAgain("\(drivePath): it was replaced \(Self.replacementLimit + 1) times while it was downloaded"))
    }

    private func begin(_ item: DriveItem) throws(FetchFailure) -> ResumableFile {
        do throws(IOError) {
            return try ResumableFile(output: output, id: item.id, version: item.contentVersion, note: note)
        } catch {
            throw .output(error)
        }
    }

    /// Gives nil when the file has another content now.
    private func bring(_ item: DriveItem, into file: ResumableFile) throws(FetchFailure) -> ContentDigests? {
        var mismatches = 0
        while true {
            guard try complete(item, file) else { return nil }
            let digests = file.digests()
            if Self.matches(digests, item) { return digests }
            try restart(file)
            if try api.current(item, drivePath).contentVersion != item.contentVersion { return nil }
            mismatches += 1
            guard mismatches < Self.mismatchLimit else {
                throw .file(
                    .tryAgain(
                        "\(drivePath): \(mismatches) times the bytes that came were not those that Drive describes"))
            }
        }
    }

    /// Whether the bytes are those that Drive described.
    static func matches(_ digests: ContentDigests, _ item: DriveItem) -> Bool {
        (item.byteCount ?? digests.byteCount) == digests.byteCount && (item.md5 ?? digests.md5) == digests.md5
            && (item.sha256 ?? digests.sha256) == digests.sha256
    }

    /// Receives until all bytes are there; false when the file has another content now.
    private func complete(_ item: DriveItem, _ file: ResumableFile) throws(FetchFailure) -> Bool {
        var idleFailures = 0
        for stretch in 1...Self.stretchLimit {
            if let wanted = item.byteCount {
                if file.byteCount > wanted { try restart(file) }
                if file.byteCount == wanted, wanted > 0 { return true }
            }
            // What came before is the beginning of this revision only.
            if stretch > 1, file.byteCount > 0, try api.current(item, drivePath).contentVersion != item.contentVersion {
                return false
            }
            let before = file.byteCount
            if try receive(item, file) {
                // A stream that ends early without saying so is a broken one.
                guard let wanted = item.byteCount, file.byteCount < wanted else { return true }
            }
            idleFailures = file.byteCount > before ? 1 : idleFailures + 1
            guard wait(after: idleFailures) else { break }
        }
        throw .file(StageFailure(status: ExitStatus.unreachable, "\(drivePath): the connection broke too often"))
    }

    /// One request; false when it broke and the rest may be asked for.
    private func receive(_ item: DriveItem, _ file: ResumableFile) throws(FetchFailure) -> Bool {
        var query = [("alt", "media"), ("supportsAllDrives", "true")]
        if acknowledgesAbuse { query.append(("acknowledgeAbuse", "true")) }
        var request = api.request(.get, ["files", item.id], query, about: [item.id])
        request.acceptsCompression = false
        request.target = .sink(file)
        if file.byteCount > 0 { request.headers["Range"] = ByteRange(first: file.byteCount).text }
        do throws(DriveError) {
            _ = try api.send(request, cost: QuotaPace.Cost.download)
            return true
        } catch {
            switch error {
            case .web(.interrupted), .web(.timedOut): return false
            case .web(.rangeIgnored):
                try restart(file)
                return false
            case .refused(let refusal) where refusal.status == 416:
                // Nothing lies behind the end of an empty file, or the file is shorter than it was.
                try restart(file)
                return item.byteCount == 0
            default: throw .of(error, drivePath)
            }
        }
    }

    private func restart(_ file: ResumableFile) throws(FetchFailure) {
        do throws(IOError) { try file.restart() } catch { throw .output(error) }
    }

    /// Waits before the next stretch; false when there shall be none.
    private func wait(after failures: Int) -> Bool {
        let settings = api.client.settings
        var policy = settings.retries
        policy.attemptLimit = Self.idleFailureLimit
        guard
            let seconds = policy.waitSeconds(
                afterAttempts: failures, random: settings.random(), serverWaitSeconds: nil,
                remainingSeconds: policy.deadlineSeconds)
        else { return false }
        settings.clock.sleep(seconds, settings.stop)
        return settings.stop?.isSet != true
    }
}
