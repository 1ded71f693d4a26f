package import Bytes

/// Which request a failure belongs to: enough for a person and for the service's support, and no secret.
package struct RequestTrace: Equatable, Sendable {
    /// Values longer than this are cut.
    package static let requestIDByteLimit = 128

    package struct RequestID: Equatable, Sendable {
        package let header: String
        package let value: String
    }

    /// Method and address, the values of the query left out.
    package let request: String
    /// How often it was sent.
    package var attempts: Int
    /// What the service calls the request, from the answer's header.
    package var requestIDs: [RequestID]

    init(_ request: String, attempts: Int = 0, requestIDs: [RequestID] = []) {
        self.request = request
        self.attempts = attempts
        self.requestIDs = requestIDs
    }

    /// The part of a message that follows the reason, such as ` (3 attempts, x-ms-request-id 1f0c...)`.
    var suffix: String {
        var parts = attempts > 1 ? ["\(attempts) attempts"] : []
        parts += requestIDs.map { "\($0.header) \($0.value)" }
        return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
    }
}

/// What can go wrong between the program and a web service. No case holds a header value other than request ids, a
/// query value, or bytes of a body.
package enum HTTPError: Error, Equatable, Sendable {
    /// Which wait was too long.
    package enum Wait: String, Equatable, Sendable {
        case connect = "no connection within the time limit"
        case stall = "the transfer stalled"
        case attempt = "no answer within the time limit"
        case deadline = "not done within the time limit of all attempts"
    }

    /// Which limit an answer exceeded.
    package enum Excess: String, Equatable, Sendable {
        case header = "the answer's header"
        case body = "the answer's body"
    }

    /// The caller asked for something impossible: an address, a header field or a setting that is not one.
    case badRequest(String)
    /// Plain http to another machine.
    case insecure(RequestTrace)
    /// No connection: unknown host, refused, unreachable network, a proxy that refuses.
    case unreachable(RequestTrace, reason: String)
    /// The server's certificate is not to be trusted.
    case untrusted(RequestTrace, reason: String)
    /// The connection broke, or what came over it is not HTTP. `receivedByteCount` of the body had been handed on.
    case interrupted(RequestTrace, reason: String, receivedByteCount: Int)
    case timedOut(RequestTrace, Wait, receivedByteCount: Int)
    /// An answer of a status that the caller does not take. Made by `Response.requireSuccess`.
    case refused(RequestTrace, status: Int, reason: String?)
    /// A redirect that is not followed: too many, to plain http, with a body to another host, or without an address.
    case badRedirect(RequestTrace, reason: String)
    case tooLarge(RequestTrace, Excess, limit: Int)
    /// A range was asked for, the whole came, and there is no way to start over.
    case rangeIgnored(RequestTrace)
    /// The file or stream at our own end failed.
    case local(RequestTrace, IOError)
    /// There are no credentials for the request. Made by the caller's `authorize` and `renewCredentials`.
    case noCredentials(String)
    /// The stop flag was set.
    case stopped(RequestTrace)

    /// What a failure asks of whoever runs the program.
    package enum Remedy: Equatable, Sendable {
        /// Mend the address or the settings.
        case mendConfiguration
        /// The service cannot be reached, now or at all: later may be better.
        case reach
        /// The service is there and has no time for us: later is better.
        case tryLater
        /// Other credentials, more permissions, or an authority that is trusted.
        case getPermission
        /// Something at this end: a file, a disk.
        case mendLocally
        /// None: it was told to stop.
        case stopped
        /// The service will not do this, however often it is asked.
        case other
    }

    package var remedy: Remedy {
        switch self {
        case .badRequest, .insecure: .mendConfiguration
        case .unreachable, .interrupted, .timedOut: .reach
        case .untrusted, .noCredentials: .getPermission
        case .refused(_, let status, _):
            switch status {
            case 401, 403, 407: .getPermission
            case 408, 429, 500...599: .tryLater
            default: .other
            }
        case .badRedirect, .tooLarge, .rangeIgnored: .other
        case .local: .mendLocally
        case .stopped: .stopped
        }
    }

    /// The request that failed; nil when none was made.
    package var trace: RequestTrace? {
        switch self {
        case .badRequest, .noCredentials: nil
        case .insecure(let trace), .unreachable(let trace, _), .untrusted(let trace, _), .interrupted(let trace, _, _),
            .timedOut(let trace, _, _), .refused(let trace, _, _), .badRedirect(let trace, _),
            .tooLarge(let trace, _, _), .rangeIgnored(let trace), .local(let trace, _), .stopped(let trace):
            trace
        }
    }

    /// One line for a person.
    package var message: String {
        guard let trace else {
            switch self {
            case .badRequest(let reason), .noCredentials(let reason): return reason
            default: return ""
            }
        }
        return "\(trace.request): \(reason)\(trace.suffix)"
    }

    private var reason: String {
        switch self {
        case .badRequest(let reason), .noCredentials(let reason): reason
        case .insecure: "plain http is allowed only to this machine"
        case .unreachable(_, let reason): reason
        case .untrusted(_, let reason): "the server's certificate is not trusted: \(reason)"
        case .interrupted(_, let reason, _): reason
        case .timedOut(_, let wait, _): wait.rawValue
        case .refused(_, let status, let reason): "status \(status)\(reason.map { ": \($0)" } ?? "")"
        case .badRedirect(_, let reason): reason
        case .tooLarge(_, let excess, let limit): "\(excess.rawValue) is larger than \(limit) bytes"
        case .rangeIgnored: "a range was asked for and the whole came"
        case .local(_, let error): error.message
        case .stopped: "stopped"
        }
    }
}
