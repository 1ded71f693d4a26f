import Bytes
import HTTP
import NDJSON
import Signing

/// What proves to Google who we are, in one of the forms that Application Default Credentials know.
indirect enum GoogleCredential: Sendable {
    /// A key file. `subject` is the user to act for, where an administrator allowed that (domain-wide delegation).
    case serviceAccount(GoogleServiceAccount, subject: String?)
    /// Somebody who signed in.
    case user(AuthorizedUser)
    /// A workload that another provider vouches for (workload identity federation).
    case external(ExternalAccount)
    /// A service account that `source` may speak for.
    case impersonated(Impersonation, source: GoogleCredential)
    /// The service account of the machine that we run on.
    case machine(MetadataServer)

    static let cloudScope = "https://www.googleapis.com/auth/cloud-platform"

    /// Whom messages name before Drive has told its own view.
    var name: String {
        switch self {
        case .serviceAccount(let account, let subject): subject ?? account.email
        case .user: "the signed-in user"
        case .external(let account): account.audience
        case .impersonated(let impersonation, _): impersonation.email
        case .machine: "this machine's service account"
        }
    }
}

/// Somebody who signed in, by a refresh token.
final class AuthorizedUser: Sendable {
    static let defaultTokenURL = "https://oauth2.googleapis.com/token"

    let clientID: String
    let clientSecret: SecretBytes?
    let tokenURL: WebURL
    /// Users of federated sign-in prove the client in the header instead of the form.
    let usesBasicAuthentication: Bool
    // Some services give a new one with each use, which ends the old one.
    private let held: Guarded<SecretBytes>

    init(
        clientID: String, clientSecret: SecretBytes?, refreshToken: SecretBytes, tokenURL: WebURL,
        usesBasicAuthentication: Bool
    ) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.tokenURL = tokenURL
        self.usesBasicAuthentication = usesBasicAuthentication
        held = Guarded(refreshToken)
    }

    var refreshToken: SecretBytes { held.withLock { $0 } }

    func keep(refreshToken: SecretBytes) { held.withLock { $0 = refreshToken } }
}

/// Speaking for a service account by IAM's generateAccessToken.
struct Impersonation: Sendable {
    static let defaultLifetimeSeconds = 3600
    static let lifetimeLimitSeconds = 43_200
    static let defaultRoot = "https://iamcredentials.googleapis.com"

    let url: WebURL
    var delegates: [String] = []
    var lifetimeSeconds = defaultLifetimeSeconds

    /// The account in `.../serviceAccounts/EMAIL:generateAccessToken`.
    var email: String {
        let last = url.path.split(separator: "/").last ?? ""
        return PercentEncoding.decode(last.prefix { $0 != ":" }) ?? String(last)
    }

    /// The address for an account, below the root of the IAM Credentials API.
    static func url(for email: String, root: WebURL) -> WebURL {
        // The colon of the method's name is no part of the account and stays as it is.
        let account = root.appending(segments: ["v1", "projects", "-", "serviceAccounts", email])
        return (try? WebURL("\(account.text):generateAccessToken")) ?? account
    }
}

/// A workload of another cloud or cluster, whose own identity token Google exchanges (RFC 8693).
struct ExternalAccount: Sendable {
    /// Where the other provider's token is found. It is read anew for each exchange.
    enum Source: Sendable {
        case file(path: String)
        case url(WebURL, headers: HeaderFields)
        case command(SubjectCommand)
    }

    let audience: String
    let subjectTokenType: String
    let tokenURL: WebURL
    let source: Source
    /// The field of a JSON document that holds the token; nil when the whole content is the token.
    let field: String?
    let clientID: String?
    let clientSecret: SecretBytes?
    let impersonation: Impersonation?
}

/// The server that tells a machine of Google Cloud about itself.
struct MetadataServer: Sendable {
    static let defaultHost = "metadata.google.internal"
    static let defaultAddress = "169.254.169.254"
    static let flavor = "Google"

    let url: WebURL
}
