internal import Bytes
internal import HTTP
internal import Signing
internal import StageKit

/// What a user shows to enter, as a token that is renewed before it ends.
///
/// - Key pair: `authenticator = "SNOWFLAKE_JWT"` with `private_key_file` (or `private_key_raw`) and `user`.
/// - Workload identity: `"WORKLOAD_IDENTITY"` with `workload_identity_provider` AZURE, GCP or OIDC; no secret of ours.
/// - `"OAUTH"` and `"PROGRAMMATIC_ACCESS_TOKEN"` with `token` or `token_file_path`.
final class SnowflakeCredentials: Sendable {
    enum Kind: String, Sendable {
        case keyPair = "KEYPAIR_JWT"
        case oauth = "OAUTH"
        case programmatic = "PROGRAMMATIC_ACCESS_TOKEN"
        case workload = "WORKLOAD_IDENTITY_FEDERATION"
    }

    /// A token from a file or a variable is read again after this.
    static let rereadSeconds = 300
    private static let azureResource = "api://fd3f753b-eed3-462c-b6a7-a4b5bb650aad"
    private static let audience = "snowflakecomputing.com"

    let kind: Kind
    /// For messages: `MYORG-ACCT.LOADER, key SHA256:...`, no secret.
    let displayName: String
    let fingerprint: String?
    /// The login name of a key pair.
    let user: String?
    private let cache: TokenCache
    private let fetch: @Sendable () throws(HTTPError) -> AccessToken
    private let current = Guarded<AccessToken?>(nil)

    private init(
        _ kind: Kind, _ displayName: String, fingerprint: String? = nil, user: String? = nil,
        _ fetch: @escaping @Sendable () throws(HTTPError) -> AccessToken
    ) {
        self.kind = kind
        self.displayName = displayName
        self.fingerprint = fingerprint
        self.user = user
        self.fetch = fetch
        cache = TokenCache(earlySeconds: SnowflakeKeyPair.earlySeconds) { HTTPClock.system.now() }
    }

    /// The value of `Authorization`.
    func authorization() throws(HTTPError) -> String {
        let token = try cache.token(fetch)
        current.withLock { $0 = token }
        return token.authorization
    }

    /// Forgets the token that was refused.
    func renew() {
        if let token = current.withLock({ $0 }) { cache.forget(token) }
    }

    static func find(
        _ profile: ConnectionProfile, client: HTTPClient, passphrase: String?, variable: @escaping (String) -> String?
    ) throws(StageFailure) -> SnowflakeCredentials {
        let hasKey = profile.value("private_key_file", "private_key_path", "private_key_raw") != nil
        switch profile.value("authenticator")?.uppercased() {
        case "SNOWFLAKE_JWT", "KEYPAIR_JWT": return try keyPair(profile, passphrase: passphrase)
        case nil where hasKey: return try keyPair(profile, passphrase: passphrase)
        case "OAUTH": return try given(.oauth, profile)
        case "PROGRAMMATIC_ACCESS_TOKEN": return try given(.programmatic, profile)
        case "WORKLOAD_IDENTITY", "WORKLOAD_IDENTITY_FEDERATION":
            return try workload(profile, client: client, variable: variable)
        case let other:
            throw .badConfiguration(
                "authenticator \(other ?? "is missing"): SNOWFLAKE_JWT with private_key_file, WORKLOAD_IDENTITY, OAUTH or "
                    + "PROGRAMMATIC_ACCESS_TOKEN (passwords are not taken)")
        }
    }

    private static func keyPair(
        _ profile: ConnectionProfile, passphrase: String?
    ) throws(StageFailure) -> SnowflakeCredentials {
        guard let user = profile.value("user") else { throw .badConfiguration("the connection has no user") }
        let path = profile.value("private_key_file", "private_key_path")
        var bytes: [UInt8]
        if let path {
            do throws(IOError) {
                bytes = try FileSystem.contents(path, limit: PrivateKey.byteLimit)
            } catch {
                throw .badConfiguration("private_key_file: \(error.message)")
            }
        } else if let raw = profile.value("private_key_raw") {
            bytes = Array(raw.replacing("\\n", with: "\n").utf8)
        } else {
            throw .badConfiguration("the connection has no private_key_file")
        }
        let claim: String
        if let given = profile.value("jwt_account") {
            claim = given
        } else {
            claim = try profile.snowflakeAccount().claim
        }
        let secret = passphrase ?? profile.value("private_key_file_pwd", "private_key_passphrase")
        do throws(SigningError) {
            let key = try PrivateKey(SecretBytes(wiping: &bytes), passphrase: secret.map { SecretBytes($0) })
            let pair = try SnowflakeKeyPair(accountClaim: claim, user: user, key: key)
            return SnowflakeCredentials(
                .keyPair, "\(pair.accountClaim).\(pair.user), key \(pair.fingerprint)", fingerprint: pair.fingerprint,
                user: pair.user
            ) { () throws(HTTPError) in
                do throws(SigningError) {
                    return try pair.token(now: HTTPClock.system.now())
                } catch {
                    throw .noCredentials(error.message)
                }
            }
        } catch {
            throw .badConfiguration(
                "\(path ?? "private_key_raw"): \(error.message) (passphrase: PRIVATE_KEY_PASSPHRASE)")
        }
    }

    /// A token that somebody else renews.
    private static func given(
        _ kind: Kind, _ profile: ConnectionProfile, prefix: String = ""
    ) throws(StageFailure) -> SnowflakeCredentials {
        let path = profile.value("token_file_path")
        let text = profile.value("token")
        guard path != nil || text != nil else {
            throw .badConfiguration("the connection has neither token nor token_file_path")
        }
        return SnowflakeCredentials(kind, "\(kind.rawValue) of \(profile.value("user") ?? profile.name)") {
            () throws(HTTPError) in
            var token = text ?? ""
            if let path {
                do throws(IOError) {
                    token = String(decoding: try FileSystem.contents(path, limit: PrivateKey.byteLimit), as: UTF8.self)
                } catch {
                    throw .noCredentials("token_file_path: \(error.message)")
                }
            }
            let trimmed = token.filter { !$0.isWhitespace }
            return AccessToken(
                SecretBytes(prefix + trimmed), receivedAt: HTTPClock.system.now(), lifetimeSeconds: rereadSeconds)
        }
    }

    private static func workload(
        _ profile: ConnectionProfile, client: HTTPClient, variable: @escaping (String) -> String?
    ) throws(StageFailure) -> SnowflakeCredentials {
        let provider = (profile.value("workload_identity_provider") ?? "").uppercased()
        switch provider {
        case "OIDC": return try given(.workload, profile, prefix: "WIF.OIDC.")
        case "AZURE":
            let host = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254"
            let resource = profile.value("workload_identity_entra_resource") ?? azureResource
            return try machine(
                "AZURE", client, address: "\(host)/metadata/identity/oauth2/token",
                query: [("api-version", "2018-02-01"), ("resource", resource)], header: ("Metadata", "true")
            ) { bytes throws(SigningError) in try AccessToken(parsing: bytes, receivedAt: HTTPClock.system.now()) }
        case "GCP":
            let host = variable("GCE_METADATA_HOST") ?? "metadata.google.internal"
            return try machine(
                "GCP", client,
                address: "http://\(host)/computeMetadata/v1/instance/service-accounts/default/identity",
                query: [("audience", audience), ("format", "full")], header: ("Metadata-Flavor", "Google")
            ) { bytes throws(SigningError) in
                AccessToken(SecretBytes(bytes), receivedAt: HTTPClock.system.now(), lifetimeSeconds: rereadSeconds)
            }
        default:
            throw .badConfiguration(
                "workload_identity_provider \(provider.isEmpty ? "is missing" : provider): AZURE, GCP or OIDC")
        }
    }

    /// The token of the machine that this runs on.
    private static func machine(
        _ provider: String, _ client: HTTPClient, address: String, query: [(name: String, value: String)],
        header: (name: String, value: String), read: @escaping @Sendable ([UInt8]) throws(SigningError) -> AccessToken
    ) throws(StageFailure) -> SnowflakeCredentials {
        let url: WebURL
        do throws(HTTPError) {
            url = try WebURL(address).adding(query: query)
        } catch {
            throw .badConfiguration("the address of \(provider)'s metadata service: \(error.message)")
        }
        return SnowflakeCredentials(.workload, "workload identity of \(provider)") { () throws(HTTPError) in
            var request = Request(.get, url, headers: [header.name: header.value])
            request.plainHTTP = .metadataService
            let response = try client.send(request)
            try response.requireSuccess(reason: AccessToken.refusal(in: response.body))
            do throws(SigningError) {
                let token = try read(response.body)
                return AccessToken(
                    SecretBytes("WIF.\(provider).\(token.secret.text)"), receivedAt: token.receivedAt,
                    expiresAt: token.expiresAt)
            } catch {
                throw .noCredentials(error.message)
            }
        }
    }
}
