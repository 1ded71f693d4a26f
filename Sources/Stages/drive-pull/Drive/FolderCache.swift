/// What folders are known to hold: a listing that is kept, and brought up to date by the log of changes.
///
/// A folder that is renamed, moved, shared or taken out of the trash tells only of itself; what lies below may look
/// otherwise since. So the listings of a changed folder and of all below it are forgotten, and asked for anew.
struct FolderCache: Equatable, Sendable {
    private(set) var children: [String: [DriveItem]] = [:]
    /// In which listing a file or folder stands.
    private var places: [String: String] = [:]

    var isEmpty: Bool { children.isEmpty }

    /// What the folder holds; nil when that is not known.
    subscript(folder: String) -> [DriveItem]? { children[folder] }

    /// Keeps a listing in place of what was known before.
    mutating func keep(_ items: [DriveItem], of folder: String) {
        for item in children[folder] ?? [] { places[item.id] = nil }
        children[folder] = items
        for item in items { places[item.id] = folder }
    }

    /// Adds one item to a listing that is being read back.
    mutating func add(_ item: DriveItem, to folder: String) {
        children[folder, default: []].append(item)
        places[item.id] = folder
    }

    /// Brings the listings up to date. Changes outside the listed folders are passed over.
    mutating func apply(_ changes: [DriveChange]) {
        for change in changes { apply(change) }
    }

    private mutating func apply(_ change: DriveChange) {
        if let folder = places.removeValue(forKey: change.id) {
            children[folder]?.removeAll { $0.id == change.id }
        }
        forget(change.id)
        guard let item = change.item, !item.isTrashed, let parent = item.parentID, children[parent] != nil else {
            return
        }
        add(item, to: parent)
    }

    /// Forgets what a folder and the folders below it hold.
    private mutating func forget(_ folder: String) {
        var waiting = [folder]
        while let next = waiting.popLast() {
            guard let items = children.removeValue(forKey: next) else { continue }
            for item in items {
                places[item.id] = nil
                if item.isFolder { waiting.append(item.id) }
            }
        }
    }
}
