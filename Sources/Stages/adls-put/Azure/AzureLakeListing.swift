import Bytes
import HTTP
import NDJSON
import StageKit

extension AzureLake {
    /// A page of the list has at most 5,000 paths of at most 1,024 characters.
    static let pageByteLimit = 64 << 20
    static let pageItemCount = 5_000
    /// A page may be empty and lead on by the same token, but not for ever.
    static let sameTokenLimit = 20

    /// One file or folder of a list.
    struct Item {
        let path: String
        let isFolder: Bool
        let byteCount: Int
        let etag: String
        let modified: UTCTime

        init?(_ value: JSONValue) {
            guard let name = value["name"]?.string else { return nil }
            path = name
            isFolder = value["isDirectory"]?.string == "true" || value["isDirectory"]?.bool == true
            byteCount = value["contentLength"]?.string.flatMap { Int($0) } ?? value["contentLength"]?.integer ?? 0
            let tag = value["etag"]?.string ?? ""
            etag = tag.hasPrefix("\"") ? tag : "\"\(tag)\""
            let epoch = UTCTime(clampingMilliseconds: 0)
            modified = value["lastModified"]?.string.flatMap { HTTPDate.read($0, now: epoch) } ?? epoch
        }
    }

    func files(below folder: LakeAddress) throws(LakeError) -> [LakeEntry] {
        let directory = Self.withoutSlash(folder.location)
        let start = directory.isEmpty ? 0 : directory.utf8.count + 1
        return try items(below: directory, recursive: true)
            .filter { !$0.isFolder && !TemporaryPath.isTemporary($0.path) }
            .map { item in
                LakeEntry(
                    address: LakeAddress(scheme: folder.scheme, location: item.path),
                    path: String(decoding: item.path.utf8.dropFirst(start), as: UTF8.self), isFolder: false,
                    byteCount: item.byteCount, modified: item.modified, etag: item.etag)
            }
            .sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }

    /// Temporaries lie apart from the files that they become; each says where it was to go.
    func deleteTemporaries(
        below folder: LakeAddress, olderThanSeconds age: Int, dryRun: Bool
    ) throws(LakeError) -> [LakeAddress] {
        let now = Environment.wallClock().seconds
        var deleted: [LakeAddress] = []
        for directory in TemporaryPath.folders(session, above: folder.location) {
            for item in try items(below: directory, recursive: false) where TemporaryPath.isTemporary(item.path) {
                let address = LakeAddress(scheme: folder.scheme, location: item.path)
                let isOld = now - item.modified.milliseconds / 1000 >= age
                guard isOld, try isMeant(item.path, by: folder) else { continue }
                let isGone = dryRun ? true : try remove(item)
                if isGone { deleted.append(address) }
            }
        }
        return deleted.sorted { $0.location.utf8.lexicographicallyPrecedes($1.location.utf8) }
    }

    private func isMeant(_ path: String, by folder: LakeAddress) throws(LakeError) -> Bool {
        let prefix = Self.withoutSlash(folder.location)
        if prefix.isEmpty || path.utf8.starts(with: "\(prefix)/".utf8) { return true }
        let address = LakeAddress(scheme: folder.scheme, location: path)
        guard let target = try file(at: address)?.metadata[AzureFile.targetName].flatMap({ PercentEncoding.decode($0) })
        else {
            return false
        }
        return target == prefix || target.utf8.starts(with: "\(prefix)/".utf8)
    }

    /// Removes one temporary as it was listed; false when somebody has written to it since, or holds its lease.
    private func remove(_ item: Item) throws(LakeError) -> Bool {
        var request = session.request(.delete, .blob, item.path, headers: ["If-Match": item.etag])
        // A connection of its own, on which nothing is repeated without being counted.
        request.retryURL = request.url
        let response = try session.send(request)
        // Not there any more when it is asked again: the answer was lost.
        if response.isSuccess || response.status == 404 && response.trace.attempts > 1 { return true }
        guard response.status == 404 || response.status == 412 else { throw session.refusal(response) }
        return false
    }

    /// All that lies below a folder, page by page; nothing where the folder is not there.
    func items(below directory: String, recursive: Bool) throws(LakeError) -> [Item] {
        var items: [Item] = []
        var continuation: String?
        var sameTokenCount = 0
        repeat {
            var query = [
                (name: "resource", value: "filesystem"), (name: "recursive", value: recursive ? "true" : "false"),
                (name: "maxResults", value: String(Self.pageItemCount)),
            ]
            if !directory.isEmpty { query.append((name: "directory", value: directory)) }
            if let continuation { query.append((name: "continuation", value: continuation)) }
            var request = session.request(.get, .dfs, "", query: query)
            request.target = .memory(limit: Self.pageByteLimit)
            let response = try session.send(request)
            if response.status == 404, !response.isContainerMissing { return [] }
            guard response.isSuccess else { throw session.refusal(response) }
            guard let page = try? JSONValue(parsing: response.body), let paths = page["paths"]?.array else {
                throw .disturbed(url: "the list of \(directory)", what: "the service's answer is no list")
            }
            items += paths.compactMap { Item($0) }
            let next = response.headers["x-ms-continuation"].flatMap { $0.isEmpty ? nil : $0 }
            sameTokenCount = next == continuation ? sameTokenCount + 1 : 0
            guard next == nil || sameTokenCount < Self.sameTokenLimit else {
                throw .disturbed(
                    url: "the list of \(directory)", what: "the service gives the same page again and again")
            }
            continuation = next
        } while continuation != nil
        return items
    }

    static func withoutSlash(_ path: String) -> String {
        path.utf8.last == 0x2F ? String(path.dropLast()) : path
    }
}
