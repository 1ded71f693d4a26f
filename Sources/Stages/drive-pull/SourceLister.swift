import Bytes
import StageKit

/// Lists sources of every kind, and keeps what the next run may build on.
final class SourceLister {
    private let output: String
    private let session: DriveSession?
    private let state: PullState
    private let isFull: Bool
    private let log: Log?

    /// What was listed to its end, to be remembered when its files have been brought.
    private(set) var listed: [String: PullState.Source] = [:]

    /// - Parameter isFull: whether everything is to be listed, whatever `state` remembers
    init(
        output: String, session: DriveSession? = nil, state: PullState = .nothing, isFull: Bool = false, log: Log? = nil
    ) {
        self.output = output
        self.session = session
        self.state = state
        self.isFull = isFull
        self.log = log
    }

    /// Nil when there is no such folder.
    func list(_ source: SourceAddress) throws(StageFailure) -> SourceListing? {
        switch source {
        case .folder:
            do throws(IOError) {
                return try LocalFolder.list(source, output: output)
            } catch {
                throw .input(error)
            }
        case .drive(let address):
            guard let session else { throw StageFailure(status: ExitStatus.ourBug, "not signed in to Google Drive") }
            return try list(address, root: source.root, session)
        }
    }

    /// Why a source that does not exist does not.
    func reasonForNothing(_ source: SourceAddress) -> String {
        guard case .drive = source, let session else { return "there is no such folder" }
        return
            "Google Drive shows no such folder to \(session.account), or it is in the trash; share it with that address"
            + " (a link from before 2021 works only with its resourcekey)"
    }

    private func list(
        _ address: DriveAddress, root: String, _ session: DriveSession
    ) throws(StageFailure) -> SourceListing? {
        let found = try mapDriveError(root) { () throws(DriveError) in try find(address, session) }
        guard let item = found else { return nil }
        if let required = session.requiredDrive, item.driveID != required {
            throw .badConfiguration("\(root): it does not lie in the shared drive \(required)")
        }
        let drive = try DriveSource(session: session, root: root, item: item, state: state, log: log)
        let (listing, source) = try drive.list(remembered: isFull ? nil : state.source(root))
        listed[root] = source
        return listing
    }

    private func find(_ address: DriveAddress, _ session: DriveSession) throws(DriveError) -> DriveItem? {
        do throws(DriveError) {
            var item = try session.api.item(address.id)
            if let target = item.target { item = try session.api.item(target.id) }
            return item.isTrashed ? nil : item
        } catch {
            if error.isNotFound { return nil }
            throw error
        }
    }
}
