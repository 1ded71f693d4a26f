internal import Bytes
internal import StageKit

/// What the warehouse answers instead of doing what it was asked. Nothing of the transaction is kept, except where
/// `interrupted` says that nobody knows.
enum WarehouseError: Error, Equatable {
    /// Another process holds the file.
    case locked(String)
    /// Another process loaded a dataset after its state was read: read again and decide again.
    case fenceBroken
    /// The number of rows that arrived is not what the manifest says.
    case wrongCount(String)
    /// The warehouse refuses a statement.
    case refused(String)
    /// The program was ended from outside: whether the transaction is kept shows when it is read again.
    case interrupted(String)
    /// The file is no database, or it cannot be opened or written.
    case unusable(String)
    case io(IOError)
    /// The service cannot be asked at all, or not by us: ends the run as told.
    case failed(StageFailure)

    /// Texts that our own statements raise, so that the program's message tells them from others.
    static let fenceMark = "sluice:fence"
    static let countMark = "sluice:count"

    /// From what the program wrote to standard error before it ended with status 1.
    init(message: String) {
        if message.contains(Self.fenceMark) {
            self = .fenceBroken
        } else if let mark = message.firstRange(of: Self.countMark) {
            self = .wrongCount(String(message[mark.upperBound...].drop { $0 == ":" || $0 == " " }))
        } else if message.contains("Could not set lock on file") {
            self = .locked(message)
        } else if message.contains("not a valid DuckDB database file") || message.contains("Cannot open database")
            || message.contains("No space left on device") || message.contains("Read-only file system")
            || message.contains("Is a directory")
        {
            self = .unusable(message)
        } else if message.contains(": Permission denied") || message.contains(": Operation not permitted") {
            self = .failed(
                StageFailure(
                    status: ExitStatus.notAllowed,
                    "\(message); who loads must be able to read and write the warehouse and its folder"))
        } else {
            self = .refused(message)
        }
    }

    /// How the whole run ends when this cannot be answered for one delivery alone.
    var failure: StageFailure {
        switch self {
        case .locked(let message): .tryAgain("the warehouse is in use: \(message)")
        case .fenceBroken: .tryAgain("another process keeps loading the same dataset")
        case .wrongCount(let message), .refused(let message): .badData(message)
        case .interrupted(let message): .tryAgain(message)
        case .unusable(let message): .localIO(message)
        case .io(let error): .localIO(error.message)
        case .failed(let failure): failure
        }
    }
}

/// Asks the warehouse for what concerns the whole run: what it answers instead ends the run.
func asking<Answer>(_ question: () throws(WarehouseError) -> Answer) throws(StageFailure) -> Answer {
    do throws(WarehouseError) {
        return try question()
    } catch {
        throw error.failure
    }
}
