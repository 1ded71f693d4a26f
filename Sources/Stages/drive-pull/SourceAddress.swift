import Bytes
import Glibc
import StageKit

/// A folder to pull from.
enum SourceAddress: Equatable {
    /// `file:DIR`, a folder of this machine. The path is absolute, with symbolic links left in it.
    case folder(path: String)
    /// A folder of Google Drive.
    case drive(DriveAddress)

    /// Any text that is neither `file:DIR` nor names a folder of Drive is a usage error.
    static func parse(_ text: String) throws(StageFailure) -> SourceAddress {
        guard text.hasPrefix("file:") else {
            if let address = DriveAddress.parse(text) { return .drive(address) }
            throw .usage("\(text): neither file:DIR nor the id or address of a Google Drive folder")
        }
        var path = String(text.dropFirst(5))
        if path.hasPrefix("///") { path = String(path.dropFirst(2)) }
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .usage("\(text): there is no folder after file:") }
        guard let absolute = absolutePath(path) else { throw .noInput("\(text): the working folder is gone") }
        return .folder(path: absolute)
    }

    /// What records call this source (`file.root`). Absolute, so that the same words from another working folder never
    /// mean another folder, whose lacking files would then count as deleted.
    var root: String {
        switch self {
        case .folder(let path): "file:\(path)"
        case .drive(let address): "drive:\(address.id)"
        }
    }

    /// The path from `/`, without `.`, `..`, doubled and trailing slashes. Links are not resolved: a link that is set
    /// to a newer folder stays the same source.
    static func absolutePath(_ path: String) -> String? {
        var whole = path
        if !path.hasPrefix("/") {
            guard let buffer = getcwd(nil, 0) else { return nil }
            defer { free(buffer) }
            whole = "\(String(cString: buffer))/\(path)"
        }
        var parts: [Substring] = []
        for part in whole.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
