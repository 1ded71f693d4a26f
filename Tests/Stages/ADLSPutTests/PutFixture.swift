import Bytes
import Digests
import NDJSON
import StageKit
import TestSupport

@testable import adls_put

/// A lake in a folder of its own, and manifest lines to put into it.
final class PutFixture {
    let folder: TemporaryDirectory
    let lake: LakeAddress
    let report = RunReport(program: "adls-put", arguments: [])
    let log = Log(program: "adls-put", threshold: .error)

    init() throws {
        folder = try TemporaryDirectory()
        lake = LakeAddress(scheme: .file, location: folder.file("lake"))
    }

    /// A line of a new delivery, whose pulled file holds `content`.
    func line(
        _ content: String, name: String = "Orders.xlsx", id: String? = nil, dataset: String? = "orders",
        delivery: String = "0123456789abcdef"
    ) throws -> ManifestLine {
        let path = try folder.write("pulled/\(delivery)", text: content)
        let bytes = Array(content.utf8)
        let sha256 = MessageDigest.hex(.sha256, of: bytes)
        let document: JSONObject = [
            "delivery": .string(delivery), "dataset": .optional(dataset), "status": .string("new"),
            "delivered_at": .null,
            "file": .object([
                "root": .string("file:/r"), "id": .string(id ?? name), "name": .string(name),
                "drive_path": .string(name), "version": .string(sha256),
                "modified_time": .string("2018-01-31T12:30:00.000Z"), "mime_type": .string("application/x"),
                "bytes": .integer(bytes.count), "md5": .string(MessageDigest.hex(.md5, of: bytes)),
                "sha256": .string(sha256),
            ]), "path": .string(path), "unknown": .array([.number("1.50")]),
        ]
        return try ManifestLine(.object(document), place: "manifest:1")
    }

    func raw(store: any LakeStore = FolderLake(), now: String = "2026-11-25T10:00:00.000Z", isDryRun: Bool = false)
        throws -> RawDelivery
    {
        let time = UTCTime(now) ?? UTCTime(clampingMilliseconds: 0)
        return RawDelivery(
            lake: lake, store: store, template: try PathTemplate(PathTemplate.raw), isDryRun: isDryRun, log: log,
            report: report, now: { time })
    }

    func processed(replaces: Bool = false, store: any LakeStore = FolderLake()) throws -> ProcessedDelivery {
        ProcessedDelivery(
            lake: lake, store: store, template: try PathTemplate(PathTemplate.processed), replaces: replaces,
            isDryRun: false, report: report)
    }

    /// The paths of all files in the lake.
    func paths() throws -> [String] { try FolderLake().files(below: lake).map(\.path) }

    func text(_ path: String) throws -> String { try folder.text("lake/\(path)") }
}

/// A lake at which something happens just before a put, as if another process had been faster.
final class InterruptedLake: LakeStore, @unchecked Sendable {
    private let inner = FolderLake()
    private let before: (LakeAddress) throws(LakeError) -> Void

    init(beforePut: @escaping (LakeAddress) throws(LakeError) -> Void) { before = beforePut }

    let readsAtOnce = 1

    func put(
        _ content: LakeContent, at address: LakeAddress, when condition: PutCondition, with attributes: LakeAttributes
    ) throws(LakeError) -> PutOutcome {
        try before(address)
        return try inner.put(content, at: address, when: condition, with: attributes)
    }

    func entry(at address: LakeAddress) throws(LakeError) -> LakeEntry? { try inner.entry(at: address) }
    func open(_ address: LakeAddress) throws(LakeError) -> any ByteSource { try inner.open(address) }
    func inspect(_ address: LakeAddress, withSHA256: Bool) throws(LakeError) -> StoredObject {
        try inner.inspect(address, withSHA256: withSHA256)
    }
    func files(below folder: LakeAddress) throws(LakeError) -> [LakeEntry] { try inner.files(below: folder) }
    func acquireLease(at address: LakeAddress) throws(LakeError) -> any LakeLease {
        try inner.acquireLease(at: address)
    }
    func deleteTemporaries(
        below folder: LakeAddress, olderThanSeconds age: Int, dryRun: Bool
    ) throws(LakeError) -> [LakeAddress] {
        try inner.deleteTemporaries(below: folder, olderThanSeconds: age, dryRun: dryRun)
    }
    func delete(_ address: LakeAddress, dryRun: Bool) throws(LakeError) -> [LakeAddress] {
        try inner.delete(address, dryRun: dryRun)
    }
}

extension PutOutcome {
    /// What was stored, or nil when something stood.
    var object: StoredObject? { if case .stored(let object) = self { object } else { nil } }
}
