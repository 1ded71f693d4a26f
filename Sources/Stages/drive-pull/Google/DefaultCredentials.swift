import Bytes
import HTTP

/// Where Google's programs look for credentials, in this order (Application Default Credentials):
///
///     1. GOOGLE_APPLICATION_CREDENTIALS        a file; one that is missing or bad is an error
///     2. $CLOUDSDK_CONFIG or ~/.config/gcloud  application_default_credentials.json
///     3. the metadata server                   unless NO_GCE_CHECK=true
struct DefaultCredentials {
    static let fileName = "application_default_credentials.json"

    /// The environment.
    let variable: (String) -> String?
    let metadata: MetadataProbe

    /// What was found. `explicit` is a file that the user named, which comes before all others.
    func find(explicit: String?) throws(CredentialsError) -> CredentialFile.Content {
        if let path = explicit ?? variable("GOOGLE_APPLICATION_CREDENTIALS") { return try read(path) }
        if let path = wellKnownPath {
            do throws(CredentialsError) {
                return try read(path)
            } catch {
                guard case .unreadable(let failure) = error, failure.isNotFound else { throw error }
            }
        }
        if variable("NO_GCE_CHECK")?.lowercased() != "true", let server = try metadata.find(variable) {
            return CredentialFile.Content(credential: .machine(server), quotaProject: nil)
        }
        throw .nowhere
    }

    private func read(_ path: String) throws(CredentialsError) -> CredentialFile.Content {
        let allows = variable("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES") == "1"
        return try CredentialFile(path: path, allowsExecutables: allows).read()
    }

    private var wellKnownPath: String? {
        if let folder = variable("CLOUDSDK_CONFIG") { return FileSystem.join(folder, Self.fileName) }
        return variable("HOME").map { FileSystem.join($0, ".config/gcloud/\(Self.fileName)") }
    }
}

/// Finds out whether there is a metadata server.
struct MetadataProbe {
    static let limitSeconds = 3.0
    static let attemptLimit = 3

    let client: HTTPClient

    /// The server, or nil when nothing answers as one.
    func find(_ variable: (String) -> String?) throws(CredentialsError) -> MetadataServer? {
        let host = variable("GCE_METADATA_HOST") ?? variable("GCE_METADATA_ROOT") ?? MetadataServer.defaultHost
        let address = variable("GCE_METADATA_IP") ?? MetadataServer.defaultAddress
        guard let url = try? WebURL("http://\(host)"), let ping = try? WebURL("http://\(address)") else {
            throw .unsupported(path: "GCE_METADATA_HOST", reason: "\(host) is no host")
        }
        var request = Self.request(ping)
        request.timeouts = Timeouts()
        request.timeouts?.connectSeconds = Self.limitSeconds
        request.timeouts?.attemptSeconds = Self.limitSeconds
        request.retries = RetryPolicy()
        request.retries?.attemptLimit = Self.attemptLimit
        // Elsewhere than on Google's machines nothing, or something else, is at that address.
        guard let answer = try? client.send(request), answer.isSuccess,
            answer.headers["metadata-flavor"] == MetadataServer.flavor
        else { return nil }
        return MetadataServer(url: url)
    }

    /// A question to the server: never through a proxy, and with the field that tricked browsers cannot send.
    static func request(_ url: WebURL) -> Request {
        var request = Request(.get, url, headers: ["Metadata-Flavor": MetadataServer.flavor])
        request.plainHTTP = .metadataService
        request.usesProxy = false
        request.followsRedirects = false
        return request
    }
}
