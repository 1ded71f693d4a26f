import Bytes
import HTTP
import StageKit

/// What the environment says about the web: proxies, certificates, and other addresses in place of Google's, for tests.
enum WebSettings {
    /// A client for that many requests at a time.
    static func client(jobs: Int, log: Log) throws(CredentialsError) -> HTTPClient {
        var settings = HTTPSettings()
        // Google compresses its answers only for agents that say gzip.
        settings.userAgent = "sluice-drive-pull/\(sluiceVersion) (gzip)"
        settings.proxy.forHTTPS = first("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
        // A web server may set HTTP_PROXY from a request's header: only the lower-case name is believed.
        settings.proxy.forHTTP = first("http_proxy", "all_proxy", "ALL_PROXY")
        settings.proxy.exceptions = first("no_proxy", "NO_PROXY") ?? ""
        settings.certificateFile = Environment.value("SSL_CERT_FILE")
        settings.certificateFolder = Environment.value("SSL_CERT_DIR")
        settings.hostConnectionLimit = max(settings.hostConnectionLimit, jobs)
        settings.retries.attemptLimit = DriveAPI.attemptLimit
        settings.retries.firstCeilingSeconds = retrySeconds()
        settings.noteRetry = { notice in
            log.detail("\(notice.trace.request): \(notice.reason); again in \(Int(notice.waitSeconds * 1000)) ms")
        }
        do throws(HTTPError) {
            return try HTTPClient(settings)
        } catch {
            throw .transport(error)
        }
    }

    /// An address that the environment may replace.
    static func address(_ variable: String, default text: String) throws(CredentialsError) -> WebURL {
        do throws(HTTPError) {
            return try WebURL(Environment.value(variable) ?? text)
        } catch {
            throw .unsupported(path: variable, reason: error.message)
        }
    }

    static func now() -> UTCTime {
        let clock = Environment.wallClock()
        return UTCTime(seconds: clock.seconds, nanoseconds: clock.nanoseconds)
    }

    /// The longest wait before a request is sent for the second time; tests shorten it.
    private static func retrySeconds() -> Double {
        Environment.value("SLUICE_RETRY_SECONDS").flatMap { Double($0) }.map { min(max($0, 0), 60) }
            ?? DriveAPI.firstCeilingSeconds
    }

    private static func first(_ names: String...) -> String? {
        names.lazy.compactMap { Environment.value($0) }.first
    }
}
