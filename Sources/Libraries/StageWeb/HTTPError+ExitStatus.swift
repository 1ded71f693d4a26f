package import HTTP
import StageKit

extension HTTPError {
    /// How a program ends because of a web service (design: exit status).
    ///
    /// - Parameter stopSignal: the signal that told it to stop, if one did; SIGTERM (15) when that is not known.
    package func exitStatus(stopSignal: Int32 = 0) -> Int32 {
        switch remedy {
        case .mendConfiguration: ExitStatus.badConfiguration
        case .reach: ExitStatus.unreachable
        case .tryLater: ExitStatus.tryAgain
        case .getPermission: ExitStatus.notAllowed
        case .mendLocally: ExitStatus.localIO
        case .stopped: 128 + (stopSignal == 0 ? 15 : stopSignal)
        case .other: ExitStatus.badData
        }
    }
}
