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
    /// Records of files that belong to no source of this run, whose fate it does not see.
    private(set) var foreignCount = 0

    /// A missing or empty source is exit 66 unless allowed: an unmounted disk looks the same, and must delete nothing.
    static func take(
        _ sources: [SourceAddress], by lister: SourceLister, filter: NameFilter, known: NewestRecords,
        allowsEmpty: Bool
    ) throws(StageFailure) -> Inventory {
        var inventory = Inventory()
        for source in sources {
            let listing = try list(source, by: lister, allowsEmpty: allowsEmpty)
            inventory.add(listing, root: source.root, filter: filter, known: known)
        }
        let roots = Set(sources.map(\.root))
        inventory.foreignCount = known.all.count { !roots.contains($0.root) && !$0.isDeletion }
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
        guard listing.isComplete else { return }
        var present = Set((listing.files.map(\.id) + listing.presentIDs).map { Array($0.utf8) })
        // Behind a link to nothing there may be a disk that is not mounted.
        let unseen = listing.skipped.filter { $0.reason == .dangling || $0.reason == .special }
        for entry in unseen { present.insert(Array(entry.drivePath.utf8)) }
        for record in known.all where record.root == root && !record.isDeletion && filter.admits(record.drivePath) {
            if present.contains(Array(record.fileID.utf8)) { continue }
            if unseen.contains(where: { record.drivePath.utf8.starts(with: Array("\($0.drivePath)/".utf8)) }) {
                continue
            }
            deleted.append(record)
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
