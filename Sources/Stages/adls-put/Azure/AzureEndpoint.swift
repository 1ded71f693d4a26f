import HTTP
import StageKit

/// The addresses of a storage account's two endpoints. Both reach the same files: dfs knows folders and renames, blob
/// stores a whole file in one request.
struct AzureEndpoint: Sendable {
    enum Kind: Sendable { case dfs, blob }

    private let dfs: WebURL
    private let blob: WebURL
    private let container: String

    /// `override` takes the place of both, such as `http://127.0.0.1:10000/devstoreaccount1` of an emulator. Plain http
    /// to another machine is refused.
    init(_ container: AzureContainer, override: String?) throws(StageFailure) {
        let text = override ?? "https://\(container.host)"
        do throws(HTTPError) {
            // People know the one or the other.
            let dfs = try WebURL(text)
            guard dfs.query == nil else { throw .badRequest("an endpoint has no query") }
            guard dfs.scheme == .https || dfs.isLoopback else {
                throw .badRequest("plain http is allowed only to this machine")
            }
            self.dfs = try dfs.withHost(AzureContainer.swapEndpoint(dfs.host, from: ".blob.", to: ".dfs."))
            let blobHost = AzureContainer.swapEndpoint(dfs.host, from: ".dfs.", to: ".blob.")
            blob = try dfs.withHost(blobHost)
        } catch {
            throw .badConfiguration("the lake's endpoint: \(error.message)")
        }
        self.container = container.name
    }

    /// The address of a path in the container; of the container itself for the empty path.
    func url(_ kind: Kind, _ path: String) -> WebURL {
        (kind == .dfs ? dfs : blob).appending(segments: [container]).appendingPath(path)
    }

    /// The container's root as a directory: with a slash behind it.
    var root: WebURL { dfs.appending(segments: [container, ""]) }
}

extension WebURL {
    fileprivate func withHost(_ host: String) throws(HTTPError) -> WebURL {
        try WebURL("\(scheme.rawValue)://\(host)\(port.map { ":\($0)" } ?? "")\(path)")
    }

    fileprivate func appendingPath(_ path: String) -> WebURL { path.isEmpty ? self : appending(path: path) }
}
