import Bytes
import Digests
import StageKit

/// Where in the output folder each file goes: the source's tree, with names that every file system accepts.
///
/// Two files whose paths would differ only in case (or in nothing, after they were made safe) both get `~` and eight
/// hexadecimal digits of their id's SHA-256 before the extension. So no file's place depends on the order of listing.
struct LocalNames {
    static let markByteCount = 9

    private var places: [[UInt8]: String] = [:]
    /// Files whose place is not simply their path, in byte order of the paths.
    private(set) var changed: [(drivePath: String, place: String)] = []

    init(_ files: [SourceFile]) {
        var byFolded: [String: Int] = [:]
        var folders: Set<String> = []
        for file in files {
            let safe = Self.safePath(file.drivePath)
            byFolded[safe.lowercased(), default: 0] += 1
            var folder = FileSystem.parent(of: safe)
            while !folder.isEmpty {
                folders.insert(folder.lowercased())
                folder = FileSystem.parent(of: folder)
            }
        }
        for file in files {
            let safe = Self.safePath(file.drivePath)
            let folded = safe.lowercased()
            let collides = byFolded[folded, default: 0] > 1 || folders.contains(folded)
            let place = collides ? Self.mark(safe, id: file.id) : safe
            places[Array(file.id.utf8)] = place
            if place != file.drivePath { changed.append((file.drivePath, place)) }
        }
    }

    /// The place of a file, relative to the output folder.
    func place(of file: SourceFile) -> String {
        places[Array(file.id.utf8)] ?? Self.safePath(file.drivePath)
    }

    /// Where the copy of a delivered file may be: under its path, or marked because another had the same.
    static func places(of record: DeliveryRecord) -> [String] {
        let safe = safePath(record.drivePath)
        return [safe, mark(safe, id: record.fileID)]
    }

    /// The path with each of its names made safe.
    static func safePath(_ drivePath: String) -> String {
        drivePath.utf8.split(separator: 0x2F)
            .map { SafeName.make(String(decoding: Array($0), as: UTF8.self)) }
            .joined(separator: "/")
    }

    private static func mark(_ path: String, id: String) -> String {
        let (stem, fileExtension) = SafeName.split(FileSystem.name(of: path))
        let digits = MessageDigest.hex(.sha256, of: id).prefix(markByteCount - 1)
        let tail = fileExtension.isEmpty ? "" : ".\(fileExtension)"
        return FileSystem.join(FileSystem.parent(of: path), "\(stem)~\(digits)\(tail)")
    }
}
