package import Bytes
internal import Glibc

/// Why a program ends without success: an exit status and one line for a person.
package struct StageFailure: Error, Equatable {
    package let status: Int32
    /// Nil when there is nobody to tell (the reader of our output went away) or everything has been said.
    package let message: String?

    package init(status: Int32, _ message: String?) {
        self.status = status
        self.message = message
    }

    package static func usage(_ message: String) -> StageFailure { .init(status: ExitStatus.usage, message) }
    package static func badData(_ message: String) -> StageFailure { .init(status: ExitStatus.badData, message) }
    package static func noInput(_ message: String) -> StageFailure { .init(status: ExitStatus.noInput, message) }
    package static func localIO(_ message: String) -> StageFailure { .init(status: ExitStatus.localIO, message) }
    package static func tryAgain(_ message: String) -> StageFailure { .init(status: ExitStatus.tryAgain, message) }
    package static func badConfiguration(_ message: String) -> StageFailure {
        .init(status: ExitStatus.badConfiguration, message)
    }

    /// A failure of an input that the user named: missing is 66, damaged is 65, unreadable is 77, the rest is 74.
    package static func input(_ error: IOError) -> StageFailure {
        switch error {
        case .system(_, _, let code):
            if error.isNotFound { return .noInput(error.message) }
            return code == accessDenied ? .init(status: ExitStatus.notAllowed, error.message) : .localIO(error.message)
        case .corrupt, .lineTooLong:
            return .badData(error.message)
        }
    }

    /// A failure of an output: a reader that went away is 141 and silent, a file that another process writes is 75, the
    /// rest is 74.
    package static func output(_ error: IOError) -> StageFailure {
        if case .system("lock", let path, wouldBlock) = error { return .tryAgain("\(path): another process writes it") }
        return error.isBrokenPipe ? .init(status: ExitStatus.readerWentAway, nil) : .localIO(error.message)
    }

    /// A command of the user that does not start: the statuses of a shell, 127 when it is not there and 126 when it cannot
    /// be run.
    package static func command(_ error: IOError) -> StageFailure {
        guard case .system(_, let program, let code) = error else { return .localIO(error.message) }
        return .init(status: error.isNotFound ? 127 : 126, "\(program): \(String(cString: strerror(code)))")
    }

    private static let accessDenied: Int32 = 13
    private static let wouldBlock: Int32 = 11
}
