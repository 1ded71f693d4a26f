internal import Bytes
internal import Digests

/// A request to a storage account, as much of it as a signature covers.
package struct SignableRequest: Sendable {
    package let method: String
    /// As in the request line, percent-encoded.
    package let path: String
    /// As in the request line, without the `?`.
    package let query: String?
    package let headers: [(name: String, value: String)]
    package let bodyByteCount: Int

    package init(
        method: String, path: String, query: String?, headers: [(name: String, value: String)], bodyByteCount: Int
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.bodyByteCount = bodyByteCount
    }
}

/// Signs requests to Azure storage with an account key; the dfs and the blob endpoint do it alike.
///
///     StringToSign = VERB "\n" Content-Encoding "\n" Content-Language "\n" Content-Length "\n" Content-MD5 "\n"
///                    Content-Type "\n" Date "\n" If-Modified-Since "\n" If-Match "\n" If-None-Match "\n"
///                    If-Unmodified-Since "\n" Range "\n" CanonicalizedHeaders CanonicalizedResource
///     Authorization = "SharedKey " account ":" BASE64(HMAC-SHA256(key, StringToSign))
package struct SharedKey: Sendable {
    private static let signedFields = [
        "content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
        "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
    ]

    package let account: String
    let key: SecretBytes

    /// Takes an account key in Base64, as the portal shows it.
    package init(account: String, accountKey: SecretBytes) throws(SigningError) {
        guard var bytes = Base64.decode(accountKey.text), !bytes.isEmpty else { throw .badAccountKey }
        self.account = account
        key = SecretBytes(wiping: &bytes)
    }

    /// The value of the `Authorization` field.
    package func authorization(for request: SignableRequest) throws(SigningError) -> String {
        "SharedKey \(account):\(signature(of: try stringToSign(for: request)))"
    }

    /// The Base64 of the keyed digest of a text.
    func signature(of text: String) -> String {
        Base64.encode(key.withUnsafeBytes { HMACSHA256.code(key: $0, message: Array(text.utf8)) })
    }

    /// What is signed: shown by `--diagnose` and by services that refuse a signature.
    package func stringToSign(for request: SignableRequest) throws(SigningError) -> String {
        var lines = [request.method]
        let isDateInOwnField = request.headers.contains { $0.name.lowercased() == "x-ms-date" }
        for name in Self.signedFields {
            let value = request.headers.first { $0.name.lowercased() == name }?.value ?? ""
            switch name {
            case "content-length": lines.append(request.bodyByteCount > 0 ? String(request.bodyByteCount) : "")
            case "date": lines.append(isDateInOwnField ? "" : value)
            default: lines.append(value)
            }
        }
        lines += try Self.canonicalHeaders(request.headers)
        lines.append("/\(account)\(request.path)")
        lines += try Self.canonicalQuery(request.query)
        return lines.joined(separator: "\n")
    }

    private static func canonicalHeaders(
        _ headers: [(name: String, value: String)]
    ) throws(SigningError) -> [String] {
        var values: [String: [String]] = [:]
        for header in headers {
            let name = header.name.lowercased()
            guard name.hasPrefix("x-ms-") else { continue }
            // The service sorts names as people do, without regard to hyphens. Names of letters and digits come out
            // the same either way.
            if name.hasPrefix("x-ms-meta-"), name.dropFirst(10).contains(where: { !$0.isLetter && !$0.isNumber }) {
                throw .unsignable(reason: "the metadata name \(name.dropFirst(10)) has characters besides a-z and 0-9")
            }
            values[name, default: []].append(trimmed(header.value))
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.joined(separator: ","))" }
    }

    private static func canonicalQuery(_ query: String?) throws(SigningError) -> [String] {
        var values: [String: [String]] = [:]
        for field in (query ?? "").split(separator: "&") {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ PercentEncoding.decode($0) }),
                let value = parts.count > 1 ? PercentEncoding.decode(parts[1]) : ""
            else { throw .unsignable(reason: "the query is not percent-encoded UTF-8") }
            values[name.lowercased(), default: []].append(value)
        }
        return values.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.sorted().joined(separator: ","))" }
    }

    private static func trimmed(_ text: String) -> String {
        var text = text[...]
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
