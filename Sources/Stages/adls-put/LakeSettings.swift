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
    var contentMD5 = ContentMD5.auto
    var contentSHA256 = ContentSHA256.auto
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

/// Of which files of several blocks the SHA-256 is taken; of those of one block it always is, and of those whose SHA-256 a
/// manifest names. A processor takes it at 1.8 GB/s at most and from one end to the other, so it holds up a fast line: with
/// it a file goes at two thirds of the rate without (2026-11-26). What comes whole is seen by the CRC64 of every block.
enum ContentSHA256: String, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    /// What `auto` takes it of.
    static let byteLimit = 256 << 20

    func isTaken(ofByteCount byteCount: Int) -> Bool {
        self == .always || self == .auto && byteCount <= Self.byteLimit
    }
}

/// Which files of several blocks get a stored MD5; those of one block always have it. Nothing here rests on it, other tools
/// may look at it, and it is slow: with it a file goes at 0.5 GB/s at most, a third of what the rest can do (2026-11-26).
enum ContentMD5: String, CaseIterable, ExpressibleByArgument {
    case auto
    case always
    case never

    /// What `auto` takes it of.
    static let byteLimit = 256 << 20

    func isTaken(ofByteCount byteCount: Int) -> Bool {
        self == .always || self == .auto && byteCount <= Self.byteLimit
    }
}
