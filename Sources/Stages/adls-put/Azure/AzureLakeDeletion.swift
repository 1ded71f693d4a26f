import HTTP
import StageKit

extension AzureLake {
    /// The service removes a large folder in parts, and says with each that there is more.
    static let deletionPartLimit = 10_000

    func delete(_ address: LakeAddress, dryRun: Bool) throws(LakeError) -> [LakeAddress] {
        let path = Self.withoutSlash(address.location)
        let standing = try file(at: LakeAddress(scheme: address.scheme, location: path))
        if let standing, !standing.isFolder {
            if address.isFolder { return [] }
            if !dryRun { try remove(path) }
            return [address]
        }
        let files = try items(below: path, recursive: true).filter { !$0.isFolder }.map(\.path)
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if !dryRun {
            if try isHierarchical() {
                if standing != nil { try removeFolder(path) }
            } else {
                for file in files { try remove(file) }
            }
        }
        return files.map { LakeAddress(scheme: address.scheme, location: $0) }
    }

    /// Removes one file; that it is gone already is as good.
    private func remove(_ path: String) throws(LakeError) {
        let response = try session.send(session.request(.delete, .blob, path))
        guard response.isSuccess || response.status == 404 && !response.isContainerMissing else {
            throw session.refusal(response)
        }
    }

    /// Removes a folder with all that is in it, in an account that knows folders.
    private func removeFolder(_ path: String) throws(LakeError) {
        var continuation: String?
        for _ in 0..<Self.deletionPartLimit {
            var query = [(name: "recursive", value: "true")]
            if let continuation { query.append((name: "continuation", value: continuation)) }
            let response = try session.send(session.request(.delete, .dfs, path, query: query))
            // Sent again after a lost answer, it finds nothing.
            if response.status == 404, !response.isContainerMissing { return }
            guard response.isSuccess else { throw session.refusal(response) }
            continuation = response.headers["x-ms-continuation"].flatMap { $0.isEmpty ? nil : $0 }
            if continuation == nil { return }
        }
        throw .disturbed(url: path, what: "it is not empty after \(Self.deletionPartLimit) parts were removed")
    }
}
