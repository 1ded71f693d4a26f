import HTTP
import StageKit
import StageWeb

/// Why Drive did not give what was asked for.
enum DriveError: Error, Equatable {
    /// No answer, or no way to ask.
    case web(HTTPError)
    case refused(GoogleRefusal)
    /// An answer that is not what the API promises.
    case malformed(String)

    var refusal: GoogleRefusal? { if case .refused(let refusal) = self { refusal } else { nil } }

    /// Drive does not know it, or does not show it to us: it cannot be told which.
    var isNotFound: Bool { refusal?.status == 404 }

    /// A page token that is not taken (any more): the listing has to begin again.
    var isStaleToken: Bool {
        guard let refusal, !refusal.endsRun, !refusal.isRateLimit, !refusal.isQuota else { return false }
        return [400, 404, 410].contains(refusal.status) || refusal.reason == "pageTokenExpired"
    }

    /// True when every further request would end the same.
    var endsRun: Bool {
        switch self {
        case .web: true
        case .refused(let refusal): refusal.endsRun
        case .malformed: false
        }
    }

    /// The same as the failure of `subject`, such as a path.
    func failure(_ subject: String) -> StageFailure {
        switch self {
        case .web(let error):
            let failure = StageFailure.web(error)
            return StageFailure(status: failure.status, failure.message.map { "\(subject): \($0)" })
        case .malformed(let reason): return .tryAgain("\(subject): Drive's answer is not as it should be: \(reason)")
        case .refused(let refusal):
            return StageFailure(
                status: Self.status(of: refusal), "\(subject): \(refusal.text)\(Self.advice(on: refusal))")
        }
    }

    private static func status(of refusal: GoogleRefusal) -> Int32 {
        if refusal.isRateLimit || refusal.isQuota { return ExitStatus.tryAgain }
        switch refusal.status {
        case 401, 403: return ExitStatus.notAllowed
        case 404: return ExitStatus.noInput
        case 408, 429, 500...599: return ExitStatus.tryAgain
        default: return ExitStatus.badData
        }
    }

    private static func advice(on refusal: GoogleRefusal) -> String {
        switch refusal.reason {
        case "insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT":
            "; the credentials lack the scope drive.readonly (gcloud auth application-default login "
                + "--scopes=https://www.googleapis.com/auth/drive.readonly, or a service account)"
        case "accessNotConfigured": "; enable the Google Drive API in the project of the credentials"
        case "cannotDownloadAbusiveFile":
            "; Google takes it for malware: --acknowledge-abuse brings it, where we are its owner or organizer"
        case "cannotDownloadFile", "cannotExportFile": "; its owner does not allow downloads to readers"
        case "dailyLimitExceeded", "quotaExceeded", "downloadQuotaExceeded": "; the quota comes back by tomorrow"
        default: ""
        }
    }
}

/// Runs `body`; what Drive refuses becomes the failure of `subject`.
func mapDriveError<Success>(
    _ subject: String, _ body: () throws(DriveError) -> Success
) throws(StageFailure) -> Success {
    do throws(DriveError) {
        return try body()
    } catch {
        throw error.failure(subject)
    }
}

extension StageFailure {
    /// The end of the program because of a web service.
    static func web(_ error: HTTPError) -> StageFailure {
        StageFailure(status: error.exitStatus(), error.message)
    }
}
