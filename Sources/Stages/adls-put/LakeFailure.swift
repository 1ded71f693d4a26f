import Bytes
import Glibc
import StageKit

extension LakeError {
    /// The exit status and the one line for what went wrong at a lake.
    var failure: StageFailure {
        switch self {
        case .io(let error, source: true): .input(error)
        case .io(let error, source: false):
            if case .system(_, _, EACCES) = error {
                StageFailure(status: ExitStatus.notAllowed, error.message)
            } else {
                .localIO(error.message)
            }
        case .notFound(let url): .noInput("\(url): there is no such file in the lake")
        case .isFolder(let url): .badData("\(url): a folder stands where a file is meant")
        case .tagDiffers(let url, let expected, let found):
            .badData("\(url): --if-match \(expected), but \(found.map { "it has \($0)" } ?? "nothing is there")")
        case .contentDiffers(let path, let what): .badData("\(path): \(what)")
        case .held(let url, let holder): .tryAgain("\(url): held by \(holder)")
        case .service(let error, let advice): LakeError.serviceFailure(error, advice: advice)
        case .disturbed(let url, let what): .tryAgain("\(url): \(what)")
        case .unusableName(let url, let why): .badData("\(url): \(why)")
        case .unreadableName(let url): .badData("\(url): the name is not UTF-8; rename or remove the file")
        }
    }
}

/// Runs calls to a lake where a program's failure is wanted.
func mapLakeError<Result>(_ body: () throws(LakeError) -> Result) throws(StageFailure) -> Result {
    do throws(LakeError) {
        return try body()
    } catch {
        throw error.failure
    }
}

/// Sources whose bytes come from a service keep here what really went wrong: a read can only say that it failed.
protocol LakeSource: ByteSource {
    var lakeFailure: LakeError? { get }
}

extension StageFailure {
    /// The failure of reading a source that may be one of a lake.
    static func input(_ error: IOError, of source: any ByteSource) -> StageFailure {
        (source as? any LakeSource)?.lakeFailure?.failure ?? .input(error)
    }
}
