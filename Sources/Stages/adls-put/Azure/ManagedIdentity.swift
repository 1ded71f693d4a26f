import HTTP
import Signing

/// The identity that Azure gives to the machine or the app service that we run on.
struct ManagedIdentity: Sendable {
    enum Service: Sendable {
        /// The instance metadata service of virtual machines; its host may be another one in tests and in pods.
        case machine(host: String)
        /// App Service, Functions and Container Apps say where and by which word.
        case appService(endpoint: String, word: SecretBytes)
    }

    static let machineHost = "http://169.254.169.254"
    static let machineVersion = "2018-02-01"
    static let appServiceVersion = "2019-08-01"
    static let connectSeconds = 2.0
    static let probeSeconds = 1.0
    /// Something else than the service may take the connection and say nothing.
    static let probeAnswerSeconds = 5.0
    /// The service answers 404 and 410 while it starts, and 429 when it is asked too often.
    static let retryStatuses: Set<Int> = [404, 410, 429, 500, 502, 503, 504]
    static let attemptLimit = 5
    static let firstCeilingSeconds = 1.6

    let service: Service
    /// Which of the identities of the machine; nil is its own.
    let clientID: String?
    /// Whether we only look if there is one: then nobody waits for a service that is not there.
    let isProbe: Bool

    func token(_ client: HTTPClient) throws(HTTPError) -> AccessToken {
        var response = try client.send(try request(client, isProbe: isProbe))
        // There is a service, and it has no time just now.
        if isProbe, Self.retryStatuses.contains(response.status) {
            response = try client.send(try request(client, isProbe: false))
        }
        return try AccessToken(answer: response, "managed identity", client.settings.clock.now())
    }

    private func request(_ client: HTTPClient, isProbe: Bool) throws(HTTPError) -> Request {
        var request: Request
        switch service {
        case .machine(let host):
            let url = try WebURL(host).appending(path: "metadata/identity/oauth2/token")
            request = Request(.get, url.adding(query: fields(version: Self.machineVersion)))
            request.headers["Metadata"] = "true"
        case .appService(let endpoint, let word):
            let url = try WebURL(endpoint)
            request = Request(.get, url.adding(query: fields(version: Self.appServiceVersion)))
            request.headers["X-IDENTITY-HEADER"] = word.text
            request.credentialFields = ["x-identity-header"]
        }
        request.plainHTTP = .metadataService
        request.usesProxy = false
        request.timeouts = client.settings.timeouts
        request.timeouts?.connectSeconds = isProbe ? Self.probeSeconds : Self.connectSeconds
        if isProbe { request.timeouts?.attemptSeconds = Self.probeAnswerSeconds }
        var retries = RetryPolicy()
        retries.statuses = Self.retryStatuses
        retries.attemptLimit = isProbe ? 1 : Self.attemptLimit
        retries.firstCeilingSeconds = Self.firstCeilingSeconds
        request.retries = retries
        return request
    }

    private func fields(version: String) -> [(name: String, value: String)] {
        let common = [(name: "api-version", value: version), (name: "resource", value: TokenSource.resource)]
        return common + (clientID.map { [(name: "client_id", value: $0)] } ?? [])
    }
}
