import Bytes
import HTTP
import StageKit
import StageWeb

/// The one client for Google, and what tests make other by the environment: addresses, waits.
enum WebSettings {
    /// A client for that many requests at a time.
    static func client(jobs: Int, log: Log) throws(CredentialsError) -> HTTPClient {
        // Google compresses its answers only for agents that say gzip.
        var settings = HTTPSettings.ofEnvironment(userAgent: "sluice-drive-pull/\(sluiceVersion) (gzip)")
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
}
