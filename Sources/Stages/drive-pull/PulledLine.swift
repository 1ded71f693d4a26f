import Bytes
import NDJSON
import StageKit

/// The manifest line of a delivery as drive-pull writes it. Design: "The manifest line".
enum PulledLine {
    enum Status: String { case new, unchanged, deleted }

    /// A file that is there. `record` is its newest record, if it has one.
    static func present(
        _ file: SourceFile, _ content: PulledContent, record: DeliveryRecord?, dataset: String?, path: String
    ) -> JSONValue {
        let version = content.version
        let isKnown = record?.version == version
        let delivery =
            isKnown
            ? record?.delivery
            : DeliveryRecord.deliveryID(fileID: file.id, version: version, previous: record?.delivery)
        return line(
            delivery: delivery, dataset: dataset, status: isKnown ? .unchanged : .new,
            deliveredAt: isKnown ? record?.deliveredAt : nil,
            file: [
                "root": .string(file.root), "id": .string(file.id), "name": .string(file.name),
                "drive_path": .string(file.drivePath), "version": .string(version),
                "modified_time": .string(content.modified.text), "mime_type": .string(content.mimeType),
                "bytes": content.byteCount.map { .integer($0) } ?? .null, "md5": .optional(content.md5),
                "sha256": .optional(content.sha256),
            ], path: path)
    }

    /// A file that is gone. What nobody can know of it any more is null.
    static func deleted(_ record: DeliveryRecord, dataset: String?) -> JSONValue {
        let version = DeliveryRecord.deletedVersion
        return line(
            delivery: DeliveryRecord.deliveryID(fileID: record.fileID, version: version, previous: record.delivery),
            dataset: dataset, status: .deleted, deliveredAt: nil,
            file: [
                "root": .string(record.root), "id": .string(record.fileID), "name": .string(record.name),
                "drive_path": .string(record.drivePath), "version": .string(version), "modified_time": .null,
                "mime_type": .optional(record.mimeType), "bytes": .null, "md5": .null, "sha256": .null,
            ], path: nil)
    }

    private static func line(
        delivery: String?, dataset: String?, status: Status, deliveredAt: UTCTime?, file: JSONObject, path: String?
    ) -> JSONValue {
        .object([
            "delivery": .optional(delivery), "dataset": .optional(dataset), "status": .string(status.rawValue),
            "delivered_at": .optional(deliveredAt?.text), "file": .object(file), "path": .optional(path),
        ])
    }
}
