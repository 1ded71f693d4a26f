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
        case "AuthorizationPermissionMismatch", "AuthorizationResourceTypeMismatch", "AuthorizationServiceMismatch":
            credential.adviceWhenNotPermitted
        case "AuthorizationFailure":
            "either this address of the lake is outside of what \(credential.name) allows, "
                + "or the account's network rules keep this machine out"
        case "KeyBasedAuthenticationNotPermitted":
            "the account takes no keys and no signatures made with them: sign in otherwise, see --auth"
        case "LeaseIdMissing", "LeaseIdMismatch": "somebody holds a lease on the file"
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
        if case .refused(_, 404, let code?) = error, code == "FilesystemNotFound" || code == "ContainerNotFound" {
            return ExitStatus.badConfiguration
        }
        return error.exitStatus()
    }
}
