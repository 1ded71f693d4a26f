import Bytes
import HTTP
import StageKit

/// Why a file was not brought.
enum FetchFailure: Error, Equatable {
    /// Our own disk: ends the run.
    case output(IOError)
    /// Nothing to do with this file: every further one would end the same.
    case run(StageFailure)
    /// This file only.
    case file(StageFailure)
    /// It went away since it was listed.
    case vanished
    /// It is being changed right now; a later run brings it.
    case postponed(String)

    /// What an answer of Drive means for the file.
    static func of(_ error: DriveError, _ drivePath: String) -> FetchFailure {
        if case .web(.local(_, let failure)) = error { return .output(failure) }
        if error.isNotFound { return .vanished }
        let failure = error.failure(drivePath)
        return error.endsRun ? .run(failure) : .file(failure)
    }
}

extension DriveAPI {
    /// The file as it is now; a file in the trash has vanished.
    func current(_ item: DriveItem, _ drivePath: String) throws(FetchFailure) -> DriveItem {
        do throws(DriveError) {
            let now = try self.item(item.id)
            if now.isTrashed { throw DriveError.refused(GoogleRefusal(status: 404, reason: "notFound")) }
            return now
        } catch {
            throw .of(error, drivePath)
        }
    }
}
