import Bytes
import HTTP
import Signing
import StageKit

/// Speaks to one container: addresses, names and signs each request, and turns refusals into errors that say what to do.
final class AzureSession: Sendable {
    /// What both endpoints and all clouds understand today. Newer ones bring nothing that is used here.
    static let version = "2023-11-03"
    /// A flush of many gigabytes may take this long without a byte on the wire.
    static let answerSeconds = 300

    let container: AzureContainer
    let credential: AzureCredential
    private let endpoint: AzureEndpoint
    private let client: HTTPClient

    init(_ container: AzureContainer, _ endpoint: AzureEndpoint, _ credential: AzureCredential, _ client: HTTPClient) {
        self.container = container
        self.endpoint = endpoint
        self.credential = credential
        self.client = client
    }

    /// A request for a path of the container. Every one may be repeated: those that change something say what they
    /// expect, or do the same twice.
    func request(
        _ method: HTTPMethod, _ kind: AzureEndpoint.Kind, _ path: String, query: [(name: String, value: String)] = [],
        headers: HeaderFields = [:], body: RequestBody = .none
    ) -> Request {
        make(method, endpoint.url(kind, path).adding(query: query), headers, body)
    }

    /// A request for the root directory of the container.
    func rootRequest(_ method: HTTPMethod, query: [(name: String, value: String)]) -> Request {
        make(method, endpoint.root.adding(query: query), [:], .none)
    }

    /// What names a file of this container as the source of a rename: encoded, with its own proof of permission.
    func renameSource(_ path: String) -> String {
        let text = "/\(container.name)/\(PercentEncoding.encodePath(path))"
        if case .signature(let signature) = credential.proof { return "\(text)?\(signature.secret.text)" }
        return text
    }

    /// Sends a request and gives whatever is answered, errors too.
    func send(_ request: Request) throws(LakeError) -> Response {
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            throw .service(error, advice: nil)
        }
    }

    /// Sends a request that must succeed.
    @discardableResult
    func require(_ request: Request) throws(LakeError) -> Response {
        let response = try send(request)
        guard response.isSuccess else { throw refusal(response) }
        return response
    }

    /// The error that an answer is to a caller who has no use for it.
    func refusal(_ response: Response) -> LakeError {
        let code = response.errorCode
        return .service(
            response.refusal(reason: code), advice: AzureAdvice.text(for: response, credential, container))
    }

    /// Whether a conflict of this name is over soon.
    static func isPassingConflict(_ code: String) -> Bool {
        code.hasSuffix("BeingDeleted") || code == "InternalOperationAbortError"
    }

    private func make(
        _ method: HTTPMethod, _ url: WebURL, _ headers: HeaderFields, _ body: RequestBody
    ) -> Request {
        var address = url
        if case .signature(let signature) = credential.proof {
            address = url.adding(encodedQuery: signature.secret.text)
        }
        var request = Request(method, address, headers: headers, body: body)
        request.headers["x-ms-version"] = Self.version
        request.headers["x-ms-client-request-id"] = UUIDText.random()
        request.isRepeatable = true
        request.acceptsCompression = false
        request.credentialFields = ["x-ms-rename-source"]
        request.timeouts = client.settings.timeouts
        request.timeouts?.stallSeconds = Self.answerSeconds
        request.isRetryWorthwhile = { $0.isPassing ? true : nil }
        let (credential, clock) = (credential, client.settings.clock)
        request.authorize = { (outgoing) throws(HTTPError) in
            // Signed anew for each attempt: the service refuses dates that are a quarter of an hour old.
            outgoing.headers["x-ms-date"] = HTTPDate.text(clock.now())
            try credential.authorize(&outgoing)
        }
        request.renewCredentials = credential.renewal
        return request
    }
}

extension Response {
    /// The service's name for what is wrong; the endpoints differ in the words for the same.
    var errorCode: String? {
        headers["x-ms-error-code"].flatMap { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? $0 : nil }
    }

    /// A conflict that is over soon, or bytes that were damaged on their way.
    fileprivate var isPassing: Bool {
        guard let code = errorCode else { return false }
        return switch status {
        case 400: Self.damageCodes.contains(code)
        case 409: AzureSession.isPassingConflict(code)
        default: false
        }
    }

    private static let damageCodes: Set<String> = ["Md5Mismatch", "Crc64Mismatch", "CRC64Mismatch"]
}
