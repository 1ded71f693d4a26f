import Bytes
import StageKit

/// Where the content of a file comes from.
enum SourceLocation: Equatable, Sendable {
    case local(RawPath)
    case drive(DriveItem)

    /// For messages.
    var text: String {
        switch self {
        case .local(let path): path.text
        case .drive(let item): "drive:\(item.id)"
        }
    }
}

/// One file of a source, as listed: not yet read.
struct SourceFile: Equatable, Sendable {
    /// The source it belongs to, as records name it.
    let root: String
    let id: String
    let name: String
    /// The path below the root, with "/" between folders.
    let drivePath: String
    let location: SourceLocation
}

/// The files of one source.
struct SourceListing {
    var files: [SourceFile] = []
    /// What is there but not delivered, by path below the root: hidden, locked, unfinished, excluded, unreadable.
    var skipped: [SkippedEntry] = []
    /// Folders that could not be read. With any of them, a file that is not in the list may still be there.
    var unreadable: [StageFailure] = []
    /// Ids of files that are there and are not delivered: nobody may take them for deleted.
    var presentIDs: [String] = []
    /// Something went away in the middle of the listing.
    var isPartial = false

    var isComplete: Bool { unreadable.isEmpty && !isPartial }
}

/// Something in a source folder that is not delivered, and why.
struct SkippedEntry: Equatable {
    enum Reason: String, CaseIterable {
        case hidden = "hidden"
        case lock = "a lock file of Excel: somebody has the workbook open"
        case unfinished = "unfinished: somebody is still writing it"
        case special = "neither a file nor a folder"
        case dangling = "a symbolic link to nothing"
        case duplicate = "a symbolic link to what is delivered already"
        case ownOutput = "the folder that is pulled into"
        case lostTarget = "a shortcut to something that is in the trash, deleted, or not shared with us"
        case repeated = "a shortcut to what is delivered already"
        case document = "a document of Google's that is no spreadsheet"
        case encrypted = "encrypted in the browser: nobody but its readers there can open it"

        /// The code under which reports count it.
        var code: String {
            switch self {
            case .hidden: "skipped.hidden"
            case .lock: "skipped.lock"
            case .unfinished: "skipped.unfinished"
            case .special: "skipped.special"
            case .dangling: "skipped.dangling"
            case .duplicate: "skipped.duplicate"
            case .ownOutput: "skipped.output"
            case .lostTarget: "skipped.dangling"
            case .repeated: "skipped.duplicate"
            case .document: "skipped.document"
            case .encrypted: "skipped.encrypted"
            }
        }
    }

    /// Why nobody means to deliver something of this name; nil when there is no reason.
    static func reason(forName name: some Collection<UInt8>) -> Reason? {
        if name.starts(with: [0x7E, 0x24]) { return .lock }
        if name.first == 0x2E { return .hidden }
        let text = String(decoding: name, as: UTF8.self)
        return [".partial", ".part", ".crdownload"].contains { text.hasSuffix($0) } ? .unfinished : nil
    }

    let drivePath: String
    let reason: Reason
}
