import Bytes
import Digests
import NDJSON
import StageKit

/// Brings deliveries into the lake's `raw/` and writes their records. Design: "Deliveries, exactly", "Record".
///
/// The bytes come first and the record last, each only if absent. So whatever a crash left, doing it again ends right:
/// a raw file without its record keeps its bytes and gets one; a record that stands is the delivery.
struct RawDelivery {
    static let recordFolder = "_deliveries/"
    static let datasetOfUnmatched = "_unmatched"

    let lake: LakeAddress
    let store: any LakeStore
    let template: PathTemplate
    /// For all files, besides what their lines say.
    let attributes: LakeAttributes
    let isDryRun: Bool
    let log: Log
    let report: RunReport
    /// What is now, by the wall clock.
    let now: () -> UTCTime

    private(set) var storedCount = 0
    private(set) var standingCount = 0
    private(set) var recordCount = 0
    private(set) var byteCount = 0
    /// The newest records of the lake; read when the first record is to be written.
    private var newest: NewestRecords?

    init(
        lake: LakeAddress, store: any LakeStore, template: PathTemplate, attributes: LakeAttributes = LakeAttributes(),
        isDryRun: Bool, log: Log, report: RunReport, now: @escaping () -> UTCTime
    ) {
        self.lake = lake
        self.store = store
        self.template = template
        self.attributes = attributes
        self.isDryRun = isDryRun
        self.log = log
        self.report = report
        self.now = now
    }

    /// Stores one delivery and gives its grown line.
    mutating func deliver(_ line: ManifestLine) throws(StageFailure) -> ManifestLine {
        let status = try line.status
        if status == "unchanged" { return line }
        let delivery = try line.delivery
        let record = lake.appending("\(Self.recordFolder)\(delivery).json")
        let known = try mapLakeError { () throws(LakeError) in try store.entry(at: record) }
        if known != nil {
            standingCount += 1
            return try ManifestLine.stored(at: record, in: store, delivery: delivery)
        }
        var grown = line
        if status == "new" { try storeBytes(&grown) }
        return isDryRun ? grown : try write(grown, as: record, delivery: delivery)
    }

    /// Puts the pulled file under its raw path, or takes what stands there for the truth.
    private mutating func storeBytes(_ line: inout ManifestLine) throws(StageFailure) {
        let path = try line.text("path")
        let sha256 = try line.hex("file.sha256", digits: 64)
        let address = lake.appending(try template.fill(try fields(of: line)))
        if isDryRun {
            line["raw"] = .object(["url": .string(address.url), "etag": .null])
            return
        }
        let content = LakeContent.file(
            path: path, expectedBytes: line.find("file.bytes")?.integer, expectedSHA256: sha256)
        let attributes = LakeAttributes(lineageOf: line).adding(attributes)
        let outcome = try mapLakeError { () throws(LakeError) in
            try store.put(content, at: address, when: .ifAbsent, with: attributes)
        }
        let object: StoredObject
        switch outcome {
        case .stored(let stored):
            object = stored
            storedCount += 1
            byteCount += stored.digests.byteCount
            report.addOutput(StoredFile(path: address.url, byteCount: stored.digests.byteCount, sha256: sha256))
        case .stands:
            object = try mapLakeError { () throws(LakeError) in try store.inspect(address, withSHA256: true) }
            if object.digests.sha256 != sha256 {
                log.warning(
                    "\(address.url): stands without a record; its bytes count, not the pulled ones", code: "raw.stands")
                report.warn("raw.stands")
            }
        }
        // Where the store took no MD5, the line's is that of the same bytes.
        let md5 = object.digests.md5 ?? (object.digests.sha256 == sha256 ? line.find("file.md5")?.string : nil)
        line.update(
            "file",
            [
                "bytes": .integer(object.digests.byteCount), "md5": .optional(md5),
                "sha256": .optional(object.digests.sha256),
            ])
        line["raw"] = .object(["url": .string(address.url), "etag": .string(object.etag)])
    }

    /// Writes the record. Where another process was faster, its record is the delivery's.
    private mutating func write(
        _ line: ManifestLine, as record: LakeAddress, delivery: String
    ) throws(StageFailure) -> ManifestLine {
        var grown = line
        let fileID = try line.text("file.id")
        var time = now()
        if let previous = try newestRecords()[fileID] {
            time = max(time, UTCTime(clampingMilliseconds: previous.deliveredAt.milliseconds + 1))
        }
        grown["delivered_at"] = .string(time.text)
        // A record that readers would refuse must not come into being: nothing ever replaces it.
        do throws(MalformedRecord) {
            if let parsed = try DeliveryRecord.parse(grown.value) { newest?.add(parsed) }
        } catch {
            throw .badData("\(line.place): \(error.problem)")
        }
        let content = LakeContent.bytes(grown.bytes)
        let outcome = try mapLakeError { () throws(LakeError) in try store.put(content, at: record, when: .ifAbsent) }
        switch outcome {
        case .stored:
            recordCount += 1
            return grown
        case .stands:
            standingCount += 1
            return try ManifestLine.stored(at: record, in: store, delivery: delivery)
        }
    }

    private mutating func newestRecords() throws(StageFailure) -> NewestRecords {
        if let newest { return newest }
        let folder = lake.appending(Self.recordFolder)
        let source = try FolderSource(folder, in: store)
        do throws(StageFailure) {
            let read = try NewestRecords.read(source)
            newest = read
            return read
        } catch {
            throw source.lakeFailure?.failure ?? error
        }
    }

    private func fields(of line: ManifestLine) throws(StageFailure) -> [String: String] {
        guard let modified = UTCTime(try line.text("file.modified_time")) else {
            throw .badData("\(line.place): `file.modified_time` is not a time such as 2026-11-25T10:20:30.123Z")
        }
        // A Google Sheet has no extension in its name; the pulled file has.
        let fallback = SafeName.split(FileSystem.name(of: try line.text("path"))).fileExtension
        var fields = PathTemplate.nameFields(of: try line.text("file.name"), fallbackExtension: fallback)
        fields.merge(PathTemplate.dateFields(of: modified)) { $1 }
        fields["dataset"] = line["dataset"]?.string ?? Self.datasetOfUnmatched
        fields["delivery"] = try line.delivery
        fields["sha256"] = try line.hex("file.sha256", digits: 64)
        return fields
    }
}
