import Bytes
import HTTP
import StageKit

/// Lists a Drive folder and everything below it, several folders at a time, each by a question of its own.
///
/// Shortcuts are followed as symbolic links are (`LocalFolder`): after everything that really lies in the folder, and
/// not to what has been listed already. So each file comes once, and rings of shortcuts end.
struct DriveWalk {
    /// Folders nested deeper count as unreadable.
    static let depthLimit = 128

    private let api: DriveAPI
    private let root: String
    private let atOnce: Int
    /// Listings that need not be asked for.
    private let known: FolderCache
    /// Listings of this walk, without those behind shortcuts: only the folder's own changes are told to us.
    private(set) var listed = FolderCache()
    private(set) var listing = SourceListing()

    private var seenFolders: Set<String> = []
    private var seenFiles: Set<String> = []
    private var links: [Link] = []
    private var memberships: [String: Bool] = [:]
    private var isBehindShortcut = false

    private struct Place: Sendable {
        let id: String
        let drivePath: String
        let depth: Int
        /// The shared drive to search in; nil searches everywhere.
        let drive: String?
    }

    private struct Link: Sendable {
        let item: DriveItem
        let target: DriveItem.Target
        let drivePath: String
        let depth: Int
    }

    /// - Parameters:
    ///   - root: what records call the source
    ///   - drive: the shared drive of which we are a member and in which the folder lies
    init(_ api: DriveAPI, root: String, drive: String?, atOnce: Int, known: FolderCache) {
        self.api = api
        self.root = root
        self.atOnce = atOnce
        self.known = known
        if let drive { memberships[drive] = true }
    }

    /// Lists below `item`, which is a folder or a single file.
    mutating func list(_ item: DriveItem) throws(StageFailure) {
        if item.isFolder {
            try walk(Place(id: item.id, drivePath: "", depth: 0, drive: try searchable(item.driveID)))
        } else {
            visit(item, in: Place(id: "", drivePath: "", depth: 0, drive: nil))
        }
        isBehindShortcut = true
        while !links.isEmpty {
            let round = links.sorted { Self.precedes(($0.drivePath, $0.item.id), ($1.drivePath, $1.item.id)) }
            links = []
            for (link, target) in zip(round, try targets(of: round)) { try follow(link, to: target) }
        }
        listing.files.sort { Self.precedes(($0.drivePath, $0.id), ($1.drivePath, $1.id)) }
    }

    /// Lists a folder and the folders in it, level by level; shortcuts are kept for later.
    private mutating func walk(_ folder: Place) throws(StageFailure) {
        guard seenFolders.insert(folder.id).inserted else { return }
        var level = [folder]
        while !level.isEmpty {
            let answers = try ask(level)
            var next: [Place] = []
            for place in level { try take(answers[place.id], place, into: &next) }
            level = next
        }
    }

    private typealias Answer = Result<DriveAPI.Children, DriveError>

    /// What the folders hold, asked for several at a time where it is not known.
    private func ask(_ level: [Place]) throws(StageFailure) -> [String: Answer] {
        var found: [String: Answer] = [:]
        var unknown: [Place] = []
        for place in level {
            if !isBehindShortcut, let items = known[place.id] {
                found[place.id] = .success(DriveAPI.Children(items: items))
            } else {
                unknown.append(place)
            }
        }
        let answers = Guarded(found)
        let api = api
        try WorkerThreads.forEach(unknown, atOnce: atOnce) { (place: Place) throws(StageFailure) in
            let answer: Answer
            do throws(DriveError) {
                answer = .success(try api.children(of: place.id, inDrive: place.drive))
            } catch {
                if error.endsRun { throw error.failure(place.drivePath.isEmpty ? "the folder" : place.drivePath) }
                answer = .failure(error)
            }
            answers.withLock { $0[place.id] = answer }
        }
        return answers.withLock { $0 }
    }

    private mutating func take(
        _ answer: Answer?, _ place: Place, into next: inout [Place]
    ) throws(StageFailure) {
        let name = place.drivePath.isEmpty ? root : place.drivePath
        switch answer {
        case .success(let children):
            if !children.isComplete {
                listing.unreadable.append(
                    .tryAgain("\(name): Drive did not list it completely, \(DriveAPI.listingAttemptLimit) times"))
            } else if !isBehindShortcut {
                listed.keep(children.items, of: place.id)
            }
            let ordered = children.items.sorted { Self.precedes(($0.name, $0.id), ($1.name, $1.id)) }
            for item in ordered {
                if let folder = try folder(item, in: place) { next.append(folder) } else { visit(item, in: place) }
            }
        case .failure(let error) where error.isNotFound && !place.drivePath.isEmpty:
            // It went away since its parent was listed; or the index is late. The next run will see.
            listing.isPartial = true
        case .failure(let error): listing.unreadable.append(error.failure(name))
        case nil: listing.isPartial = true
        }
    }

    /// The place of an item that is a folder to walk.
    private mutating func folder(_ item: DriveItem, in place: Place) throws(StageFailure) -> Place? {
        guard item.isFolder, !item.isTrashed, SkippedEntry.reason(forName: item.name.utf8) == nil else { return nil }
        let drivePath = FileSystem.join(place.drivePath, DriveNames.part(item.name))
        guard place.depth < Self.depthLimit else {
            listing.unreadable.append(.badData("\(drivePath): folders nest deeper than \(Self.depthLimit)"))
            return nil
        }
        guard seenFolders.insert(item.id).inserted else { return nil }
        return Place(
            id: item.id, drivePath: drivePath, depth: place.depth + 1, drive: try searchable(item.driveID))
    }

    /// Takes up what is no folder.
    private mutating func visit(_ item: DriveItem, in place: Place) {
        if item.isTrashed { return }
        let drivePath = FileSystem.join(place.drivePath, DriveNames.part(item.name))
        if let reason = SkippedEntry.reason(forName: item.name.utf8) { return skip(drivePath, reason) }
        if item.isFolder { return }
        if item.isShortcut {
            guard let target = item.target else { return skip(drivePath, .lostTarget) }
            api.learn(key: target.resourceKey, of: target.id)
            links.append(Link(item: item, target: target, drivePath: drivePath, depth: place.depth + 1))
            return
        }
        add(item, name: item.name, in: place.drivePath)
    }

    private mutating func add(_ item: DriveItem, name: String, in folder: String) {
        let drivePath = FileSystem.join(folder, DriveNames.part(name, of: item))
        guard seenFiles.insert(item.id).inserted else { return skip(drivePath, .repeated) }
        if item.isEncrypted {
            listing.presentIDs.append(item.id)
            return skip(drivePath, .encrypted)
        }
        if item.isNative, !item.isSheet { return skip(drivePath, .document) }
        listing.files.append(
            SourceFile(root: root, id: item.id, name: name, drivePath: drivePath, location: .drive(item)))
    }

    /// Where the shortcuts lead; nil where there is nothing that we see. What a shortcut said of its target when it was
    /// made may be long out of date.
    private func targets(of links: [Link]) throws(StageFailure) -> [DriveItem?] {
        let found = Guarded<[String: DriveItem]>([:])
        let api = api
        try WorkerThreads.forEach(links, atOnce: atOnce) { (link: Link) throws(StageFailure) in
            do throws(DriveError) {
                let item = try api.item(link.target.id)
                found.withLock { $0[link.target.id] = item }
            } catch {
                if !error.isNotFound { throw error.failure(link.drivePath) }
            }
        }
        return found.withLock { found in links.map { found[$0.target.id] } }
    }

    private mutating func follow(_ link: Link, to target: DriveItem?) throws(StageFailure) {
        guard let target, !target.isTrashed, !target.isShortcut else { return skip(link.drivePath, .lostTarget) }
        guard target.isFolder else {
            if seenFiles.contains(target.id) { return skip(link.drivePath, .repeated) }
            return add(target, name: link.item.name, in: FileSystem.parent(of: link.drivePath))
        }
        if seenFolders.contains(target.id) { return skip(link.drivePath, .repeated) }
        guard link.depth < Self.depthLimit else {
            return listing.unreadable.append(.badData("\(link.drivePath): folders nest deeper than \(Self.depthLimit)"))
        }
        try walk(
            Place(
                id: target.id, drivePath: link.drivePath, depth: link.depth, drive: try searchable(target.driveID)))
    }

    private mutating func skip(_ drivePath: String, _ reason: SkippedEntry.Reason) {
        listing.skipped.append(SkippedEntry(drivePath: drivePath, reason: reason))
    }

    /// The drive, if we are a member; folders of others' drives are found without naming the drive.
    private mutating func searchable(_ drive: String?) throws(StageFailure) -> String? {
        guard let drive else { return nil }
        if let isMember = memberships[drive] { return isMember ? drive : nil }
        do throws(DriveError) {
            let isMember = try api.isMember(ofDrive: drive)
            memberships[drive] = isMember
            return isMember ? drive : nil
        } catch {
            throw error.failure("shared drive \(drive)")
        }
    }

    private static func precedes(_ left: (String, String), _ right: (String, String)) -> Bool {
        if left.0.utf8.elementsEqual(right.0.utf8) { return left.1.utf8.lexicographicallyPrecedes(right.1.utf8) }
        return left.0.utf8.lexicographicallyPrecedes(right.0.utf8)
    }
}
