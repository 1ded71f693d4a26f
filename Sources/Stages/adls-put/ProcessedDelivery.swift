import Bytes
import Digests
import NDJSON
import StageKit

/// Brings the results of processing into the lake's `processed/`: the parts, the rejects and, last, `manifest.json`.
///
/// The manifest is the commit point: without it nobody reads the parts, so parts that stand from a run that was
/// killed are kept if they are the same and replaced if not.
struct ProcessedDelivery {
    static let manifestName = "manifest.json"
    static let rejectsName = "rejects.parquet"

    let lake: LakeAddress
    let store: any LakeStore
    let template: PathTemplate
    /// For all files, besides what their lines say.
    let attributes: LakeAttributes
    /// Whether a manifest that stands is replaced, as a retry wants it.
    let replaces: Bool
    let isDryRun: Bool
    let report: RunReport

    private(set) var storedCount = 0
    private(set) var standingCount = 0
    private(set) var byteCount = 0

    init(
        lake: LakeAddress, store: any LakeStore, template: PathTemplate, attributes: LakeAttributes = LakeAttributes(),
        replaces: Bool, isDryRun: Bool, report: RunReport
    ) {
        self.lake = lake
        self.store = store
        self.template = template
        self.attributes = attributes
        self.replaces = replaces
        self.isDryRun = isDryRun
        self.report = report
    }

    /// Stores one processed delivery and gives its grown line. Deletions have nothing to store.
    mutating func deliver(_ line: ManifestLine) throws(StageFailure) -> ManifestLine {
        if try line.status == "deleted" { return line }
        let delivery = try line.delivery
        var fields = try fields(of: line)
        let first = try partPath(0, &fields)
        let folder = FileSystem.parent(of: first)
        let manifest = lake.appending(FileSystem.join(folder, Self.manifestName))
        let standing = try mapLakeError { () throws(LakeError) in try store.entry(at: manifest) }
        if standing != nil, !replaces {
            standingCount += 1
            return try ManifestLine.stored(at: manifest, in: store, delivery: delivery)
        }
        var grown = line
        if let failed = line.find("process.failed"), !failed.isNull {
            guard failed.object != nil else { throw .badData("\(line.place): `process.failed` is no object") }
        } else {
            try storeParts(&grown, &fields)
            try storeRejects(&grown, at: lake.appending(FileSystem.join(folder, Self.rejectsName)))
        }
        if isDryRun { return grown }
        let content = LakeContent.bytes(grown.bytes)
        let condition: PutCondition = replaces ? .always : .ifAbsent
        let outcome = try mapLakeError { () throws(LakeError) in try store.put(content, at: manifest, when: condition) }
        if case .stands = outcome {
            standingCount += 1
            return try ManifestLine.stored(at: manifest, in: store, delivery: delivery)
        }
        return grown
    }

    private mutating func storeParts(
        _ line: inout ManifestLine, _ fields: inout [String: String]
    ) throws(StageFailure) {
        guard let parts = line.find("process.parts")?.array else {
            throw .badData("\(line.place): `process.parts` is missing, and `process.failed` too")
        }
        var processed: [JSONValue] = []
        for (number, part) in parts.enumerated() {
            let address = lake.appending(try partPath(number, &fields))
            processed.append(.object(try store(part, at: address, named: "process.parts[\(number)]", of: line)))
        }
        line["processed"] = .array(processed)
    }

    private mutating func storeRejects(_ line: inout ManifestLine, at address: LakeAddress) throws(StageFailure) {
        guard let rejects = line.find("process.rejects")?.object, let path = rejects["path"], !path.isNull else {
            return
        }
        let stored = try store(.object(rejects), at: address, named: "process.rejects", of: line)
        var grown = rejects
        for member in stored.members { grown[member.key] = member.value }
        line.update("process", ["rejects": .object(grown)])
    }

    /// Stores one local file that the line names, and gives its `url` and `etag`.
    private mutating func store(
        _ file: JSONValue, at address: LakeAddress, named name: String, of line: ManifestLine
    ) throws(StageFailure) -> JSONObject {
        guard let path = file["path"]?.string else {
            throw .badData("\(line.place): `\(name).path` is missing or no text")
        }
        let sha256 = file["sha256"]?.string
        if isDryRun { return ["url": .string(address.url), "etag": .null] }
        let etag: String
        if let sha256, let standing = try sameContent(at: address, sha256: sha256) {
            standingCount += 1
            etag = standing.etag
        } else {
            let content = LakeContent.file(
                path: path, expectedBytes: file["bytes"]?.integer, expectedSHA256: sha256)
            let attributes = LakeAttributes(lineageOf: line).adding(attributes)
            let outcome = try mapLakeError { () throws(LakeError) in
                try store.put(content, at: address, when: .always, with: attributes)
            }
            guard case .stored(let stored) = outcome else { throw .tryAgain("\(address.url): somebody else writes it") }
            storedCount += 1
            byteCount += stored.digests.byteCount
            report.addOutput(
                StoredFile(path: address.url, byteCount: stored.digests.byteCount, sha256: stored.digests.sha256))
            etag = stored.etag
        }
        return ["url": .string(address.url), "etag": .string(etag)]
    }

    private func sameContent(at address: LakeAddress, sha256: String) throws(StageFailure) -> StoredObject? {
        try mapLakeError { () throws(LakeError) in
            guard let entry = try store.entry(at: address), !entry.isFolder else { return nil }
            let object = try store.inspect(address, withSHA256: true)
            return object.digests.sha256 == sha256 ? object : nil
        }
    }

    private func partPath(_ number: Int, _ fields: inout [String: String]) throws(StageFailure) -> String {
        fields["n"] = String(number)
        return try template.fill(fields)
    }

    private func fields(of line: ManifestLine) throws(StageFailure) -> [String: String] {
        let key = try line.hex("process.key", digits: 64)
        let dataset = try line.text("dataset")
        return [
            "dataset": dataset, "delivery": try line.delivery, "key": key, "key8": String(key.prefix(8)),
        ]
    }
}
