import Bytes
import HTTP
import NDJSON
import Signing

/// Reads a credential file of any form. Facts: Google's `type` field and the fields of each type.
struct CredentialFile {
    /// Larger files are no credentials.
    static let byteLimit = 1 << 20
    /// Credentials that impersonate may rest on others that do.
    static let depthLimit = 4

    let path: String
    /// Whether a configuration may have a program run (GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1).
    var allowsExecutables = false

    /// What was read, with the project that is charged for requests, where the file names one.
    struct Content {
        let credential: GoogleCredential
        let quotaProject: String?
    }

    func read() throws(CredentialsError) -> Content {
        var bytes: [UInt8]
        do throws(IOError) {
            bytes = try FileSystem.contents(path, limit: Self.byteLimit)
        } catch {
            throw .unreadable(error)
        }
        let secret = SecretBytes(wiping: &bytes)
        guard let document = secret.withUnsafeBytes({ try? JSONValue(parsing: $0) }), document.object != nil else {
            throw malformed("it is not a JSON object")
        }
        return Content(
            credential: try credential(document, depth: 1), quotaProject: document["quota_project_id"]?.string)
    }

    private func credential(_ document: JSONValue, depth: Int) throws(CredentialsError) -> GoogleCredential {
        guard depth <= Self.depthLimit else { throw malformed("credentials rest on credentials too often") }
        if let universe = document["universe_domain"]?.string, universe != "googleapis.com" {
            throw .unsupported(path: path, reason: "the universe \(universe) is not public Google Cloud")
        }
        switch document["type"]?.string {
        case "service_account": return .serviceAccount(try serviceAccount(document), subject: nil)
        case "authorized_user": return .user(try user(document))
        case "external_account_authorized_user": return .user(try federatedUser(document))
        case "external_account":
            return .external(try ExternalAccountFile(file: self, document: document).account())
        case "impersonated_service_account":
            guard let source = document["source_credentials"] else { throw malformed("it has no source_credentials") }
            return .impersonated(
                try impersonation(document), source: try credential(source, depth: depth + 1))
        case let other?: throw .unsupported(path: path, reason: "credentials of type \(other) are not supported")
        case nil: throw malformed("it has no type")
        }
    }

    private func serviceAccount(_ document: JSONValue) throws(CredentialsError) -> GoogleServiceAccount {
        let account: GoogleServiceAccount
        do throws(SigningError) {
            account = try GoogleServiceAccount(document)
        } catch {
            throw malformed(error.message)
        }
        _ = try tokenService(account.tokenURI, called: "token_uri")
        return account
    }

    private func user(_ document: JSONValue) throws(CredentialsError) -> AuthorizedUser {
        AuthorizedUser(
            clientID: try text(document, "client_id"), clientSecret: SecretBytes(try text(document, "client_secret")),
            refreshToken: SecretBytes(try text(document, "refresh_token")),
            tokenURL: try tokenService(
                document["token_uri"]?.string ?? AuthorizedUser.defaultTokenURL, called: "token_uri"),
            usesBasicAuthentication: false)
    }

    private func federatedUser(_ document: JSONValue) throws(CredentialsError) -> AuthorizedUser {
        AuthorizedUser(
            clientID: try text(document, "client_id"), clientSecret: SecretBytes(try text(document, "client_secret")),
            refreshToken: SecretBytes(try text(document, "refresh_token")),
            tokenURL: try tokenService(try text(document, "token_url"), called: "token_url"),
            usesBasicAuthentication: true)
    }

    /// The impersonation that a document asks for by `service_account_impersonation_url`.
    func impersonation(_ document: JSONValue) throws(CredentialsError) -> Impersonation {
        let name = "service_account_impersonation_url"
        var result = Impersonation(url: try tokenService(try text(document, name), called: name))
        result.delegates = (document["delegates"]?.array ?? []).compactMap(\.string)
        if let seconds = document["service_account_impersonation"]?["token_lifetime_seconds"]?.integer {
            guard (600...Impersonation.lifetimeLimitSeconds).contains(seconds) else {
                throw malformed("token_lifetime_seconds is not from 600 to \(Impersonation.lifetimeLimitSeconds)")
            }
            result.lifetimeSeconds = seconds
        }
        return result
    }

    /// A text that must be there.
    func text(_ document: JSONValue, _ name: String) throws(CredentialsError) -> String {
        guard let value = document[name]?.string, !value.isEmpty else { throw malformed("it has no \(name)") }
        return value
    }

    /// The address of a token service, which must be one of Google's: secrets go there.
    func tokenService(_ text: String, called name: String) throws(CredentialsError) -> WebURL {
        guard let url = try? WebURL(text) else { throw malformed("its \(name) is no address") }
        guard GoogleHosts.isTokenService(url) else {
            throw .unsupported(
                path: path, reason: "its \(name) leads to \(url.host), which is not a token service of Google")
        }
        return url
    }

    func malformed(_ reason: String) -> CredentialsError { .malformed(path: path, reason: reason) }
}
