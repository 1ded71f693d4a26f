internal import Bytes

/// Takes an answer as it comes in: collects the head, decides by it where the body goes, keeps to the limits.
struct Reception {
    /// Why a transfer was broken off by ourselves.
    enum Fault: Error {
        case tooLarge(HTTPError.Excess, limit: Int)
        case rangeIgnored
        case local(IOError)
        /// What came is no HTTP.
        case malformed(String)
        /// The rest of an error's body is of no interest; the answer counts.
        case enough
    }

    /// Bytes of an error's body that are read and thrown away to keep the connection; more end it.
    static let discardLimit = 1 << 20

    private enum Route {
        case undecided
        case memory(limit: Int)
        case sink(any ByteSink)
        /// The body of a status that is no success.
        case error
    }

    let headerByteLimit: Int
    let headerFieldLimit: Int
    let errorBodyLimit: Int
    private var target: ResponseTarget
    /// The request asked for a range that does not start at 0.
    let wantsLaterRange: Bool

    private(set) var head: ResponseHead?
    private(set) var body: [UInt8] = []
    private(set) var isBodyCut = false
    /// Bytes that went to memory or to a sink.
    private(set) var bodyByteCount = 0
    private var discardedByteCount = 0
    private var headerByteCount = 0
    private var isHeadComplete = false
    private var route = Route.undecided

    init(settings: HTTPSettings, request: Request, headers: HeaderFields) {
        headerByteLimit = settings.headerByteLimit
        headerFieldLimit = settings.headerFieldLimit
        errorBodyLimit = settings.errorBodyLimit
        target = request.target
        wantsLaterRange = headers["range"].map { !$0.hasPrefix("bytes=0-") } ?? false
    }

    /// True once a sink that cannot start over has been given bytes.
    private(set) var isSpent = false

    /// Takes one line of the header, its line end included: a status line, a field, or the empty line at the end.
    mutating func take(headerLine line: UnsafeRawBufferPointer) throws(Fault) {
        headerByteCount += line.count
        guard headerByteCount <= headerByteLimit else { throw .tooLarge(.header, limit: headerByteLimit) }
        var text = String(decoding: line, as: UTF8.self)
        while text.last?.isNewline == true { text.removeLast() }
        if isHeadComplete {
            // Answers 1xx come before the one that counts. Anything else after a head is a trailer, which says nothing
            // that we use.
            guard let status = head?.status, status < 200, text.hasPrefix("HTTP/") else { return }
            head = nil
            isHeadComplete = false
        }
        guard var head else {
            self.head = ResponseHead(status: try Self.status(of: text))
            return
        }
        if text.isEmpty {
            isHeadComplete = true
            return
        }
        guard head.headers.fields.count < headerFieldLimit else { throw .tooLarge(.header, limit: headerByteLimit) }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let name = parts.first, !name.isEmpty else { throw .malformed("a broken header line") }
        let value = parts[1].drop { $0 == " " || $0 == "\t" }
        head.headers.add(String(name), String(value[..<Self.endWithoutSpace(value)]))
        self.head = head
    }

    /// Takes a block of the body.
    mutating func take(body block: UnsafeRawBufferPointer) throws(Fault) {
        switch try decidedRoute() {
        case .undecided: return
        case .memory(let limit):
            guard body.count + block.count <= limit else { throw .tooLarge(.body, limit: limit) }
            body.append(contentsOf: block)
            bodyByteCount += block.count
        case .sink(let sink):
            if case .sink = target { isSpent = true }
            do throws(IOError) { try sink.write(block) } catch { throw .local(error) }
            bodyByteCount += block.count
        case .error:
            let kept = min(block.count, errorBodyLimit - body.count)
            body.append(contentsOf: block.prefix(kept))
            guard kept < block.count else { return }
            isBodyCut = true
            discardedByteCount += block.count - kept
            if discardedByteCount > Self.discardLimit { throw .enough }
        }
    }

    /// The answer is whole: a sink is opened even if no byte came.
    mutating func finish() throws(Fault) {
        // libcurl takes a connection that closes in the middle of the header for an answer without a body.
        guard isHeadComplete else { throw .malformed("the answer's header ends too early") }
        _ = try decidedRoute()
    }

    /// Lets go of the caller's sink, so that it ends its life on the caller's thread.
    mutating func forgetTarget() {
        target = .memory()
        route = .undecided
    }

    private mutating func decidedRoute() throws(Fault) -> Route {
        guard case .undecided = route else { return route }
        guard let head else { throw .malformed("a body without a header") }
        if !head.isSuccess {
            route = .error
        } else {
            switch target {
            case .memory(let limit): route = .memory(limit: limit)
            case .sink(let sink):
                // The bytes would land in the wrong place of a file that was begun before.
                if wantsLaterRange, head.status != 206 { throw .rangeIgnored }
                route = .sink(sink)
            case .opening(let open):
                do throws(IOError) { route = .sink(try open(head)) } catch { throw .local(error) }
            }
        }
        return route
    }

    /// `HTTP-name "/" DIGIT [ "." DIGIT ] SP 3DIGIT [ SP reason ]`
    private static func status(of line: String) throws(Fault) -> Int {
        let words = line.split(separator: " ")
        guard line.hasPrefix("HTTP/"), words.count >= 2, words[1].utf8.count == 3, let status = Int(words[1]),
            (100...999).contains(status)
        else { throw .malformed("a broken status line") }
        return status
    }

    private static func endWithoutSpace(_ text: Substring) -> Substring.Index {
        var end = text.endIndex
        while end > text.startIndex {
            let before = text.index(before: end)
            guard text[before] == " " || text[before] == "\t" else { break }
            end = before
        }
        return end
    }
}
