import Bytes
import Digests
import NDJSON
import StageKit

/// Puts local files and folders under an address, for what is no delivery.
struct PlainPut {
    /// A file to put and the address it goes to.
    struct Pair: Equatable {
        let path: String
        let address: LakeAddress
    }

    let store: any LakeStore
    let policy: IfExists
    let requiredTag: String?
    let isDryRun: Bool
    let report: RunReport

    private(set) var storedCount = 0
    private(set) var standingCount = 0
    private(set) var byteCount = 0

    init(store: any LakeStore, policy: IfExists, requiredTag: String?, isDryRun: Bool, report: RunReport) {
        self.store = store
        self.policy = policy
        self.requiredTag = requiredTag
        self.isDryRun = isDryRun
        self.report = report
    }

    /// Where each file goes. One file and an address without a trailing slash: exactly there. Otherwise under the
    /// address, files by their names and folders with their trees, in byte order.
    static func pairs(_ sources: [String], to target: String) throws(StageFailure) -> [Pair] {
        let template = target.contains("{")
        var pairs: [Pair] = []
        for source in sources {
            guard let stamp = try status(source) else { throw .noInput("\(source): there is no such file") }
            if stamp.isDirectory {
                for path in try files(below: source) {
                    pairs.append(
                        Pair(path: FileSystem.join(source, path), address: try address(target).appending(path)))
                }
            } else if template {
                pairs.append(Pair(path: source, address: try filled(target, source, stamp)))
            } else if sources.count == 1, target.utf8.last != 0x2F {
                pairs.append(Pair(path: source, address: try address(target)))
            } else {
                pairs.append(Pair(path: source, address: try address(target).appending(FileSystem.name(of: source))))
            }
        }
        var seen: Set<[UInt8]> = []
        for pair in pairs where !seen.insert(Array(pair.address.location.utf8)).inserted {
            throw .usage("two of the files would become \(pair.address.url)")
        }
        return pairs
    }

    /// Stores one file and gives the line that says so.
    mutating func put(_ pair: Pair) throws(StageFailure) -> JSONValue {
        let content = LakeContent.file(path: pair.path, expectedBytes: nil, expectedSHA256: nil)
        if isDryRun { return .object(["path": .string(pair.path), "url": .string(pair.address.url), "etag": .null]) }
        let condition: PutCondition = requiredTag.map { .ifMatch($0) } ?? (policy == .replace ? .always : .ifAbsent)
        let store = store
        let outcome = try mapLakeError { () throws(LakeError) in
            try store.put(content, at: pair.address, when: condition)
        }
        switch outcome {
        case .stored(let object):
            storedCount += 1
            byteCount += object.digests.byteCount
            report.addOutput(
                StoredFile(
                    path: pair.address.url, byteCount: object.digests.byteCount, sha256: object.digests.sha256))
            return line(pair, object, status: "stored")
        case .stands:
            standingCount += 1
            let object = try mapLakeError { () throws(LakeError) in try store.inspect(pair.address) }
            if policy == .fail, object.digests.sha256 != (try digests(of: pair.path)).sha256 {
                throw .badData("\(pair.address.url): another content stands there; see --if-exists")
            }
            return line(pair, object, status: "standing")
        }
    }

    private func line(_ pair: Pair, _ object: StoredObject, status: String) -> JSONValue {
        .object([
            "path": .string(pair.path), "status": .string(status), "bytes": .integer(object.digests.byteCount),
            "sha256": .string(object.digests.sha256), "url": .string(pair.address.url), "etag": .string(object.etag),
        ])
    }

    private func digests(of path: String) throws(StageFailure) -> ContentDigests {
        do throws(IOError) {
            return try ContentDigester.digests(of: try DescriptorSource(path: path))
        } catch {
            throw .input(error)
        }
    }

    private static func address(_ target: String) throws(StageFailure) -> LakeAddress {
        try Lakes.address(target)
    }

    private static func filled(
        _ target: String, _ source: String, _ stamp: FileSystem.Status
    ) throws(StageFailure) -> LakeAddress {
        let modified = UTCTime(seconds: stamp.modifiedSeconds, nanoseconds: stamp.modifiedNanoseconds)
        var fields = PathTemplate.nameFields(of: FileSystem.name(of: source))
        fields.merge(PathTemplate.dateFields(of: modified)) { $1 }
        return try address(try PathTemplate(target).fill(fields))
    }

    private static func status(_ path: String) throws(StageFailure) -> FileSystem.Status? {
        do throws(IOError) {
            return try FileSystem.status(path)
        } catch {
            throw .input(error)
        }
    }

    /// The regular files below a local folder, by the same walk that lists a folder lake.
    private static func files(below folder: String) throws(StageFailure) -> [String] {
        let address = LakeAddress(scheme: .file, location: folder)
        return try mapLakeError { () throws(LakeError) in try FolderLake().files(below: address) }.map(\.path)
    }
}
