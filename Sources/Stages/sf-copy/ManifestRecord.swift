internal import Bytes
internal import NDJSON
internal import StageKit

/// What every manifest line and every delivery record says, checked. What else it says passes through untouched.
struct ManifestRecord {
    enum Kind: String {
        case new
        case unchanged
        case deleted
    }

    let document: JSONObject
    let delivery: String
    let dataset: String?
    let kind: Kind
    let deliveredAt: UTCTime
    let fileID: String
    let drivePath: String
    let modifiedTime: UTCTime?
    /// Of the bytes in the lake; only a deletion has none.
    let sha256: String?
    let rawURL: String?
    /// When a person accepted the delivery although it is beyond a guard.
    let acceptedAt: UTCTime?

    init(_ document: JSONObject) throws(ManifestError) {
        self.document = document
        let base: DeliveryRecord?
        do throws(MalformedRecord) {
            base = try DeliveryRecord.parse(.object(document))
        } catch {
            throw ManifestError(error.problem)
        }
        guard let base else { throw ManifestError("it is an acceptance, not a delivery") }
        delivery = base.delivery
        deliveredAt = base.deliveredAt
        fileID = base.fileID
        drivePath = base.drivePath
        sha256 = base.sha256
        dataset = try Self.text(document, "dataset")
        guard let kind = document["status"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw ManifestError("`status` is not new, unchanged or deleted")
        }
        self.kind = kind
        modifiedTime = try Self.time(document["file"]?.object ?? JSONObject(), "modified_time")
        if kind == .new {
            guard let sha256, sha256.utf8.count == 64, Hex.decode(sha256) != nil else {
                throw ManifestError("`file.sha256` is not 64 hexadecimal digits")
            }
        }
        rawURL = try Self.text(document["raw"]?.object ?? JSONObject(), "url")
        acceptedAt = try Self.time(document, "accepted_at")
    }

    /// A member that may be missing or null, but nothing else than text.
    static func text(_ object: JSONObject, _ key: String) throws(ManifestError) -> String? {
        guard let value = object[key], !value.isNull else { return nil }
        guard let text = value.string else { throw ManifestError("`\(key)` is not a text") }
        return text
    }

    /// A member that may be missing or null, but nothing else than a time.
    static func time(_ object: JSONObject, _ key: String) throws(ManifestError) -> UTCTime? {
        guard let text = try text(object, key) else { return nil }
        guard let time = UTCTime(text) else {
            throw ManifestError("`\(key)` is not a time such as 2026-11-25T10:20:30.123Z")
        }
        return time
    }
}

/// What is wrong with one line of a manifest.
struct ManifestError: Error, Equatable {
    let reason: String
    init(_ reason: String) { self.reason = reason }

    /// How the run ends because of it.
    func failure(in path: String, line: Int) -> StageFailure {
        .badData("\(path == "-" ? "standard input" : path):\(line): \(reason)")
    }
}

/// The documents of a file, or of standard input for `-`, each with its line number.
enum Manifest {
    static func forEach(
        of path: String, _ body: (Int, JSONObject) throws(ManifestError) -> Void
    ) throws(StageFailure) {
        let source: any ByteSource
        do throws(IOError) {
            source = try DataInput.open(path)
        } catch {
            throw .input(error)
        }
        try DocumentLines.forEach(of: source) { (number, document) throws(StageFailure) in
            do throws(ManifestError) {
                try body(number, document.object ?? JSONObject())
            } catch {
                throw error.failure(in: path, line: number)
            }
        }
    }
}
