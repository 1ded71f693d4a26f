import Bytes
import HTTP
import Signing
import StageKit

/// Puts an access token on requests and gets the next one in time.
final class GoogleAccess: Sendable {
    static let readScope = "https://www.googleapis.com/auth/drive.readonly"
    /// How long before its end a token is renewed: what Google's own clients do.
    static let earlySeconds = 225

    let credential: GoogleCredential
    /// The project that is charged for requests, where it is not the credentials' own.
    let quotaProject: String?
    private let service: TokenService
    private let cache: TokenCache
    private struct Newest {
        var token: AccessToken?
        /// Whether a request with it has succeeded.
        var isProven = false
    }

    private let newest = Guarded(Newest())

    init(_ credential: GoogleCredential, quotaProject: String?, service: TokenService) {
        self.credential = credential
        self.quotaProject = quotaProject
        self.service = service
        cache = TokenCache(earlySeconds: Self.earlySeconds, now: service.now)
    }

    /// A token that is good now.
    func token() throws(CredentialsError) -> AccessToken {
        try cache.token { () throws(CredentialsError) in
            let token = try service.token(credential, scopes: [Self.readScope])
            newest.withLock { $0 = Newest(token: token) }
            return token
        }
    }

    /// Completes a request. Gives the token, so that it can be forgotten when it is refused.
    func authorize(_ outgoing: inout OutgoingRequest) throws(HTTPError) -> AccessToken {
        do throws(CredentialsError) {
            let token = try token()
            outgoing.headers["Authorization"] = token.authorization
            outgoing.headers["X-Goog-User-Project"] = quotaProject
            return token
        } catch {
            throw error.asHTTPError
        }
    }

    /// Notes that a request with this token has succeeded.
    func noteSuccess(_ token: AccessToken) {
        newest.withLock { if $0.token?.secret === token.secret { $0.isProven = true } }
    }

    /// Makes the next request get another token. True when this one has been good, or has been replaced already: then
    /// it only ended, and the next one may well be good.
    func forget(_ token: AccessToken) -> Bool {
        cache.forget(token)
        return newest.withLock { $0.isProven || $0.token?.secret !== token.secret }
    }
}

extension GoogleCredential {
    /// The credentials that act for `address`: for a user by domain-wide delegation, which only a key can sign for, or
    /// for a service account that these credentials may speak for.
    func acting(for address: String, iamRoot: WebURL) throws(CredentialsError) -> GoogleCredential {
        if address.hasSuffix(".gserviceaccount.com") {
            return .impersonated(Impersonation(url: Impersonation.url(for: address, root: iamRoot)), source: self)
        }
        guard case .serviceAccount(let account, _) = self else {
            throw .unsupported(
                path: "--impersonate \(address)",
                reason:
                    "only a service account's key can act for a user; other credentials can act for service accounts")
        }
        return .serviceAccount(account, subject: address)
    }
}
