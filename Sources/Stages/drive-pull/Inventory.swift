import StageKit

/// What the sources hold now, against what the lake remembers: the files to look at and the files that are gone.
struct Inventory {
    /// In the order of the sources, within a source in byte order of their paths.
    private(set) var files: [SourceFile] = []
    /// The newest records of files that are gone, in byte order of their ids.
    private(set) var deleted: [DeliveryRecord] = []
    private(set) var skipped: [SkippedEntry] = []
    private(set) var unreadable: [StageFailure] = []
    /// Whether all sources were listed to their ends.
    private(set) var isComplete = true
    /// Other roots that known files came from, whose fate this run does not see.
    private(set) var otherRoots: [OtherRoot] = []
    private var presence = Presence()

    /// A missing or empty source is exit 66 unless allowed: an unmounted disk looks the same, and must delete nothing.
    ///
    /// - Parameter movedFrom: what the sources were called before. What came from there and is in none of the sources,
    ///   all listed to their ends, is gone.
    static func take(
        _ sources: [SourceAddress], by lister: SourceLister, filter: NameFilter, known: NewestRecords,
        movedFrom: Set<String> = [], allowsEmpty: Bool
    ) throws(StageFailure) -> Inventory {
        var inventory = Inventory()
        for source in sources {
            let listing = try list(source, by: lister, allowsEmpty: allowsEmpty)
            inventory.add(listing, root: source.root, filter: filter, known: known)
        }
        if inventory.isComplete {
            inventory.addDeletions(of: known, from: movedFrom, lackingIn: inventory.presence, filter)
        }
        inventory.otherRoots = OtherRoot.all(
            of: known, besides: movedFrom.union(sources.map(\.root)), inventory.presence)
        inventory.deleted.sort { $0.fileID.utf8.lexicographicallyPrecedes($1.fileID.utf8) }
        try inventory.checkIDs()
        return inventory
    }

    private static func list(
        _ source: SourceAddress, by lister: SourceLister, allowsEmpty: Bool
    ) throws(StageFailure) -> SourceListing {
        let listing = try lister.list(source)
        if let listing, !listing.files.isEmpty || !listing.isComplete || allowsEmpty { return listing }
        if allowsEmpty { return SourceListing() }
        throw .noInput(
            "\(source.root): \(listing == nil ? lister.reasonForNothing(source) : "the folder is empty"); "
                + "nothing counts as deleted (--allow-empty says that it is meant)")
    }

    private mutating func add(
        _ listing: SourceListing, root: String, filter: NameFilter, known: NewestRecords
    ) {
        files += listing.files.filter { filter.admits($0.drivePath) }
        skipped += listing.skipped
        unreadable += listing.unreadable
        isComplete = isComplete && listing.isComplete
        presence.add(listing)
        guard listing.isComplete else { return }
        addDeletions(of: known, from: [root], lackingIn: Presence(listing), filter)
    }

    private mutating func addDeletions(
        of known: NewestRecords, from roots: Set<String>, lackingIn presence: Presence, _ filter: NameFilter
    ) {
        deleted += known.all.filter { record in
            roots.contains(record.root) && !record.isDeletion && filter.admits(record.drivePath)
                && !presence.mayHold(record)
        }
    }

    /// Two files of one id would be taken for versions of each other. The id of a local file is its path below its root.
    private func checkIDs() throws(StageFailure) {
        var seen: [[UInt8]: SourceFile] = [:]
        for file in files {
            if let other = seen.updateValue(file, forKey: Array(file.id.utf8)) {
                if case .drive = file.location {
                    throw .badConfiguration(
                        "\(other.root) and \(file.root) both hold \(file.drivePath); name one of them")
                }
                throw .badConfiguration(
                    "\(other.location.text) and \(file.location.text) would both be \(file.id); pull them into two lakes, "
                        + "or rename one")
            }
        }
    }
}

/// Which files are there, or may be.
struct Presence {
    private var ids: Set<[UInt8]> = []
    /// Behind a link to nothing there may be a disk that is not mounted.
    private var unseenFolders: [[UInt8]] = []

    init() {}

    init(_ listing: SourceListing) { add(listing) }

    mutating func add(_ listing: SourceListing) {
        for file in listing.files { ids.insert(Array(file.id.utf8)) }
        for id in listing.presentIDs { ids.insert(Array(id.utf8)) }
        for entry in listing.skipped where entry.reason == .dangling || entry.reason == .special {
            ids.insert(Array(entry.drivePath.utf8))
            unseenFolders.append(Array("\(entry.drivePath)/".utf8))
        }
    }

    func holds(_ record: DeliveryRecord) -> Bool { ids.contains(Array(record.fileID.utf8)) }

    func mayHold(_ record: DeliveryRecord) -> Bool {
        holds(record) || unseenFolders.contains { record.drivePath.utf8.starts(with: $0) }
    }
}

/// A root that is no source of this run, and how many files are known that came from there and are not deleted.
struct OtherRoot: Equatable {
    let root: String
    var fileCount = 0
    /// How many of them are in the sources of this run under the same identity, which makes them versions of one file.
    var sharedCount = 0
    /// The path of one of them, of a shared one where there are any.
    var example = ""

    /// In byte order of the roots.
    static func all(of known: NewestRecords, besides own: Set<String>, _ presence: Presence) -> [OtherRoot] {
        var found: [[UInt8]: OtherRoot] = [:]
        for record in known.all where !own.contains(record.root) && !record.isDeletion {
            var root = found[Array(record.root.utf8)] ?? OtherRoot(root: record.root)
            let isShared = presence.holds(record)
            if root.fileCount == 0 || (isShared && root.sharedCount == 0) { root.example = record.drivePath }
            root.fileCount += 1
            if isShared { root.sharedCount += 1 }
            found[Array(record.root.utf8)] = root
        }
        return found.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }
}
