import Bytes
import Digests
import HTTP
import NDJSON
import StageKit

/// Exports a Google Sheet as a workbook.
///
/// Exports have no length, no digest and no ranges, and two of the same Sheet differ. So each is checked as a workbook,
/// and the Sheet's version must be the same before and after. Beyond 10 MB the plain way is closed, and there are two others:
///
///     files.export  ->  the link in `exportLinks`  ->  files.download, an operation that is asked until it is done
struct SheetExport {
    static let workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    /// How often the Sheet may change while it is exported.
    static let replacementLimit = 3
    /// Exports in a row that are no workbook.
    static let damageLimit = 4
    /// Large exports that cannot be done end as server errors too: soon another way is tried.
    static let attemptLimit = 6
    /// Google works for a long time before the first byte comes.
    static let stallSeconds = 300
    static let operationLimitSeconds = 900.0
    static let firstPollSeconds = 1.0
    static let pollLimitSeconds = 15.0

    let api: DriveAPI
    let output: String
    let drivePath: String
    let quiet: QuietPeriod
    var note: (Int) -> Void = { _ in }

    /// Brings the workbook to `place` and says of which version it is.
    func run(_ item: DriveItem, to place: String) throws(FetchFailure) -> (item: DriveItem, digests: ContentDigests) {
        var item = item
        for _ in 1...Self.replacementLimit {
            let file = try begin(item)
            let digests = try export(item, into: file)
            let after = try api.current(item, drivePath)
            // A version may also count what changes no content, such as a comment: then it is another name for the same.
            if after.version == item.version || after.modified == item.modified {
                do throws(IOError) { try file.publish(as: place) } catch { throw .output(error) }
                return (after, digests)
            }
            file.discard()
            item = after
            if let reason = quiet.reasonToWait(item) { throw .postponed(reason) }
        }
        throw .file(
            .tryAgain("\(drivePath): it changed each time while it was exported, \(Self.replacementLimit) times"))
    }

    private func begin(_ item: DriveItem) throws(FetchFailure) -> ResumableFile {
        do throws(IOError) {
            let file = try ResumableFile(output: output, id: item.id, version: item.version, note: note)
            try file.restart()
            return file
        } catch {
            throw .output(error)
        }
    }

    private func export(_ item: DriveItem, into file: ResumableFile) throws(FetchFailure) -> ContentDigests {
        var failure: DriveError?
        for way in [byExport, byLink, byOperation] {
            do throws(DriveError) {
                if let digests = try checked(file, { () throws(DriveError) in try way(item, file) }) { return digests }
                failure = .malformed("what was exported is no workbook")
            } catch {
                guard Self.hasOtherWays(error) else { throw .of(error, drivePath) }
                // The first refusal says best what is the matter.
                failure = failure ?? error
            }
        }
        throw .of(failure ?? .malformed("no way to export it"), drivePath)
    }

    /// Too large for this way, or too much for the server at once.
    private static func hasOtherWays(_ error: DriveError) -> Bool {
        switch error {
        case .refused(let refusal):
            refusal.reason == "exportSizeLimitExceeded" || refusal.status >= 500 && !refusal.isQuota
        case .malformed: true
        case .web: false
        }
    }

    /// Has `body` write the file, again if it is damaged; nil when it stays so.
    private func checked(
        _ file: ResumableFile, _ body: () throws(DriveError) -> Void
    ) throws(DriveError) -> ContentDigests? {
        for _ in 1...Self.damageLimit {
            try body()
            do throws(IOError) {
                if try WorkbookCheck.isWhole(file.path) { return file.digests() }
                try file.restart()
            } catch {
                throw .malformed(error.message)
            }
        }
        return nil
    }

    private func byExport(_ item: DriveItem, _ file: ResumableFile) throws(DriveError) {
        try fetch(
            api.request(.get, ["files", item.id, "export"], [("mimeType", Self.workbookType)], about: [item.id]), file)
    }

    private func byLink(_ item: DriveItem, _ file: ResumableFile) throws(DriveError) {
        let description = try api.description(of: item.id, fields: "exportLinks")
        guard let link = description["exportLinks"]?[Self.workbookType]?.string else {
            throw .malformed("it has no link to a workbook")
        }
        try fetch(try request(for: link, about: item), file)
    }

    private func byOperation(_ item: DriveItem, _ file: ResumableFile) throws(DriveError) {
        var start = api.request(
            .post, ["files", item.id, "download"], [("mimeType", Self.workbookType)], about: [item.id])
        // Starting it twice does no harm.
        start.isRepeatable = true
        var operation = try api.document(start, cost: QuotaPace.Cost.download)
        let clock = api.client.settings.clock
        let deadline = clock.monotonicSeconds() + Self.operationLimitSeconds
        var wait = Self.firstPollSeconds
        while operation["done"]?.bool != true {
            guard let name = operation["name"]?.string, clock.monotonicSeconds() < deadline else {
                throw .malformed("the export was not done within \(Int(Self.operationLimitSeconds)) s")
            }
            clock.sleep(wait, api.client.settings.stop)
            wait = min(wait * 2, Self.pollLimitSeconds)
            let segments = name.split(separator: "/").map(String.init)
            operation = try api.get(
                segments.first == "operations" ? segments : ["operations"] + segments, [], about: [item.id],
                cost: QuotaPace.Cost.get)
        }
        guard let link = operation["response"]?["downloadUri"]?.string else {
            throw .malformed("the export failed: \(operation["error"]?["message"]?.string ?? "no reason")")
        }
        try fetch(try request(for: link, about: item), file)
    }

    /// A request for an address that an answer gave. Our token goes along only to Google, and to where the API is.
    private func request(for link: String, about item: DriveItem) throws(DriveError) -> Request {
        guard let url = try? WebURL(link), GoogleHosts.isContent(url) || url.hasSameOrigin(as: api.root) else {
            throw .malformed("a link that leads away from Google")
        }
        var request = api.request(.get, [], about: [item.id])
        request.url = url
        return request
    }

    /// Writes what a request gives into the file, which starts over with each attempt.
    private func fetch(_ request: Request, _ file: ResumableFile) throws(DriveError) {
        var request = request
        request.acceptsCompression = false
        request.timeouts = api.client.settings.timeouts
        request.timeouts?.stallSeconds = Self.stallSeconds
        request.retries = api.client.settings.retries
        request.retries?.attemptLimit = Self.attemptLimit
        request.target = .opening { (_) throws(IOError) -> any ByteSink in
            try file.restart()
            return file
        }
        let response = try api.send(request, cost: QuotaPace.Cost.download)
        let type = response.headers["content-type"] ?? ""
        // A page to sign in comes with status 200.
        if type.lowercased().hasPrefix("text/html") { throw .malformed("a page came instead of a workbook") }
    }
}
