import Bytes
import NDJSON
import StageKit

/// What one run remembers for the next (`--state`): what folders hold, from where on to ask for changes, and which contents
/// lie in the output folder. It saves requests and nothing depends on it: lost or damaged, everything is listed anew.
///
///     {"program":"drive-pull","format":1}
///     {"source":"drive:ID","account":"...","drive":null,"token":"...","folders":1}     then its folders:
///     {"folder":"ID","items":1}                                                       then what they hold:
///     {"item":{"id":"...","name":"...",...}}
///     {"pulled":"ID","version":"...","path":"...","bytes":1,"md5":"...","sha256":"..."}
///
/// `pulled` lines are appended when a file is on the device; the rest is replaced at the end of a run that brought
/// everything. So the state never says more than the disk holds.
final class PullState: Sendable {
    static let format = 1

    /// One source, as listed to its end.
    struct Source: Equatable, Sendable {
        let account: String
        let drive: String?
        let token: String
        var folders = FolderCache()
        /// The folders in the order in which they are kept.
        var order: [String] = []
    }

    /// A content that lies in the output folder.
    struct Pulled: Equatable, Sendable {
        let id: String
        let version: String
        let path: String
        let byteCount: Int
        let md5: String
        let sha256: String
    }

    private struct Memory {
        var sources: [String: Source] = [:]
        var pulled: [String: Pulled] = [:]
        /// Whether the file holds just this, so that a line can be appended.
        var isOnDisk = false
    }

    private let path: String?
    private let memory: Guarded<Memory>

    private init(path: String?, _ memory: Memory) {
        self.path = path
        self.memory = Guarded(memory)
    }

    /// Remembers nothing.
    static let nothing = PullState(path: nil, Memory())

    /// Whether anything is remembered at all.
    var isKept: Bool { path != nil }

    /// Reads the file; without a path, or without a readable file, there is nothing to remember.
    static func load(_ path: String?, log: Log) -> PullState {
        guard let path else { return nothing }
        do throws(IOError) {
            let bytes = try FileSystem.contents(path)
            if let memory = read(bytes) { return PullState(path: path, memory) }
            log.warning("\(path): not a state of drive-pull; everything is listed anew", code: "state.ignored")
        } catch {
            if !error.isNotFound {
                log.warning("\(error.message); everything is listed anew", code: "state.ignored")
            }
        }
        return PullState(path: path, Memory())
    }

    func source(_ root: String) -> Source? { memory.withLock { $0.sources[root] } }

    func pulled(_ id: String) -> Pulled? { memory.withLock { $0.pulled[id] } }

    /// Remembers a content that is on the device under its name.
    func note(_ content: Pulled) throws(IOError) {
        guard let path else { return }
        try memory.withLock { (memory) throws(IOError) in
            memory.pulled[content.id] = content
            guard memory.isOnDisk else {
                try Self.write(memory, to: path)
                memory.isOnDisk = true
                return
            }
            let file = try OwnedDescriptor(path: path, flags: Self.appending)
            var output = BufferedOutput(DescriptorSink(descriptor: file.number, path: path))
            try output.append(Self.line(content))
            try output.finish()
            try file.close(path: path)
        }
    }

    /// Replaces what is remembered of the sources in `listed`, and forgets contents of files that are not in `ids`.
    func save(_ listed: [String: Source], keeping ids: Set<String>) throws(IOError) {
        guard let path else { return }
        try memory.withLock { (memory) throws(IOError) in
            memory.sources.merge(listed) { $1 }
            memory.pulled = memory.pulled.filter { ids.contains($0.key) }
            try Self.write(memory, to: path)
            memory.isOnDisk = true
        }
    }

    // O_WRONLY | O_APPEND
    private static let appending: Int32 = 0x401

    // ---- The file

    private static func write(_ memory: Memory, to path: String) throws(IOError) {
        var output = try DataOutput(path, takesDigest: false, mode: 0o600)
        try output.append(line(["program": .string("drive-pull"), "format": .integer(format)]))
        for (root, source) in memory.sources.sorted(by: { $0.key < $1.key }) {
            try output.append(
                line([
                    "source": .string(root), "account": .string(source.account), "drive": .optional(source.drive),
                    "token": .string(source.token), "folders": .integer(source.order.count),
                ]))
            for folder in source.order {
                let items = source.folders[folder] ?? []
                try output.append(line(["folder": .string(folder), "items": .integer(items.count)]))
                for item in items { try output.append(line(["item": item.document])) }
            }
        }
        for (_, content) in memory.pulled.sorted(by: { $0.key < $1.key }) { try output.append(line(content)) }
        try output.finish()
        _ = try output.publish()
    }

    private static func line(_ content: Pulled) -> [UInt8] {
        line([
            "pulled": .string(content.id), "version": .string(content.version), "path": .string(content.path),
            "bytes": .integer(content.byteCount), "md5": .string(content.md5), "sha256": .string(content.sha256),
        ])
    }

    private static func line(_ object: JSONObject) -> [UInt8] { JSONValue.object(object).bytes + [0x0A] }

    /// Nil for what is no state of this format.
    private static func read(_ bytes: [UInt8]) -> Memory? {
        var memory = Memory()
        var root: String?
        var folder: String?
        // A file that lacks lines would look like a folder that lost files.
        var foldersToCome = 0
        var itemsToCome = 0
        // A kill may have cut the last line; what it says is then not known, and nothing is lost.
        let whole = bytes.lastIndex(of: 0x0A).map { bytes[...$0] } ?? []
        memory.isOnDisk = whole.count == bytes.count
        for (number, text) in whole.split(separator: 0x0A).enumerated() {
            guard let document = try? JSONValue(parsing: Array(text)) else { return nil }
            if number == 0 {
                guard document["program"]?.string == "drive-pull", document["format"]?.integer == format else {
                    return nil
                }
            } else if let name = document["source"]?.string {
                guard let source = source(document) else { return nil }
                guard foldersToCome == 0, itemsToCome == 0, let count = document["folders"]?.integer else { return nil }
                memory.sources[name] = source
                (root, folder, foldersToCome) = (name, nil, count)
            } else if let id = document["folder"]?.string, let root {
                guard itemsToCome == 0, let count = document["items"]?.integer else { return nil }
                foldersToCome -= 1
                itemsToCome = count
                memory.sources[root]?.folders.keep([], of: id)
                memory.sources[root]?.order.append(id)
                folder = id
            } else if let item = document["item"], let root, let folder {
                guard let item = try? DriveItem(item) else { return nil }
                itemsToCome -= 1
                memory.sources[root]?.folders.add(item, to: folder)
            } else if let content = pulled(document) {
                memory.pulled[content.id] = content
            } else {
                return nil
            }
        }
        return bytes.isEmpty || foldersToCome != 0 || itemsToCome != 0 ? nil : memory
    }

    private static func source(_ document: JSONValue) -> Source? {
        guard let account = document["account"]?.string, let token = document["token"]?.string else { return nil }
        return Source(account: account, drive: document["drive"]?.string, token: token)
    }

    private static func pulled(_ document: JSONValue) -> Pulled? {
        guard let id = document["pulled"]?.string, let version = document["version"]?.string,
            let path = document["path"]?.string, let byteCount = document["bytes"]?.integer,
            let md5 = document["md5"]?.string, let sha256 = document["sha256"]?.string
        else { return nil }
        return Pulled(id: id, version: version, path: path, byteCount: byteCount, md5: md5, sha256: sha256)
    }
}
