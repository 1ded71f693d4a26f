internal import Bytes
internal import NDJSON

/// What became of a delivery, as in ops.deliveries.
enum DeliveryStatus: String {
    /// The file's newest good delivery.
    case current
    /// A good delivery with a newer one after it.
    case superseded
    /// The delivery says that the file is gone.
    case deleted
    /// Landed, but beyond a guard of the contract and not accepted.
    case quarantined
    /// Could not be processed.
    case failed

    /// Whether the delivery has its place in the file's history.
    var isGood: Bool { self == .current || self == .superseded || self == .deleted }
    /// Whether it is good and has rows.
    var isGoodData: Bool { self == .current || self == .superseded }
}

/// How many rows clean met, and what became of them.
struct RowCounts: Equatable {
    var read: Int
    var emitted: Int
    var rejected: Int
    var duplicates: Int
    var blank: Int

    var agree: Bool {
        var sum = 0
        for part in [emitted, rejected, duplicates, blank] {
            let (total, overflow) = sum.addingReportingOverflow(part)
            if overflow { return false }
            sum = total
        }
        return sum == read
    }
}

/// One row of ops.deliveries.
struct DeliveryRow: Equatable {
    var dataset: String
    var delivery: String
    var fileID: String
    var drivePath: String?
    var modifiedTime: UTCTime?
    var deliveredAt: UTCTime
    var key: String?
    var attemptedKey: String?
    var contractVersion: String?
    var status: DeliveryStatus
    var reason: String?
    var rows: RowCounts?
    var rowsLanded: Int?
    var rawURL: String?
    var processedURL: String?
    var validFrom: UTCTime?
    var validTo: UTCTime?
    /// Nil in a row that is to be written: the time of the transaction.
    var loadedAt: UTCTime?
    var run: String?
}

extension DeliveryRow {
    /// Reads all rows, or those of some files, as rows that `init(answer:)` takes.
    static func query(where condition: String, _ dialect: SQLDialect) -> String {
        """
        SELECT 'delivery' AS kind, dataset, delivery, file_id, drive_path, \(dialect.milliseconds("modified_time")), \
        \(dialect.milliseconds("delivered_at")), key, attempted_key, contract_version, status, reason, rows_read, \
        rows_emitted, rows_rejected, rows_duplicate, rows_blank, rows_landed, raw_url, processed_url, \
        \(dialect.milliseconds("valid_from")), \(dialect.milliseconds("valid_to")), \(dialect.milliseconds("loaded_at")), run \
        FROM \(dialect.name(OpsTables.deliveries)) WHERE \(condition) ORDER BY delivered_at, delivery
        """
    }

    /// Nil for a row of another query, or one that no version of this program wrote.
    init?(answer row: JSONObject) {
        guard row["kind"]?.string == "delivery", let dataset = row["dataset"]?.string,
            let delivery = row["delivery"]?.string, let fileID = row["file_id"]?.string,
            let deliveredAt = Self.time(row["delivered_at"]),
            let status = row["status"]?.string.flatMap(DeliveryStatus.init(rawValue:))
        else { return nil }
        self.dataset = dataset
        self.delivery = delivery
        self.fileID = fileID
        self.deliveredAt = deliveredAt
        self.status = status
        drivePath = row["drive_path"]?.string
        modifiedTime = Self.time(row["modified_time"])
        key = row["key"]?.string
        attemptedKey = row["attempted_key"]?.string
        contractVersion = row["contract_version"]?.string
        reason = row["reason"]?.string
        if let read = row["rows_read"]?.integer, let emitted = row["rows_emitted"]?.integer {
            rows = RowCounts(
                read: read, emitted: emitted, rejected: row["rows_rejected"]?.integer ?? 0,
                duplicates: row["rows_duplicate"]?.integer ?? 0, blank: row["rows_blank"]?.integer ?? 0)
        }
        rowsLanded = row["rows_landed"]?.integer
        rawURL = row["raw_url"]?.string
        processedURL = row["processed_url"]?.string
        validFrom = Self.time(row["valid_from"])
        validTo = Self.time(row["valid_to"])
        loadedAt = Self.time(row["loaded_at"])
        run = row["run"]?.string
    }

    private static func time(_ value: JSONValue?) -> UTCTime? {
        value?.integer.map { UTCTime(clampingMilliseconds: $0) }
    }

    /// The statement that writes the row anew.
    func insertion(_ dialect: SQLDialect) -> String {
        let values: [(name: String, value: String)] = [
            ("dataset", dialect.literal(dataset)), ("delivery", dialect.literal(delivery)),
            ("file_id", dialect.literal(fileID)), ("drive_path", dialect.literal(drivePath)),
            ("modified_time", dialect.literal(modifiedTime)), ("delivered_at", dialect.literal(deliveredAt)),
            ("key", dialect.literal(key)), ("attempted_key", dialect.literal(attemptedKey)),
            ("contract_version", dialect.literal(contractVersion)), ("status", dialect.literal(status.rawValue)),
            ("reason", dialect.literal(reason)), ("rows_read", dialect.literal(rows?.read)),
            ("rows_emitted", dialect.literal(rows?.emitted)), ("rows_rejected", dialect.literal(rows?.rejected)),
            ("rows_duplicate", dialect.literal(rows?.duplicates)), ("rows_blank", dialect.literal(rows?.blank)),
            ("rows_landed", dialect.literal(rowsLanded)), ("raw_url", dialect.literal(rawURL)),
            ("processed_url", dialect.literal(processedURL)), ("valid_from", dialect.literal(validFrom)),
            ("valid_to", dialect.literal(validTo)),
            ("loaded_at", loadedAt == nil ? dialect.now : dialect.literal(loadedAt)), ("run", dialect.literal(run)),
        ]
        return dialect.insertion(into: OpsTables.deliveries, values)
    }

    /// The statement that changes what a delivery's neighbours in the file's history make of it.
    func placement(_ dialect: SQLDialect) -> String {
        """
        UPDATE \(dialect.name(OpsTables.deliveries)) SET status = \(dialect.literal(status.rawValue)), \
        valid_from = \(dialect.literal(validFrom)), valid_to = \(dialect.literal(validTo)) \
        WHERE delivery = \(dialect.literal(delivery))
        """
    }
}
