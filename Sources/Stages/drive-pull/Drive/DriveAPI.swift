import Bytes
import HTTP
import NDJSON
import Signing

/// Sends requests to the Drive API: with a token, at a pace that the quota allows, again where Drive says "later".
final class DriveAPI: Sendable {
    static let defaultRoot = "https://www.googleapis.com/drive/v3"
    /// How often a request is sent while Drive says "later", or nothing (Google asks for patience up to a minute).
    static let attemptLimit = 10
    static let firstCeilingSeconds = 1.0
    /// How often a request is sent again because a token that had been good has ended.
    static let endedTokenLimit = 10
    /// How often because a new token was refused.
    static let refusedTokenLimit = 1
    /// How often an answer that cannot be read is asked for again.
    static let answerAttemptLimit = 3

    let root: WebURL
    let client: HTTPClient
    let access: GoogleAccess
    private let pace: QuotaPace
    // Files that were shared by link before 2021 are shown only to who tells their key.
    private let resourceKeys = Guarded<[String: String]>([:])

    init(root: WebURL, client: HTTPClient, access: GoogleAccess, unitsPerMinute: Int) {
        self.root = root
        self.client = client
        self.access = access
        pace = QuotaPace(unitsPerMinute: unitsPerMinute, clock: client.settings.clock)
    }

    /// Remembers the key that opens a file.
    func learn(key: String?, of id: String) {
        if let key, !key.isEmpty { resourceKeys.withLock { $0[id] = key } }
    }

    /// A request below the API's root, about `ids`.
    func request(
        _ method: HTTPMethod = .get, _ segments: [String], _ query: [(name: String, value: String)] = [],
        about ids: [String] = []
    ) -> Request {
        var request = Request(method, root.appending(segments: segments).adding(query: query))
        let keys = resourceKeys.withLock { known in ids.compactMap { id in known[id].map { "\(id)/\($0)" } } }
        if !keys.isEmpty { request.headers["X-Goog-Drive-Resource-Keys"] = keys.joined(separator: ",") }
        return request
    }

    /// Sends a request until there is an answer that counts; one that is no success is thrown as refusal.
    func send(_ request: Request, cost: Int) throws(DriveError) -> Response {
        var request = request
        request.isRetryWorthwhile = { GoogleRefusal($0).isWorthRetrying }
        request.keepsCredentials = GoogleHosts.isContent
        let access = access
        var ended = 0
        var refused = 0
        while true {
            var used: AccessToken?
            request.authorize = { (outgoing) throws(HTTPError) in used = try access.authorize(&outgoing) }
            pace.take(cost)
            let response = try sendOnce(request)
            if response.status == 401, let used {
                if access.forget(used) { ended += 1 } else { refused += 1 }
                if ended <= Self.endedTokenLimit, refused <= Self.refusedTokenLimit { continue }
            }
            if response.isSuccess {
                if let used { access.noteSuccess(used) }
                return response
            }
            throw .refused(GoogleRefusal(response))
        }
    }

    /// The JSON document that an address of the API gives.
    func get(
        _ segments: [String], _ query: [(name: String, value: String)], about ids: [String] = [], cost: Int
    ) throws(DriveError) -> JSONValue {
        let request = request(.get, segments, query + [("prettyPrint", "false")], about: ids)
        return try document(request, cost: cost)
    }

    /// The JSON document that a request gives.
    func document(_ request: Request, cost: Int) throws(DriveError) -> JSONValue {
        for _ in 1...Self.answerAttemptLimit {
            let response = try send(request, cost: cost)
            if let document = try? JSONValue(parsing: response.body), document.object != nil { return document }
        }
        throw .malformed("\(request.url.path): no JSON object")
    }

    private func sendOnce(_ request: Request) throws(DriveError) -> Response {
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            throw .web(error)
        }
    }
}
