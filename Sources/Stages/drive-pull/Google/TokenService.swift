import Bytes
import HTTP
import NDJSON
import Signing

/// Gets access tokens from Google's token services, for credentials of any form.
struct TokenService: Sendable {
    static let tokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    static let accessTokenType = "urn:ietf:params:oauth:token-type:access_token"
    /// What a token service says when it will be well later, whatever the status.
    static let passingErrors: Set<String> = ["internal_failure", "server_error", "temporarily_unavailable"]
    /// Answers and subject tokens are small.
    static let answerByteLimit = 1 << 20

    let client: HTTPClient
    let now: @Sendable () -> UTCTime

    /// A fresh token. Throws `CredentialsError.refused` when the service says no for good.
    func token(_ credential: GoogleCredential, scopes: [String]) throws(CredentialsError) -> AccessToken {
        switch credential {
        case .serviceAccount(let account, let subject): try token(account, subject: subject, scopes)
        case .user(let user): try token(user)
        case .external(let account): try token(account, scopes)
        case .impersonated(let impersonation, let source):
            try token(impersonation, by: try token(source, scopes: [GoogleCredential.cloudScope]), scopes)
        case .machine(let server): try token(server, scopes)
        }
    }

    private func token(
        _ account: GoogleServiceAccount, subject: String?, _ scopes: [String]
    ) throws(CredentialsError) -> AccessToken {
        let form: String
        do throws(SigningError) {
            form = try account.tokenForm(scopes: scopes, subject: subject, now: now())
        } catch {
            throw .refused(by: account.email, reason: error.message, advice: nil)
        }
        return try accessToken(try post(form, to: try address(account.tokenURI)))
    }

    private func token(_ user: AuthorizedUser) throws(CredentialsError) -> AccessToken {
        // Without a scope the token gets all that was granted; asking for one that was not would be refused.
        var fields = [("grant_type", "refresh_token"), ("refresh_token", user.refreshToken.text)]
        if !user.usesBasicAuthentication {
            fields += [("client_id", user.clientID), ("client_secret", user.clientSecret?.text ?? "")]
        }
        let basic = user.usesBasicAuthentication ? Self.basic(user.clientID, user.clientSecret) : nil
        let answer = try post(PercentEncoding.form(fields), to: user.tokenURL, authorization: basic)
        let document = try? JSONValue(parsing: answer.body)
        if let next = document?["refresh_token"]?.string, !next.isEmpty {
            user.keep(refreshToken: SecretBytes(next))
        }
        return try accessToken(answer)
    }

    private func token(_ account: ExternalAccount, _ scopes: [String]) throws(CredentialsError) -> AccessToken {
        // The exchanged token speaks for the workload; what Drive shall see is then asked for by impersonation.
        let wanted = account.impersonation == nil ? scopes : [GoogleCredential.cloudScope]
        let form = PercentEncoding.form([
            ("grant_type", Self.tokenExchange), ("audience", account.audience),
            ("scope", wanted.joined(separator: " ")), ("requested_token_type", Self.accessTokenType),
            ("subject_token", try SubjectToken(client: client).read(account).text),
            ("subject_token_type", account.subjectTokenType),
        ])
        let basic = account.clientID.map { Self.basic($0, account.clientSecret) }
        let exchanged = try accessToken(try post(form, to: account.tokenURL, authorization: basic))
        guard let impersonation = account.impersonation else { return exchanged }
        return try token(impersonation, by: exchanged, scopes)
    }

    private func token(
        _ impersonation: Impersonation, by source: AccessToken, _ scopes: [String]
    ) throws(CredentialsError) -> AccessToken {
        let asked: JSONValue = .object([
            "delegates": .array(impersonation.delegates.map { .string($0) }),
            "scope": .array(scopes.map { .string($0) }), "lifetime": .string("\(impersonation.lifetimeSeconds)s"),
        ])
        var request = Request(
            .post, impersonation.url,
            headers: ["Content-Type": "application/json", "Authorization": source.authorization],
            body: .bytes(asked.bytes))
        request.isRepeatable = true
        let answer = try send(request)
        guard answer.isSuccess else {
            throw .refused(
                by: impersonation.email, reason: GoogleRefusal(answer).text,
                advice: "grant roles/iam.serviceAccountTokenCreator on this service account to the caller")
        }
        guard let document = try? JSONValue(parsing: answer.body),
            let token = document["accessToken"]?.string, !token.isEmpty,
            let expiry = document["expireTime"]?.string.flatMap({ UTCTime($0) })
        else { throw .refused(by: impersonation.email, reason: "the answer holds no token", advice: nil) }
        let received = now()
        return AccessToken(
            SecretBytes(token), receivedAt: received,
            lifetimeSeconds: (expiry.milliseconds - received.milliseconds) / 1000)
    }

    private func token(_ server: MetadataServer, _ scopes: [String]) throws(CredentialsError) -> AccessToken {
        let path = ["computeMetadata", "v1", "instance", "service-accounts", "default", "token"]
        let url = server.url.appending(segments: path).adding(query: "scopes", scopes.joined(separator: ","))
        return try accessToken(try send(MetadataProbe.request(url)))
    }

    // ---- The wire

    private func post(
        _ form: String, to url: WebURL, authorization: String? = nil
    ) throws(CredentialsError) -> Response {
        var request = Request(
            .post, url, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: .text(form))
        request.headers["Authorization"] = authorization
        // Asking twice for a token does no harm.
        request.isRepeatable = true
        request.isRetryWorthwhile = { response in
            let error = (try? JSONValue(parsing: response.body))?["error"]?.string
            return error.map(Self.passingErrors.contains) == true ? true : nil
        }
        return try send(request)
    }

    private func send(_ request: Request) throws(CredentialsError) -> Response {
        var request = request
        request.target = .memory(limit: Self.answerByteLimit)
        do throws(HTTPError) {
            return try client.send(request)
        } catch {
            throw .transport(error)
        }
    }

    private func accessToken(_ answer: Response) throws(CredentialsError) -> AccessToken {
        guard answer.isSuccess else {
            if [408, 429].contains(answer.status) || answer.status >= 500 {
                throw .transport(answer.refusal(reason: AccessToken.refusal(in: answer.body)))
            }
            let reason = AccessToken.refusal(in: answer.body) ?? "status \(answer.status)"
            throw .refused(by: answer.url.origin + answer.url.path, reason: reason, advice: Self.advice(on: reason))
        }
        do throws(SigningError) {
            return try AccessToken(parsing: answer.body, receivedAt: now())
        } catch {
            throw .refused(by: answer.url.origin + answer.url.path, reason: error.message, advice: nil)
        }
    }

    private func address(_ text: String) throws(CredentialsError) -> WebURL {
        do throws(HTTPError) {
            return try WebURL(text)
        } catch {
            throw .transport(error)
        }
    }

    private static func basic(_ id: String, _ secret: SecretBytes?) -> String {
        "Basic \(Base64.encode(Array("\(id):\(secret?.text ?? "")".utf8)))"
    }

    /// What a person can do about a refusal.
    static func advice(on reason: String) -> String? {
        let known: [(String, String)] = [
            ("reasonable timeframe", "is this machine's clock right?"),
            ("unauthorized_client", "domain-wide delegation for this client and the scope drive.readonly is missing"),
            ("Invalid JWT Signature", "the key may have been deleted or replaced"),
            ("invalid_rapt", "the user must sign in again"),
            ("expired or revoked", "the user must sign in again; sign-ins of apps in testing end after 7 days"),
        ]
        return known.first { reason.contains($0.0) }?.1
    }
}
