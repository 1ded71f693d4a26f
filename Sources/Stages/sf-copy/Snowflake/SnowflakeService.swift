internal import Bytes
internal import HTTP
internal import NDJSON
internal import StageKit

/// Speaks SQL API v2: `POST /api/v2/statements`, `GET /api/v2/statements/{handle}`, `POST .../cancel`.
///
/// Every request is a session of its own. Statements are submitted to run by themselves (`async=true`) and asked after,
/// so that their handle is known from the start: a signal cancels them by it.
final class SnowflakeService {
    static let firstPauseSeconds = 0.05
    static let longestPauseSeconds = 10.0
    /// What the server may take for one request; beyond it the statements are ended there.
    static let statementLimitSeconds = 4 * 3600
    /// The server refuses longer texts.
    static let textByteLimit = 1_000_000
    /// How long a cancellation may take when we are told to stop.
    private static let cancelSeconds = 5.0

    struct Context {
        var role: String?
        var warehouse: String?
        /// Found again in QUERY_HISTORY.
        var queryTag: String
    }

    private let client: HTTPClient
    private let endpoint: WebURL
    private let credentials: SnowflakeCredentials
    private let context: Context
    private let journal: StatementJournal?
    /// How far this machine's clock is ahead of the service's, as of its last answer.
    private(set) var clockDifferenceSeconds: Int?

    /// For messages.
    var displayName: String { "\(endpoint.origin) as \(credentials.displayName)" }
    var role: String? { context.role }
    var user: String? { credentials.user }
    var fingerprint: String? { credentials.fingerprint }

    init(
        client: HTTPClient, address: WebURL, credentials: SnowflakeCredentials, context: Context,
        journal: StatementJournal?
    ) {
        self.client = client
        endpoint = address.appending(segments: ["api", "v2", "statements"])
        self.credentials = credentials
        self.context = context
        self.journal = journal
    }

    /// Runs statements in one session, one after the other up to the first that fails.
    ///
    /// - Parameters:
    ///   - wanted: the indexes of those whose rows are wanted.
    ///   - isChange: what a crash must not lose sight of, which goes through the journal. Nothing with a secret may.
    /// - Returns: their rows, in order.
    func run(
        _ statements: [String], wanted: [Int], isChange: Bool = false
    ) throws(WarehouseError) -> [[JSONObject]] {
        let answer = try submit(statements, isChange: isChange)
        if statements.count == 1 { return wanted.isEmpty ? [] : [try rows(answer)] }
        guard answer.children.count == statements.count else {
            throw .interrupted(
                "Snowflake answers with \(answer.children.count) results for \(statements.count) statements")
        }
        var results: [[JSONObject]] = []
        for index in wanted {
            results.append(try rows(try wait(for: answer.children[index])))
        }
        return results
    }

    /// Sees to the end of the changes that earlier processes sent and did not see end.
    func settle() throws(WarehouseError) {
        for statement in journal?.unsettled ?? [] {
            do throws(WarehouseError) {
                _ = try finish(statement, isResubmission: true)
            } catch {
                // How it ended shows in the tables; only that nobody could be asked matters here.
                if case .failed(let failure) = error, Self.isPassing(failure) { throw error }
            }
            statement.settle()
        }
    }

    private func submit(_ statements: [String], isChange: Bool) throws(WarehouseError) -> SnowflakeAnswer {
        let text = statements.joined(separator: ";\n")
        guard text.utf8.count <= Self.textByteLimit else {
            throw .refused("the statements are longer than Snowflake's limit of \(Self.textByteLimit) bytes")
        }
        let body = body(text, count: statements.count)
        let requestID = UUIDText.random()
        guard isChange, let journal else {
            let document = try post(body, requestID: requestID, isResubmission: false)
            return try answer(document)
        }
        let statement: JournaledStatement
        do throws(IOError) {
            statement = try journal.begin(requestID: requestID, body: body)
        } catch {
            throw .io(error)
        }
        do throws(WarehouseError) {
            let answer = try finish(statement, isResubmission: false)
            statement.settle()
            return answer
        } catch {
            // What nobody could see end stays in the journal.
            if case .failed(let failure) = error, Self.isPassing(failure) { throw error }
            statement.settle()
            throw error
        }
    }

    /// Sends a change, unless its handle is known, and waits for its end.
    private func finish(
        _ statement: JournaledStatement, isResubmission: Bool
    ) throws(WarehouseError) -> SnowflakeAnswer {
        if let handle = statement.handle { return try wait(for: handle) }
        let document = try post(statement.body, requestID: statement.requestID, isResubmission: isResubmission)
        do throws(IOError) {
            try statement.note(handle: document["statementHandle"]?.string ?? "")
        } catch {
            throw .io(error)
        }
        return try answer(document)
    }

    /// Whether the same request may be answered at another time.
    private static func isPassing(_ failure: StageFailure) -> Bool {
        failure.status != ExitStatus.badData && failure.status != ExitStatus.badConfiguration
    }

    private func post(
        _ body: JSONObject, requestID: String, isResubmission: Bool
    ) throws(WarehouseError) -> JSONObject {
        let url = endpoint.adding(query: [("requestId", requestID), ("async", "true")])
        let again = url.adding(query: "retry", "true")
        var request = Request(.post, isResubmission ? again : url, body: .bytes(JSONValue.object(body).bytes))
        request.headers["Content-Type"] = "application/json"
        // Sent again with the same id, it is not run again.
        request.isRepeatable = true
        request.retryURL = again
        return try document(of: try send(request))
    }

    private func answer(_ document: JSONObject) throws(WarehouseError) -> SnowflakeAnswer {
        guard document["code"]?.string == "333334" else { return SnowflakeAnswer(document) }
        return try wait(for: document["statementHandle"]?.string ?? "")
    }

    private func body(_ text: String, count: Int) -> JSONObject {
        var body: JSONObject = ["statement": .string(text), "timeout": .integer(Self.statementLimitSeconds)]
        if let role = context.role { body["role"] = .string(role) }
        if let warehouse = context.warehouse { body["warehouse"] = .string(warehouse) }
        body["parameters"] = .object([
            "MULTI_STATEMENT_COUNT": .string(String(count)), "QUERY_TAG": .string(context.queryTag),
            "TIMEZONE": .string("UTC"),
        ])
        return body
    }

    /// Asks until the statement has ended.
    private func wait(for handle: String) throws(WarehouseError) -> SnowflakeAnswer {
        var pause = Self.firstPauseSeconds
        while true {
            let response: Response
            do throws(WarehouseError) {
                response = try send(Request(.get, endpoint.appending(segments: [handle])))
            } catch {
                if client.settings.stop?.isSet == true { cancel(handle) }
                throw error
            }
            let document = try document(of: response)
            // 429 is not about the statement: it goes on.
            if response.status != 202, response.status != 429 { return SnowflakeAnswer(document) }
            client.settings.clock.sleep(pause, client.settings.stop)
            pause = min(pause * 1.6, Self.longestPauseSeconds)
        }
    }

    /// All rows of a result, whatever the number of its partitions.
    private func rows(_ answer: SnowflakeAnswer) throws(WarehouseError) -> [JSONObject] {
        var rows = answer.rows(answer.data)
        for partition in 1..<max(1, answer.partitionCount) {
            let url = endpoint.appending(segments: [answer.handle]).adding(query: "partition", String(partition))
            rows += answer.rows(try document(of: try send(Request(.get, url)))["data"]?.array ?? [])
        }
        return rows
    }

    /// Ends a statement there, since we are about to end here.
    private func cancel(_ handle: String) {
        var settings = client.settings
        settings.stop = nil
        settings.retries.deadlineSeconds = Self.cancelSeconds
        guard let client = try? HTTPClient(settings) else { return }
        var request = Request(.post, endpoint.appending(segments: [handle, "cancel"]))
        request.authorize = authorize
        // If it cannot be told, it ends by itself or is found by the next run.
        _ = try? client.send(request)
    }

    private func authorize(_ out: inout OutgoingRequest) throws(HTTPError) {
        out.headers["Authorization"] = try credentials.authorization()
        out.headers["X-Snowflake-Authorization-Token-Type"] = credentials.kind.rawValue
        out.headers["Accept"] = "application/json"
    }

    private func send(_ request: Request) throws(WarehouseError) -> Response {
        var request = request
        request.authorize = authorize
        request.renewCredentials = { [credentials] () throws(HTTPError) in credentials.renew() }
        do throws(HTTPError) {
            let response = try client.send(request)
            let now = client.settings.clock.now()
            if let date = response.headers["Date"].flatMap({ HTTPDate.read($0, now: now) }) {
                clockDifferenceSeconds = (now.milliseconds - date.milliseconds) / 1000
            }
            return response
        } catch {
            throw SnowflakeRefusal.request(error, stop: client.settings.stop?.signalNumber ?? 0)
        }
    }

    /// The body of an answer that is one: 200, 202, and 429 while polling.
    private func document(of response: Response) throws(WarehouseError) -> JSONObject {
        let document = (try? JSONValue(parsing: response.body))?.object
        switch response.status {
        case 200, 202: break
        case 429 where response.trace.request.hasPrefix("GET"): break
        case 408, 422:
            guard let document else { fallthrough }
            throw SnowflakeRefusal.statement(document)
        default:
            var reason = SnowflakeRefusal.reason(response.body)
            if response.status == 401 { reason = (reason ?? "") + " \(clockAndKey())" }
            throw SnowflakeRefusal.request(response.refusal(reason: reason), stop: 0)
        }
        guard let document else {
            throw .interrupted("\(response.trace.request): the answer is not JSON")
        }
        if document["code"]?.string == "391908" { throw .refused("the result is too large for the SQL API (391908)") }
        return document
    }

    /// Who we said we are, and how far the clocks differ: what a refused token needs to be understood.
    private func clockAndKey() -> String {
        var text = "(\(credentials.displayName)"
        if let seconds = clockDifferenceSeconds {
            text += "; this machine's clock is \(abs(seconds)) s \(seconds < 0 ? "behind" : "ahead")"
        }
        return text + ")"
    }
}
