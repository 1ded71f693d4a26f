internal import Bytes

/// The address of a resource on the web, with every part as it goes over the wire.
///
///     http-URI = ( "http" / "https" ) "://" host [ ":" port ] path-abempty [ "?" query ]      RFC 9110 section 4.2
///
/// Path and query stay percent-encoded, byte for byte as given, because signatures are made over them. User names and
/// passwords in addresses are refused; fragments are dropped. Printing shows no values of the query, which may hold
/// signatures and tokens; `text` is the whole.
package struct WebURL: Hashable, Sendable {
    package enum Scheme: String, Sendable {
        case http
        case https
    }

    /// Longer addresses are refused; servers stop at 8 to 16 KiB.
    package static let byteLimit = 16 << 10

    package let scheme: Scheme
    /// Lower case; an IPv6 address keeps its brackets.
    package let host: String
    /// Nil is the port of the scheme.
    package let port: Int?
    /// Begins with `/`.
    package private(set) var path: String
    /// What follows the `?`.
    package private(set) var query: String?

    /// Reads an absolute address.
    package init(_ text: String) throws(HTTPError) {
        guard text.utf8.count <= Self.byteLimit else {
            throw .badRequest("the address is longer than \(Self.byteLimit) bytes")
        }
        guard text.utf8.allSatisfy(Self.isURLByte) else {
            throw .badRequest("the address has characters that must be percent-encoded")
        }
        guard let mark = text.firstRange(of: "://"),
            let scheme = Scheme(rawValue: text[..<mark.lowerBound].lowercased())
        else { throw .badRequest("the address does not begin with http:// or https://") }
        let rest = text[mark.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let place = try Self.hostAndPort(authority)
        let target = Self.target(rest[authority.endIndex...])
        self.init(scheme: scheme, host: place.host, port: place.port, path: target.path, query: target.query)
        try checkEncoding()
    }

    private init(scheme: Scheme, host: String, port: Int?, path: String, query: String?) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
        self.query = query
    }

    /// The whole address, as the server sees it. It may hold secrets.
    package var text: String { "\(origin)\(target)" }

    /// Path and query, as in the request line.
    package var target: String { query.map { "\(path)?\($0)" } ?? path }

    /// Scheme, host and port: who is spoken to.
    package var origin: String { "\(scheme.rawValue)://\(host)\(port.map { ":\($0)" } ?? "")" }

    /// True when credentials for this address may be shown to the other.
    package func hasSameOrigin(as other: WebURL) -> Bool {
        scheme == other.scheme && host == other.host && effectivePort == other.effectivePort
    }

    package var effectivePort: Int { port ?? (scheme == .https ? 443 : 80) }

    /// The address of a resource below this one: `segments` are encoded, one path segment each; a slash inside a
    /// segment is encoded too. The query is dropped.
    package func appending(segments: [String]) -> WebURL {
        var result = self
        result.query = nil
        for segment in segments {
            if !result.path.hasSuffix("/") { result.path += "/" }
            result.path += PercentEncoding.encode(segment)
        }
        return result
    }

    /// The address of a resource below this one, by a path whose slashes separate segments.
    package func appending(path: String) -> WebURL {
        appending(segments: path.split(separator: "/").map(String.init))
    }

    /// The same address with one more name and value in the query, both encoded.
    package func adding(query name: String, _ value: String) -> WebURL {
        adding(encodedQuery: "\(PercentEncoding.encode(name))=\(PercentEncoding.encode(value))")
    }

    /// The same address with more names and values in the query, all encoded.
    package func adding(query fields: [(name: String, value: String)]) -> WebURL {
        fields.reduce(self) { $0.adding(query: $1.name, $1.value) }
    }

    /// The same address with query text that is encoded already, such as a shared access signature.
    package func adding(encodedQuery text: String) -> WebURL {
        var result = self
        if let query, !query.isEmpty { result.query = "\(query)&\(text)" } else { result.query = text }
        return result
    }

    private static func hostAndPort(_ authority: Substring) throws(HTTPError) -> (host: String, port: Int?) {
        guard !authority.contains("@") else { throw .badRequest("the address holds a user name or a password") }
        let host: Substring
        let port: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw .badRequest("the address has no closing bracket after its IPv6 host")
            }
            host = authority[...end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw .badRequest("the address has an illegal host") }
            port = rest.isEmpty ? nil : rest.dropFirst()
            guard host.count > 2, host.dropFirst().dropLast().allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { throw .badRequest("the address has an illegal IPv6 host") }
        } else {
            let parts = authority.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = parts.first ?? ""
            port = parts.count > 1 ? parts[1] : nil
            guard !host.isEmpty, host.utf8.allSatisfy(isHostByte) else {
                throw .badRequest("the address has no legal host")
            }
        }
        guard let port, !port.isEmpty else { return (host.lowercased(), nil) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port),
            (1...65_535).contains(number)
        else { throw .badRequest("the address has an illegal port") }
        return (host.lowercased(), number)
    }

    static func target(_ text: Substring) -> (path: String, query: String?) {
        let path = text.prefix { $0 != "?" }
        let query = path.endIndex < text.endIndex ? String(text[text.index(after: path.endIndex)...]) : nil
        return (path.isEmpty ? "/" : String(path), query)
    }

    private func checkEncoding() throws(HTTPError) {
        for part in [path, query ?? ""] where PercentEncoding.hasStrayPercent(part) {
            throw .badRequest("the address has a % that is not followed by two hexadecimal digits")
        }
    }

    /// The same host with another target.
    func with(path: String, query: String?) -> WebURL {
        WebURL(scheme: scheme, host: host, port: port, path: path, query: query)
    }

    /// Visible ASCII except what RFC 3986 forbids everywhere.
    static func isURLByte(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) && !"\"<>\\^`{|}".utf8.contains(byte) }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension WebURL: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address without the values of its query.
    package var description: String {
        guard let query else { return origin + path }
        let names = query.split(separator: "&").map { field in
            field.contains("=") ? "\(field.prefix { $0 != "=" })=…" : "…"
        }
        return "\(origin)\(path)?\(names.joined(separator: "&"))"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
