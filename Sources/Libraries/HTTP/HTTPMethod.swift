/// What a request asks for (RFC 9110 section 9, RFC 5789).
package enum HTTPMethod: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case put = "PUT"
    case post = "POST"
    case patch = "PATCH"
    case delete = "DELETE"

    /// True when doing it twice leaves the server as doing it once does (RFC 9110 section 9.2.2). A caller who knows
    /// more says so in `Request.isRepeatable`.
    package var isIdempotent: Bool {
        switch self {
        case .get, .head, .put, .delete: true
        case .post, .patch: false
        }
    }

    /// True when servers want to be told the length of the body even if there is none.
    var hasBodyByNature: Bool {
        switch self {
        case .put, .post, .patch: true
        case .get, .head, .delete: false
        }
    }
}
