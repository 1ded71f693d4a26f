import Bytes
import Glibc
import StageKit

/// Lists a folder of this machine and everything below it.
///
/// Symbolic links are followed like Drive's shortcuts, to files and to folders, after everything that really lies in
/// the folder has been listed. What has been listed already is not listed again through a link. So each file comes
/// once, under its own path if it has one in the folder, and rings of links end.
struct LocalFolder {
    /// Folders nested deeper count as unreadable.
    static let depthLimit = 128

    private let root: String
    private let path: RawPath
    /// Where the pulled files go; not part of the source even where it lies in it.
    private let output: FileStamp.Identity?

    private var listing = SourceListing()
    private var seenFolders: Set<FileStamp.Identity> = []
    private var seenFiles: Set<FileStamp.Identity> = []
    private var links: [Place] = []

    private struct Place {
        let location: RawPath
        let drivePath: String
        let depth: Int
    }

    init(root: String, path: String, output: String) throws(IOError) {
        self.root = root
        self.path = RawPath(path)
        self.output = try RawPath(output).stamp()?.identity
    }

    /// Nil when there is no such folder.
    static func list(_ address: SourceAddress, output: String) throws(IOError) -> SourceListing? {
        guard case .folder(let path) = address else { return nil }
        var folder = try LocalFolder(root: address.root, path: path, output: output)
        return try folder.list()
    }

    private mutating func list() throws(IOError) -> SourceListing? {
        guard let stamp = try path.stamp(), stamp.kind == .folder else { return nil }
        walk(Place(location: path, drivePath: "", depth: 0), stamp.identity)
        while !links.isEmpty {
            let round = links
            links = []
            for link in round { follow(link) }
        }
        listing.files.sort { $0.drivePath.utf8.lexicographicallyPrecedes($1.drivePath.utf8) }
        return listing
    }

    /// Lists a folder and the folders in it; links are kept for later.
    private mutating func walk(_ folder: Place, _ identity: FileStamp.Identity) {
        var waiting = [(folder, identity)]
        while let (place, identity) = waiting.popLast() {
            if identity == output {
                skip(place.drivePath, .ownOutput)
                continue
            }
            guard seenFolders.insert(identity).inserted else { continue }
            do throws(IOError) {
                guard place.depth <= Self.depthLimit else {
                    throw .corrupt(
                        path: place.location.text, reason: "folders nest deeper than \(Self.depthLimit)")
                }
                var folders: [(Place, FileStamp.Identity)] = []
                for name in try place.location.names() {
                    if let next = visit(name, in: place) { folders.append(next) }
                }
                // Backwards onto the stack, so that folders, and the links in them, are met in byte order.
                waiting += folders.reversed()
            } catch {
                listing.unreadable.append(.input(error))
            }
        }
    }

    /// Takes up one entry; gives it back if it is a folder to walk.
    private mutating func visit(_ name: [UInt8], in folder: Place) -> (Place, FileStamp.Identity)? {
        let text = FileNameText.text(of: name)
        let drivePath = folder.drivePath.isEmpty ? text : "\(folder.drivePath)/\(text)"
        if let reason = SkippedEntry.reason(forName: name) {
            skip(drivePath, reason)
            return nil
        }
        let place = Place(location: folder.location.appending(name), drivePath: drivePath, depth: folder.depth + 1)
        do throws(IOError) {
            // A file that went away since the listing is simply not there.
            guard let stamp = try place.location.stamp(followingLinks: false) else { return nil }
            switch stamp.kind {
            case .folder: return (place, stamp.identity)
            case .link: links.append(place)
            case .other: skip(drivePath, .special)
            case .regular:
                seenFiles.insert(stamp.identity)
                add(place)
            }
        } catch {
            listing.unreadable.append(.input(error))
        }
        return nil
    }

    private mutating func follow(_ link: Place) {
        do throws(IOError) {
            guard let stamp = try link.location.stamp() else { return skip(link.drivePath, .dangling) }
            switch stamp.kind {
            case .folder where seenFolders.contains(stamp.identity): skip(link.drivePath, .duplicate)
            case .folder: walk(link, stamp.identity)
            case .regular where !seenFiles.insert(stamp.identity).inserted: skip(link.drivePath, .duplicate)
            case .regular: add(link)
            case .link, .other: skip(link.drivePath, .special)
            }
        } catch {
            // A ring of links that lead only to each other leads nowhere.
            if case .system(_, _, ELOOP) = error { return skip(link.drivePath, .dangling) }
            listing.unreadable.append(.input(error))
        }
    }

    private mutating func add(_ place: Place) {
        listing.files.append(
            SourceFile(
                root: root, id: place.drivePath, name: FileSystem.name(of: place.drivePath),
                drivePath: place.drivePath, location: .local(place.location)))
    }

    private mutating func skip(_ drivePath: String, _ reason: SkippedEntry.Reason) {
        listing.skipped.append(SkippedEntry(drivePath: drivePath, reason: reason))
    }
}

/// File names as JSON can carry them.
enum FileNameText {
    /// The name, with each byte that is no UTF-8 as `%` and two hexadecimal digits: a name written in Latin-1 on an
    /// older system still names its file.
    static func text(of name: [UInt8]) -> String {
        if let text = String(validating: name, as: UTF8.self) { return text }
        var bytes: [UInt8] = []
        var rest = name[...]
        while let lead = rest.first {
            let length = (1...4).first { String(validating: rest.prefix($0), as: UTF8.self) != nil } ?? 0
            if length > 0, rest.count >= length {
                bytes.append(contentsOf: rest.prefix(length))
                rest = rest.dropFirst(length)
            } else {
                bytes.append(0x25)
                bytes.append(contentsOf: Hex.encode([lead]).uppercased().utf8)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
