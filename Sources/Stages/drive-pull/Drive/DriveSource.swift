import NDJSON
import StageKit

/// One folder of Drive, listed anew or brought up to date by the log of changes.
///
/// The log is asked for its present end before the listing begins, so that nothing is missed in between. It tells only of
/// what is our own, shared with us by name, or in a shared drive of which we are a member; folders that only a link opens
/// are listed anew each time, and so is everything behind shortcuts.
struct DriveSource {
    /// How many folders above are looked at for the one that was shared.
    static let climbLimit = 64

    private let session: DriveSession
    private let root: String
    private let item: DriveItem
    private let state: PullState
    private let log: Log?
    /// The shared drive of which we are a member, whose log is to be asked.
    private let drive: String?

    init(
        session: DriveSession, root: String, item: DriveItem, state: PullState, log: Log?
    ) throws(StageFailure) {
        self.session = session
        self.root = root
        self.item = item
        self.state = state
        self.log = log
        drive = try mapDriveError(root) { () throws(DriveError) in
            guard let drive = item.driveID, try session.api.isMember(ofDrive: drive) else { return nil }
            return drive
        }
    }

    /// What it holds, and what to remember of it: nil when nothing can be.
    func list(
        remembered: PullState.Source?
    ) throws(StageFailure) -> (listing: SourceListing, source: PullState.Source?) {
        var known = FolderCache()
        let token = try mapDriveError(root) { () throws(DriveError) in
            let token = try advance(remembered, &known)
            if token != nil || !state.isKept { return token }
            return try isInLog() ? try session.api.startPageToken(drive: drive) : nil
        }
        var walk = DriveWalk(session.api, root: root, drive: drive, atOnce: session.jobs, known: known)
        try walk.list(item)
        guard let token, walk.listing.isComplete, item.isFolder else { return (walk.listing, nil) }
        let source = PullState.Source(
            account: session.account, drive: drive, token: token, folders: walk.listed,
            order: walk.listed.children.keys.sorted())
        return (walk.listing, source)
    }

    /// Brings what is remembered up to date, and gives the token for the next time; nil when all must be listed anew.
    private func advance(
        _ remembered: PullState.Source?, _ known: inout FolderCache
    ) throws(DriveError) -> String? {
        guard let remembered, remembered.account == session.account, remembered.drive == drive else { return nil }
        do throws(DriveError) {
            let (changes, next) = try session.api.changes(since: remembered.token, drive: drive)
            known = remembered.folders
            known.apply(changes)
            log?.detail("\(root): \(changes.count) changes since the last run")
            return next
        } catch {
            guard error.isStaleToken else { throw error }
            log?.info("\(root): Drive does not continue the list of changes; everything is listed anew")
            return nil
        }
    }

    /// Whether the log that we would read tells of this folder.
    private func isInLog() throws(DriveError) -> Bool {
        if item.driveID != nil { return drive != nil }
        var id = item.id
        for _ in 0..<Self.climbLimit {
            let description: (isOurs: Bool, parent: String?)
            do throws(DriveError) {
                let answer = try session.api.description(of: id, fields: "ownedByMe,sharedWithMeTime,parents")
                description = (
                    answer["ownedByMe"]?.bool == true || answer["sharedWithMeTime"]?.string != nil,
                    answer["parents"]?.array?.first?.string
                )
            } catch {
                if error.isNotFound { return false }
                throw error
            }
            if description.isOurs { return true }
            guard let parent = description.parent else { return false }
            id = parent
        }
        return false
    }
}
