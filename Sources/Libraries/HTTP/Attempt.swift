internal import Bytes
internal import CCurl

/// Sets up one attempt, and says what came of it.
struct Attempt {
    /// An attempt that brought no answer.
    struct Failure: Error {
        var error: HTTPError
        /// The server cannot have seen the request.
        var wasNotSent: Bool
        /// It may go better another time.
        var isPassing: Bool
    }

    /// libcurl begins to count its time limit a little before the time that it reports.
    private static let clockSlackMilliseconds = 100

    let request: Request
    let outgoing: OutgoingRequest
    let settings: HTTPSettings
    /// What is left until the deadline.
    let remainingSeconds: Double
    var trace: RequestTrace
    /// True once a stream of the caller that has no second time has been touched.
    private(set) var isSpent = false

    init(
        _ request: Request, _ outgoing: OutgoingRequest, _ settings: HTTPSettings, remainingSeconds: Double,
        trace: RequestTrace
    ) {
        self.request = request
        self.outgoing = outgoing
        self.settings = settings
        self.remainingSeconds = remainingSeconds
        self.trace = trace
    }

    private var timeouts: Timeouts { request.timeouts ?? settings.timeouts }

    /// The time limit of this attempt, and which wait it is when it strikes.
    private var limit: (milliseconds: Int, wait: HTTPError.Wait) {
        guard let seconds = timeouts.attemptSeconds, seconds < remainingSeconds else {
            return (Self.milliseconds(remainingSeconds), .deadline)
        }
        return (Self.milliseconds(seconds), .attempt)
    }

    /// Sends the request and takes the answer.
    mutating func run(on loop: TransferLoop) throws(Failure) -> Response {
        let transfer: Transfer
        do throws(HTTPError) {
            transfer = try Transfer(
                reception: Reception(settings: settings, request: request, headers: outgoing.headers),
                upload: BodyReader(request.body))
            try setUp(&transfer.handle)
        } catch {
            throw Failure(error: error, wasNotSent: true, isPassing: false)
        }
        loop.run(transfer)
        isSpent = transfer.upload.isSpent || transfer.reception.isSpent
        trace.requestIDs = requestIDs(transfer.reception.head)
        if let failure = failure(of: transfer) { throw failure }
        guard let head = transfer.reception.head else {
            throw Failure(error: interrupted("no answer came", transfer), wasNotSent: false, isPassing: true)
        }
        return Response(
            head: head, body: transfer.reception.body, isBodyCut: transfer.reception.isBodyCut,
            bodyByteCount: transfer.reception.bodyByteCount, url: outgoing.url,
            httpVersion: Self.version(transfer.handle.number(CURLINFO_HTTP_VERSION)), trace: trace)
    }

    private func setUp(_ handle: inout CurlHandle) throws(HTTPError) {
        try handle.set(CURLOPT_URL, outgoing.url.text)
        // The path goes out as it was signed.
        try handle.set(CURLOPT_PATH_AS_IS, true)
        try handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try handle.set(CURLOPT_NOSIGNAL, true)
        try handle.set(CURLOPT_TCP_KEEPALIVE, true)
        try handle.set(CURLOPT_BUFFERSIZE, Transfer.blockByteCount)
        try handle.set(CURLOPT_UPLOAD_BUFFERSIZE, Transfer.blockByteCount)
        try handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
        try handle.set(CURLOPT_USERAGENT, settings.userAgent)
        let usesHTTP2 = settings.allowsHTTP2 && outgoing.url.scheme == .https
        try handle.set(
            CURLOPT_HTTP_VERSION, usesHTTP2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1)
        // Rather share a connection that is being opened than open one more.
        try handle.set(CURLOPT_PIPEWAIT, usesHTTP2)
        // libcurl repeats a request by itself when a connection that was used before turns out to be dead. Over a new
        // connection it never does. A service that wants to be told of a repetition must not miss that one.
        try handle.set(CURLOPT_FRESH_CONNECT, !request.isRepeatable || request.retryURL != nil)
        if request.acceptsCompression { try handle.set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        try setTimes(&handle)
        try setTrust(&handle)
        try setProxy(&handle)
        try setMethod(&handle)
        try handle.set(headerLines: headerLines())
    }

    private func setTimes(_ handle: inout CurlHandle) throws(HTTPError) {
        try handle.set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(timeouts.connectSeconds))
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(0, timeouts.stallSeconds))
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, max(0, timeouts.stallBytesPerSecond))
        try handle.set(CURLOPT_TIMEOUT_MS, limit.milliseconds)
    }

    private func setTrust(_ handle: inout CurlHandle) throws(HTTPError) {
        try handle.set(CURLOPT_SSL_VERIFYPEER, true)
        try handle.set(CURLOPT_SSL_VERIFYHOST, 2)
        try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)  // or newer
        if settings.certificateFile != nil || settings.certificateFolder != nil {
            // Both replace the system's: a file alone must not leave its folder in force.
            try handle.set(CURLOPT_CAINFO, settings.certificateFile)
            try handle.set(CURLOPT_CAPATH, settings.certificateFolder)
        }
    }

    /// An empty proxy keeps libcurl from looking into the environment.
    private func setProxy(_ handle: inout CurlHandle) throws(HTTPError) {
        let proxy = outgoing.url.scheme == .https ? settings.proxy.forHTTPS : settings.proxy.forHTTP
        let isUsed = request.usesProxy && request.plainHTTP != .metadataService
        try handle.set(CURLOPT_PROXY, isUsed ? proxy ?? "" : "")
        try handle.set(CURLOPT_NOPROXY, settings.proxy.exceptions)
    }

    private func setMethod(_ handle: inout CurlHandle) throws(HTTPError) {
        if outgoing.method == .head {
            try handle.set(CURLOPT_NOBODY, true)
        } else if outgoing.method == .get, request.body.isEmpty {
            try handle.set(CURLOPT_HTTPGET, true)
        } else {
            if outgoing.method.hasBodyByNature || !request.body.isEmpty {
                try handle.set(CURLOPT_UPLOAD, true)
                try handle.set(CURLOPT_INFILESIZE_LARGE, byteCount: request.body.byteCount ?? -1)
            }
            try handle.set(CURLOPT_CUSTOMREQUEST, outgoing.method.rawValue)
        }
    }

    private func headerLines() -> [String] {
        // libcurl's spelling: a semicolon in place of the colon sends a field without a value, an empty value after a
        // colon sends nothing.
        var lines = outgoing.headers.fields.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        if !request.acceptsCompression { lines.append("Accept-Encoding: identity") }
        lines.append(request.expectsContinue && !request.body.isEmpty ? "Expect: 100-continue" : "Expect:")
        return lines
    }

    private func failure(of transfer: Transfer) -> Failure? {
        let wasNotSent = transfer.handle.size(CURLINFO_PRETRANSFER_TIME_T) == 0
        if transfer.isStopped { return Failure(error: .stopped(trace), wasNotSent: wasNotSent, isPassing: false) }
        switch transfer.fault {
        case nil: break
        case .enough: return nil
        case .tooLarge(let excess, let limit):
            return Failure(error: .tooLarge(trace, excess, limit: limit), wasNotSent: false, isPassing: false)
        case .rangeIgnored: return Failure(error: .rangeIgnored(trace), wasNotSent: false, isPassing: false)
        case .local(let error): return Failure(error: .local(trace, error), wasNotSent: false, isPassing: false)
        case .malformed(let reason):
            return Failure(error: interrupted(reason, transfer), wasNotSent: false, isPassing: true)
        }
        if transfer.code == CURLE_OK { return nil }
        return Failure(
            error: error(for: transfer, wasNotSent: wasNotSent), wasNotSent: wasNotSent,
            isPassing: !Self.isLasting(transfer.code))
    }

    private func error(for transfer: Transfer, wasNotSent: Bool) -> HTTPError {
        let code = transfer.code
        let reason = Self.reason(transfer)
        if code == CURLE_OPERATION_TIMEDOUT {
            let passedMilliseconds = transfer.handle.size(CURLINFO_TOTAL_TIME_T) / 1000
            let isOverLimit = passedMilliseconds + Self.clockSlackMilliseconds >= limit.milliseconds
            let wait = isOverLimit ? limit.wait : wasNotSent ? .connect : .stall
            return .timedOut(trace, wait, receivedByteCount: transfer.reception.bodyByteCount)
        }
        if Self.untrustedCodes.contains(code.rawValue) { return .untrusted(trace, reason: reason) }
        if wasNotSent { return .unreachable(trace, reason: reason) }
        return interrupted(reason, transfer)
    }

    private func interrupted(_ reason: String, _ transfer: Transfer) -> HTTPError {
        .interrupted(trace, reason: reason, receivedByteCount: transfer.reception.bodyByteCount)
    }

    private static let untrustedCodes: Set<UInt32> = [
        CURLE_PEER_FAILED_VERIFICATION.rawValue, CURLE_SSL_CACERT_BADFILE.rawValue, CURLE_SSL_ISSUER_ERROR.rawValue,
        CURLE_SSL_CERTPROBLEM.rawValue, CURLE_SSL_CRL_BADFILE.rawValue, CURLE_SSL_INVALIDCERTSTATUS.rawValue,
    ]

    /// Failures that the next attempt would meet again.
    private static func isLasting(_ code: CURLcode) -> Bool {
        untrustedCodes.contains(code.rawValue)
            || [CURLE_URL_MALFORMAT, CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT].contains(code)
    }

    /// libcurl's own words, on one line; it writes no header and no query into them.
    private static func reason(_ transfer: Transfer) -> String {
        let said = transfer.handle.errorMessage
        let text = said.isEmpty ? String(cString: curl_easy_strerror(transfer.code)) : said
        return String(text.map { $0.isNewline ? " " : $0 })
    }

    private func requestIDs(_ head: ResponseHead?) -> [RequestTrace.RequestID] {
        guard let head else { return [] }
        return settings.requestIDFields.compactMap { name in
            guard let value = head.headers[name], value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                return nil
            }
            return RequestTrace.RequestID(
                header: name, value: String(value.prefix(RequestTrace.requestIDByteLimit)))
        }
    }

    private static func milliseconds(_ seconds: Double) -> Int {
        Int(min(max(seconds, 0.001), 1e9) * 1000)
    }

    private static func version(_ number: Int) -> String {
        switch number {
        case CURL_HTTP_VERSION_1_0: "1.0"
        case CURL_HTTP_VERSION_1_1: "1.1"
        case CURL_HTTP_VERSION_2_0: "2"
        case CURL_HTTP_VERSION_3: "3"
        default: "unknown"
        }
    }
}
