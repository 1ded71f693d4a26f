import Bytes
import Digests
import HTTP
import NDJSON
import StageKit

/// Puts local files and folders under an address, for what is no delivery.
struct PlainPut: Sendable {
    /// A file to put and the address it goes to.
    struct Pair: Equatable, Sendable {
        let path: String
        let address: LakeAddress
    }

    /// What became of one file.
    struct Done: Sendable {
        let line: JSONValue
        /// Nil when the content stood already.
        let stored: StoredFile?
    }

    let store: any LakeStore
    let policy: IfExists
    let requiredTag: String?
    let attributes: LakeAttributes
    let isDryRun: Bool

    /// Stores files, several at a time. What is done comes in the files' order, also when one of them failed.
    func put(_ pairs: [Pair], atOnce jobs: Int) -> (done: [Done], failure: StageFailure?) {
        let results = Guarded<[Int: Done]>([:])
        var failure: StageFailure?
        do throws(StageFailure) {
            try WorkerThreads.forEach(Array(pairs.enumerated()), atOnce: jobs) { (item) throws(StageFailure) in
                let done = try put(item.element)
                results.withLock { $0[item.offset] = done }
            }
        } catch {
            failure = error
        }
        return (results.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }, failure)
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
            } else if sources.count == 1, !(try address(target).isFolder) {
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
    func put(_ pair: Pair) throws(StageFailure) -> Done {
        let content = LakeContent.file(path: pair.path, expectedBytes: nil, expectedSHA256: nil)
        if isDryRun {
            let line = JSONValue.object([
                "path": .string(pair.path), "url": .string(pair.address.url), "etag": .null,
            ])
            return Done(line: line, stored: nil)
        }
        let condition: PutCondition = requiredTag.map { .ifMatch($0) } ?? (policy == .replace ? .always : .ifAbsent)
        let outcome = try mapLakeError { () throws(LakeError) in
            try store.put(content, at: pair.address, when: condition, with: attributes)
        }
        switch outcome {
        case .stored(let object):
            let stored = StoredFile(
                path: pair.address.url, byteCount: object.digests.byteCount, sha256: object.digests.sha256)
            return Done(line: line(pair, object, status: "stored"), stored: stored)
        case .stands:
            let object = try mapLakeError { () throws(LakeError) in try store.inspect(pair.address, withSHA256: false) }
            if policy == .fail, !(try isContent(object.digests, ofFileAt: pair.path)) {
                throw .badData("\(pair.address.url): another content stands there; see --if-exists")
            }
            return Done(line: line(pair, object, status: "standing"), stored: nil)
        }
    }

    private func line(_ pair: Pair, _ object: StoredObject, status: String) -> JSONValue {
        let digests = object.digests
        var line: JSONObject = [
            "path": .string(pair.path), "status": .string(status), "bytes": .integer(digests.byteCount),
            "sha256": .optional(digests.sha256),
        ]
        line["crc64"] = digests.crc64.map { .string($0) }
        line["url"] = .string(pair.address.url)
        line["etag"] = .string(object.etag)
        return .object(line)
    }

    private func isContent(_ digests: LakeDigests, ofFileAt path: String) throws(StageFailure) -> Bool {
        do throws(IOError) {
            return try digests.match(fileAt: path)
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
