import ArgumentParser
import Bytes
import HTTP
import StageKit
import StageWeb

/// What lakes need besides their address: how to sign in, and how much to do at once.
struct LakeSettings: Sendable {
    static let defaultJobs = 8
    static let jobsLimit = 64
    static let defaultBlockByteCount = 8 << 20
    /// Azure's own limit is 4,000 MiB; blocks are held in memory.
    static let blockByteLimit = 256 << 20
    /// Takes the place of the account's addresses: an emulator, or a private endpoint.
    static let endpointVariable = "SLUICE_ADLS_ENDPOINT"

    var auth = AuthMethod.auto
    var endpoint: String?
    var jobs = defaultJobs
    var blockByteCount = defaultBlockByteCount
    /// For other tools; nothing here rests on it.
    var contentMD5 = DigestChoice.auto
    /// Where a manifest names it, it is taken and compared in any case.
    var contentSHA256 = DigestChoice.auto
    var log: Log
    /// What the lake's store has signed in by, for the report.
    let credentialName = Guarded<String?>(nil)

    init(log: Log) {
        self.log = log
        endpoint = Environment.value(Self.endpointVariable)
    }

    /// The one client of the program.
    func client() throws(StageFailure) -> HTTPClient {
        var settings = HTTPSettings.ofEnvironment(userAgent: "adls-put/\(sluiceVersion)")
        settings.hostConnectionLimit = max(settings.hostConnectionLimit, jobs + 4)
        let log = log
        settings.noteRetry = { notice in
            let seconds = Int(notice.waitSeconds.rounded(.up))
            log.detail("\(notice.trace.request): \(notice.reason), again in \(seconds) s")
        }
        do throws(HTTPError) {
            return try HTTPClient(settings)
        } catch {
            throw .badConfiguration(error.message)
        }
    }
}

/// Of which files of several blocks a digest is taken; of those of one block SHA-256 and MD5 always are.
///
/// Both go from a file's one end to the other, so they hold up a fast line: SHA-256 at 1.8 GB/s, with which a file takes half
/// as long again as without, MD5 at 0.5 GB/s (2026-11-26). That a file comes whole is seen by the CRC64 of every block.
enum DigestChoice: String, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    /// What `auto` takes it of.
    static let byteLimit = 256 << 20

    func isTaken(ofByteCount byteCount: Int) -> Bool {
        self == .always || self == .auto && byteCount <= Self.byteLimit
    }
}
