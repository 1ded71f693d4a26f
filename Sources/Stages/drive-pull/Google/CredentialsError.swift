import Bytes
import HTTP
import StageKit

/// Why there is no access token. No case holds a secret.
enum CredentialsError: Error, Equatable {
    /// Application Default Credentials has nowhere left to look.
    case nowhere
    case unreadable(IOError)
    /// A credential file that is none, or lacks something.
    case malformed(path: String, reason: String)
    /// A form of credentials that is refused or not supported.
    case unsupported(path: String, reason: String)
    /// A token service said no; `advice` is what a person can do about it.
    case refused(by: String, reason: String, advice: String?)
    case transport(HTTPError)

    /// One line for a person.
    var message: String {
        switch self {
        case .nowhere:
            "no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS, or run `gcloud auth application-default login "
                + "--scopes=https://www.googleapis.com/auth/drive.readonly`, or use --credentials FILE"
        case .unreadable(let error): error.message
        case .malformed(let path, let reason): "\(path): not usable as Google credentials: \(reason)"
        case .unsupported(let path, let reason): "\(path): \(reason)"
        case .refused(let by, let reason, let advice): "\(by): \(reason)\(advice.map { " (\($0))" } ?? "")"
        case .transport(let error): error.message
        }
    }

    /// The same as a failure of the request that wanted the token.
    var asHTTPError: HTTPError {
        if case .transport(let error) = self { error } else { .noCredentials(message) }
    }

    /// The same as the end of the program.
    var failure: StageFailure {
        switch self {
        case .malformed, .unsupported: .badConfiguration(message)
        case .unreadable(let error): error.isNotFound ? .badConfiguration(message) : .input(error)
        case .nowhere, .refused: StageFailure(status: ExitStatus.notAllowed, message)
        case .transport(let error): .web(error)
        }
    }
}
