internal import Bytes
internal import NDJSON
internal import StageKit

/// A person's word that a delivery beyond its guards is right: `_deliveries/{delivery}.accepted.json`.
struct Acceptance: Equatable {
    let delivery: String
    let acceptedAt: UTCTime
    let acceptedBy: String

    /// The line for the lake.
    var line: JSONObject {
        ["delivery": .string(delivery), "accepted_at": .string(acceptedAt.text), "accepted_by": .string(acceptedBy)]
    }

    init(delivery: String, acceptedAt: UTCTime, acceptedBy: String) {
        self.delivery = delivery
        self.acceptedAt = acceptedAt
        self.acceptedBy = acceptedBy
    }

    /// Whether a document is an acceptance, and not a record that carries one.
    static func isOne(_ document: JSONObject) -> Bool { document["accepted_at"] != nil && document["file"] == nil }

    init(_ document: JSONObject) throws(ManifestError) {
        guard let delivery = document["delivery"]?.string, DeliveryRecord.isDeliveryID(delivery) else {
            throw ManifestError("`delivery` is not 16 lower-case hexadecimal digits")
        }
        self.delivery = delivery
        guard let acceptedAt = try ManifestRecord.time(document, "accepted_at") else {
            throw ManifestError("`accepted_at` is missing")
        }
        self.acceptedAt = acceptedAt
        acceptedBy = try ManifestRecord.text(document, "accepted_by") ?? "unknown"
    }
}
