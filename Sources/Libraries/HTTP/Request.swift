package import Bytes

/// What the `authorize` function of a request sees, just before an attempt.
package struct OutgoingRequest {
    package let method: HTTPMethod
    package let url: WebURL
    /// To be completed, for example by `Authorization`.
    package var headers: HeaderFields
    /// Of the body as it is sent; nil when unknown.
    package let bodyByteCount: Int?
}

/// Where the body of a successful answer goes. Bodies of other statuses are kept in the response, up to
/// `HTTPSettings.errorBodyLimit`.
package enum ResponseTarget {
    package static let defaultMemoryLimit = 64 << 20

    /// Into `Response.body`; a longer one fails the request.
    case memory(limit: Int = defaultMemoryLimit)
    /// Into a sink, once: the request is not repeated after its first byte arrived. The sink is not finished.
    case sink(any ByteSink)
    /// Into the sink that is returned for each attempt that succeeds so far. The head tells whether a range or the
    /// whole comes; the function may be called again for a later attempt, and must start over then. Called for empty
    /// bodies too. The sink is not finished.
    case opening((ResponseHead) throws(IOError) -> any ByteSink)
}

/// To whom a request may go over plain http.
package enum PlainHTTP: Sendable {
    /// This machine only: emulators and tests.
    case loopback
    /// Also the link-local addresses at which clouds hand tokens to their own machines. Never through a proxy.
    case metadataService
}

/// One thing to ask of a web service.
package struct Request {
    package var method: HTTPMethod
    package var url: WebURL
    /// What is asked in the attempts after the first, for services that want to be told; nil is the same. Such a request
    /// opens a connection of its own.
    package var retryURL: WebURL?
    package var headers: HeaderFields
    package var body: RequestBody
    package var target: ResponseTarget = .memory()

    /// Whether sending it twice is safe. By default what the method says.
    package var isRepeatable: Bool
    /// Whether the answer may come compressed; it is unpacked on the way. Say false for files, whose length and
    /// digests are those of the plain bytes.
    package var acceptsCompression = true
    /// Waits for the server's consent before a body is sent, so that a refusal costs no upload.
    package var expectsContinue = false
    package var followsRedirects = true
    package var usesProxy = true
    package var plainHTTP: PlainHTTP = .loopback
    /// Nil is the client's.
    package var timeouts: Timeouts?
    /// Nil is the client's.
    package var retries: RetryPolicy?

    /// Completes the header before each attempt: signatures age. Not called for another origin after a redirect,
    /// unless `keepsCredentials` says so.
    package var authorize: ((inout OutgoingRequest) throws(HTTPError) -> Void)?
    /// Called once, when the answer is 401: gets other credentials, after which the request is sent again. Without
    /// it a 401 is an answer like others.
    package var renewCredentials: (() throws(HTTPError) -> Void)?
    /// Whether an answer that is no success is worth another attempt; nil leaves it to the policy. For services that
    /// say "slow down" in a body. The response's head and body are there.
    package var isRetryWorthwhile: ((Response) -> Bool?)?
    /// Header fields that go to this origin only, besides `Authorization`, `Cookie` and the like.
    package var credentialFields: Set<String> = []
    /// Whether credentials may follow a redirect to another origin.
    package var keepsCredentials: ((WebURL) -> Bool)?

    package init(_ method: HTTPMethod, _ url: WebURL, headers: HeaderFields = [:], body: RequestBody = .none) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        isRepeatable = method.isIdempotent
    }
}

extension Request: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Method and address, the values of the query left out.
    package var description: String { "\(method.rawValue) \(url)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
