package import Bytes
internal import Digests
package import NDJSON

/// What the lake remembers of one delivery (`_deliveries/{delivery}.json`): the fields that decide what is new.
/// Design: "Deliveries, exactly".
package struct DeliveryRecord: Equatable, Sendable {
    /// The version of a delivery that says a file is gone.
    package static let deletedVersion = "deleted"

    package let delivery: String
    package let deliveredAt: UTCTime
    package let root: String
    package let fileID: String
    package let name: String
    package let drivePath: String
    package let version: String
    package let mimeType: String?
    package let sha256: String?

    package var isDeletion: Bool { version == Self.deletedVersion }

    /// Reads a record. An acceptance (`{delivery}.accepted.json`, which has `accepted_at` and no `file`) gives nil;
    /// what is neither throws a sentence that says what is missing.
    package static func parse(_ document: JSONValue) throws(MalformedRecord) -> DeliveryRecord? {
        guard let file = document["file"] else {
            if document["accepted_at"] != nil { return nil }
            throw MalformedRecord(problem: "neither a delivery record nor an acceptance: it has no `file`")
        }
        guard let delivery = document["delivery"]?.string, isDeliveryID(delivery) else {
            throw MalformedRecord(problem: "`delivery` is not 16 lower-case hexadecimal digits")
        }
        guard let time = document["delivered_at"]?.string.flatMap({ UTCTime($0) }) else {
            throw MalformedRecord(problem: "`delivered_at` is not a time such as 2026-11-25T10:20:30.123Z")
        }
        func text(_ key: String) throws(MalformedRecord) -> String {
            guard let value = file[key]?.string else {
                throw MalformedRecord(problem: "`file.\(key)` is missing or no text")
            }
            return value
        }
        return DeliveryRecord(
            delivery: delivery, deliveredAt: time, root: try text("root"), fileID: try text("id"),
            name: try text("name"), drivePath: try text("drive_path"), version: try text("version"),
            mimeType: file["mime_type"]?.string, sha256: file["sha256"]?.string)
    }

    /// True for 16 lower-case hexadecimal digits.
    package static func isDeliveryID(_ text: String) -> Bool {
        text.utf8.count == 16 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The id of the delivery of this version of a file whose newest record is `previous` (nil for a file never seen):
    /// the first 16 hexadecimal digits of sha256(file id LF version LF previous id or empty).
    package static func deliveryID(fileID: String, version: String, previous: String?) -> String {
        String(MessageDigest.hex(.sha256, of: "\(fileID)\n\(version)\n\(previous ?? "")").prefix(16))
    }
}

/// Why a document is no delivery record.
package struct MalformedRecord: Error, Equatable { package let problem: String }

/// The newest record of each file, by `delivered_at`. Holds one record a file, however many deliveries there were.
package struct NewestRecords: Sendable {
    // Keyed by bytes: two ids that differ only in Unicode normalisation are two files, but equal as `String`.
    private var newest: [[UInt8]: DeliveryRecord] = [:]

    package init() {}

    package subscript(fileID: String) -> DeliveryRecord? { newest[Array(fileID.utf8)] }

    /// The newest records in byte order of their file ids.
    package var all: [DeliveryRecord] {
        newest.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    }

    /// Records may come in any order.
    package mutating func add(_ record: DeliveryRecord) {
        let key = Array(record.fileID.utf8)
        if let standing = newest[key],
            (standing.deliveredAt, standing.delivery) >= (record.deliveredAt, record.delivery)
        {
            return
        }
        newest[key] = record
    }

    /// Reads concatenated records and acceptances (`adls-put --cat LAKE/_deliveries/`). A line that is neither is
    /// exit 65.
    package static func read(_ source: any ByteSource) throws(StageFailure) -> NewestRecords {
        var records = NewestRecords()
        try DocumentLines.forEach(of: source) { (number, document) throws(StageFailure) in
            do throws(MalformedRecord) {
                if let record = try DeliveryRecord.parse(document) { records.add(record) }
            } catch {
                throw .badData("\(source.path):\(number): \(error.problem)")
            }
        }
        return records
    }
}
