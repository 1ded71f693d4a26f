package import Bytes

/// How long one attempt may take.
package struct Timeouts: Sendable {
    package static let defaultConnectSeconds = 30.0
    package static let defaultStallSeconds = 60
    package static let defaultStallBytesPerSecond = 1024

    /// From the first packet to a connection that can be used, TLS included.
    package var connectSeconds = defaultConnectSeconds
    /// A transfer that moves fewer than `stallBytesPerSecond` for this long is given up. Waiting for an answer counts.
    package var stallSeconds = defaultStallSeconds
    package var stallBytesPerSecond = defaultStallBytesPerSecond
    /// All of one attempt; nil is as long as the deadline of the retry policy allows.
    package var attemptSeconds: Double?

    package init() {}
}

/// Which proxy stands between. The caller reads the environment; this library never does.
package struct ProxySettings: Sendable {
    /// The proxy for https, such as `http://proxy.example:3128`; it may hold a user name and a password.
    package var forHTTPS: String?
    package var forHTTP: String?
    /// Hosts that are reached directly: names, `.domain` suffixes, addresses, separated by commas; `*` is all.
    package var exceptions = ""

    package init() {}
}

/// What is told when a request is about to be sent again.
package struct RetryNotice: Sendable {
    package let trace: RequestTrace
    /// Why, in words for a person.
    package let reason: String
    package let waitSeconds: Double
}

/// Everything about a client that has a value.
package struct HTTPSettings: Sendable {
    package static let defaultConnectionLimit = 64
    package static let defaultHostConnectionLimit = 32
    package static let defaultRedirectLimit = 10
    package static let defaultHeaderByteLimit = 64 << 10
    package static let defaultHeaderFieldLimit = 256
    package static let defaultErrorBodyLimit = 64 << 10
    /// Header fields by which services name a request, for their support.
    package static let defaultRequestIDFields = [
        "x-ms-request-id", "x-guploader-uploadid", "x-goog-request-id", "x-snowflake-request-id", "x-request-id",
    ]

    /// Sent as `User-Agent`. Google compresses answers only for agents whose text contains `gzip`.
    package var userAgent = "sluice (gzip)"
    package var proxy = ProxySettings()
    /// A file of trusted certificates in PEM form, in place of the system's.
    package var certificateFile: String?
    /// A folder of trusted certificates named by hash, in place of the system's.
    package var certificateFolder: String?
    /// Whether HTTP/2 is taken when the server offers it.
    package var allowsHTTP2 = true
    /// Idle connections that are kept for reuse.
    package var connectionLimit = defaultConnectionLimit
    /// Connections to one host at a time; further requests wait.
    package var hostConnectionLimit = defaultHostConnectionLimit
    package var timeouts = Timeouts()
    package var retries = RetryPolicy()
    /// Shared by all requests of the client; nil is no bound.
    package var budget: RetryBudget? = RetryBudget()
    package var redirectLimit = defaultRedirectLimit
    /// All header lines of one attempt together.
    package var headerByteLimit = defaultHeaderByteLimit
    package var headerFieldLimit = defaultHeaderFieldLimit
    /// How much is kept of a body whose status is not a success.
    package var errorBodyLimit = defaultErrorBodyLimit
    package var requestIDFields = defaultRequestIDFields
    package var clock = HTTPClock.system
    /// From 0 up to 1.
    package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }
    /// Ends all requests and waits when set.
    package var stop: StopFlag?
    /// Called before each wait for a retry, on the thread of the caller.
    package var noteRetry: (@Sendable (RetryNotice) -> Void)?

    package init() {}
}
