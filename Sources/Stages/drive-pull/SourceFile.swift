import Bytes

/// One file of a source, as listed: not yet read.
struct SourceFile: Equatable {
    /// The source it belongs to, as records name it.
    let root: String
    let id: String
    let name: String
    /// The path below the root, with "/" between folders.
    let drivePath: String
    /// Where to read it.
    let location: RawPath
}

/// The files of one source.
struct SourceListing {
    var files: [SourceFile] = []
    /// What is there but not delivered, by path below the root: hidden, locked, unfinished, excluded, unreadable.
    var skipped: [SkippedEntry] = []
    /// Folders that could not be read. With any of them, a file that is not in the list may still be there.
    var unreadable: [IOError] = []

    var isComplete: Bool { unreadable.isEmpty }
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
            }
        }
    }

    let drivePath: String
    let reason: Reason
}
