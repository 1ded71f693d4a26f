/// One stop on the way of a request through redirects: what is asked of whom.
struct Hop {
    /// The redirects that are followed (RFC 9110 section 15.4).
    static let statuses: Set<Int> = [301, 302, 303, 307, 308]

    /// Fields that prove who we are to the one who was asked, and to nobody else.
    private static let credentialFields: Set<String> = [
        "authorization", "cookie", "proxy-authorization", "x-goog-api-key", "x-goog-drive-resource-keys",
        "x-identity-header", "x-ms-encryption-key", "x-snowflake-authorization-token-type",
    ]

    private(set) var request: Request
    /// False after a redirect to another origin that the caller does not vouch for.
    private(set) var carriesCredentials = true

    /// The first stop.
    init(_ request: Request, url: WebURL) {
        self.request = request
        self.request.url = url
    }

    /// The next stop. Another origin gets no credentials; plain http, and a body for another origin, are refused.
    func following(_ response: Response) throws(HTTPError) -> Hop {
        guard let location = response.headers["location"], !location.isEmpty else {
            throw .badRedirect(response.trace, reason: "status \(response.status) without an address")
        }
        let url: WebURL
        do throws(HTTPError) {
            url = try request.url.resolving(location)
        } catch {
            throw .badRedirect(response.trace, reason: "a redirect to an address that is none: \(error.message)")
        }
        if request.url.scheme == .https, url.scheme == .http {
            throw .badRedirect(response.trace, reason: "a redirect from https to plain http")
        }
        var next = self
        if response.status == 303 && request.method != .head || response.status < 303 && request.method == .post {
            next.request.method = .get
            next.request.body = .none
            next.request.headers.removeAll { $0.hasPrefix("content-") }
        }
        if !url.hasSameOrigin(as: request.url) {
            guard next.request.body.isEmpty else {
                throw .badRedirect(response.trace, reason: "a redirect of a body to another host")
            }
            if request.keepsCredentials?(url) != true {
                let own = Set(request.credentialFields.map { $0.lowercased() })
                next.request.headers.removeAll { Self.credentialFields.contains($0) || own.contains($0) }
                next.carriesCredentials = false
            }
        }
        next.request.url = url
        return next
    }
}
