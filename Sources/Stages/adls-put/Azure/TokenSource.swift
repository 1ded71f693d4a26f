import Bytes
import HTTP
import Signing
import StageKit

/// An application that Microsoft Entra knows.
struct EntraApplication: Sendable {
    static let defaultAuthority = "https://login.microsoftonline.com"

    let authority: String
    let tenant: String
    let clientID: String

    var tokenURL: WebURL {
        get throws(HTTPError) { try WebURL(authority).appending(segments: [tenant, "oauth2", "v2.0", "token"]) }
    }
}

/// Gets access tokens for storage by one way of signing in, and keeps the one it has.
final class TokenSource: Sendable {
    /// What the tokens are for, in all public clouds.
    static let resource = "https://storage.azure.com"
    static let scope = "\(resource)/.default"

    enum Way: Sendable {
        case clientSecret(EntraApplication, SecretBytes)
        case clientCertificate(EntraApplication, ClientCertificate, sendsChain: Bool)
        /// A token that another service wrote into a file, and renews there.
        case workloadIdentity(EntraApplication, tokenFile: String)
        case managedIdentity(ManagedIdentity)
        case azureCLI(AzureCommandLine)
    }

    private let way: Way
    private let client: HTTPClient
    private let cache: TokenCache
    /// The token that the last request carried, to be forgotten when it is refused.
    private let last = Guarded<AccessToken?>(nil)

    init(_ way: Way, _ client: HTTPClient) {
        self.way = way
        self.client = client
        let clock = client.settings.clock
        cache = TokenCache(now: clock.now)
    }

    /// The value of the `Authorization` field.
    func authorization() throws(HTTPError) -> String {
        let token = try cache.token { () throws(HTTPError) in try fetch() }
        last.withLock { $0 = token }
        return token.authorization
    }

    /// The next request gets another token.
    func forget() {
        if let token = last.withLock({ $0 }) { cache.forget(token) }
    }

    private func fetch() throws(HTTPError) -> AccessToken {
        switch way {
        case .clientSecret(let application, let secret):
            return try post(
                EntraToken.form(clientID: application.clientID, clientSecret: secret, scope: Self.scope), application)
        case .clientCertificate(let application, let certificate, let sendsChain):
            let url = try application.tokenURL
            let assertion: String
            do throws(SigningError) {
                assertion = try EntraToken.assertion(
                    clientID: application.clientID, tokenURL: url.text, certificate: certificate,
                    tokenID: UUIDText.random(), now: client.settings.clock.now(), sendsChain: sendsChain)
            } catch {
                throw .noCredentials("client certificate: \(error.message)")
            }
            return try post(
                EntraToken.form(clientID: application.clientID, assertion: assertion, scope: Self.scope), application)
        case .workloadIdentity(let application, let tokenFile):
            let assertion: String
            do throws(IOError) {
                let bytes = try FileSystem.contents(tokenFile, limit: CredentialSettings.secretByteLimit)
                assertion = String(decoding: bytes, as: UTF8.self).trimmedOfWhiteSpace
            } catch {
                throw .noCredentials("workload identity: \(error.message)")
            }
            return try post(
                EntraToken.form(clientID: application.clientID, assertion: assertion, scope: Self.scope), application)
        case .managedIdentity(let identity): return try identity.token(client)
        case .azureCLI(let command): return try command.token(client.settings.clock.now())
        }
    }

    private func post(_ form: String, _ application: EntraApplication) throws(HTTPError) -> AccessToken {
        var request = Request(.post, try application.tokenURL, body: .text(form))
        request.headers["Content-Type"] = "application/x-www-form-urlencoded"
        request.isRepeatable = true
        let response = try client.send(request)
        return try AccessToken(answer: response, "client \(application.clientID)", client.settings.clock.now())
    }
}

extension AccessToken {
    /// Reads a token service's answer; what it says about a refusal goes into the error.
    init(answer response: Response, _ name: String, _ now: UTCTime) throws(HTTPError) {
        let said = AccessToken.refusal(in: response.body)
        guard response.isSuccess else {
            // Too busy is another matter than refused.
            if response.status == 429 || response.status >= 500 { throw response.refusal(reason: said) }
            throw .noCredentials("\(name) gets no token: status \(response.status)\(said.map { ": \($0)" } ?? "")")
        }
        do throws(SigningError) {
            try self.init(parsing: response.body, receivedAt: now)
        } catch {
            throw .noCredentials("\(name) gets no token: \(error.message)")
        }
    }
}
