import Bytes
import HTTP
import Signing
import StageKit
import StageWeb

/// What to do about a refusal of the storage service, in words for a person.
enum AzureAdvice {
    /// Signed requests that are older or newer than this are refused.
    static let clockToleranceSeconds = 15 * 60

    static func text(
        for response: Response, _ credential: AzureCredential, _ container: AzureContainer
    ) -> String? {
        switch response.errorCode {
        case "FilesystemNotFound", "ContainerNotFound":
            "account \(container.account) has no container \(container.name): create it, or mend the address"
        case "AuthenticationFailed", "InvalidAuthenticationInfo", "NoAuthenticationInformation":
            clockAdvice(response) ?? credential.adviceWhenRefused
        case "AuthorizationPermissionMismatch": credential.adviceWhenNotPermitted(.permissions)
        case "AuthorizationResourceTypeMismatch": credential.adviceWhenNotPermitted(.resourceTypes)
        case "AuthorizationServiceMismatch": credential.adviceWhenNotPermitted(.services)
        case "AuthorizationFailure":
            "either this address of the lake is outside of what \(credential.name) allows, "
                + "or the account's network rules keep this machine out"
        case "KeyBasedAuthenticationNotPermitted":
            "the account takes no keys and no signatures made with them: sign in otherwise, see --auth"
        case "PathConflict": "a file stands where the path needs a folder"
        case "LeaseIdMissing": "somebody holds a lease on the file: try again when it is given back"
        case let code? where code.hasPrefix("Lease"): "somebody has taken the lease away: try again"
        default: nil
        }
    }

    private static func clockAdvice(_ response: Response) -> String? {
        let time = Environment.wallClock()
        let now = UTCTime(seconds: time.seconds, nanoseconds: time.nanoseconds)
        guard let theirs = response.headers["Date"].flatMap({ HTTPDate.read($0, now: now) }) else { return nil }
        let seconds = (now.milliseconds - theirs.milliseconds) / 1000
        guard abs(seconds) >= clockToleranceSeconds else { return nil }
        let way = seconds > 0 ? "fast" : "slow"
        return "this machine's clock is \(abs(seconds) / 60) minutes \(way): set it right"
    }
}

extension LakeError {
    /// How the program ends because of a failure between it and a service.
    static func serviceFailure(_ error: HTTPError, advice: String?) -> StageFailure {
        let message = advice.map { "\(error.message): \($0)" } ?? error.message
        return StageFailure(status: status(of: error), message)
    }

    private static func status(of error: HTTPError) -> Int32 {
        guard case .refused(_, let status, let code?) = error else { return error.exitStatus() }
        return switch status {
        case 404 where code == "FilesystemNotFound" || code == "ContainerNotFound": ExitStatus.badConfiguration
        // Held by somebody, or in the middle of something.
        case 409 where code.hasPrefix("Lease") || AzureSession.isPassingConflict(code): ExitStatus.tryAgain
        case 412 where code.hasPrefix("Lease"): ExitStatus.tryAgain
        default: error.exitStatus()
        }
    }
}
