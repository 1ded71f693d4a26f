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
    static func query(where condition: String) -> String {
        """
        SELECT 'delivery' AS kind, dataset, delivery, file_id, drive_path, epoch_ms(modified_time) AS modified_time, \
        epoch_ms(delivered_at) AS delivered_at, key, attempted_key, contract_version, status, reason, rows_read, \
        rows_emitted, rows_rejected, rows_duplicate, rows_blank, rows_landed, raw_url, processed_url, \
        epoch_ms(valid_from) AS valid_from, epoch_ms(valid_to) AS valid_to, epoch_ms(loaded_at) AS loaded_at, run \
        FROM \(OpsTables.deliveries.sqlName) WHERE \(condition) ORDER BY delivered_at, delivery
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

    /// The statement that writes the row anew; `now` is the expression for the time of the transaction.
    func insertion(now: String) -> String {
        let values: [(column: String, value: String)] = [
            ("dataset", SQLText.literal(dataset)), ("delivery", SQLText.literal(delivery)),
            ("file_id", SQLText.literal(fileID)), ("drive_path", SQLText.literal(drivePath)),
            ("modified_time", SQLText.literal(modifiedTime)), ("delivered_at", SQLText.literal(deliveredAt)),
            ("key", SQLText.literal(key)), ("attempted_key", SQLText.literal(attemptedKey)),
            ("contract_version", SQLText.literal(contractVersion)), ("status", SQLText.literal(status.rawValue)),
            ("reason", SQLText.literal(reason)), ("rows_read", SQLText.literal(rows?.read)),
            ("rows_emitted", SQLText.literal(rows?.emitted)), ("rows_rejected", SQLText.literal(rows?.rejected)),
            ("rows_duplicate", SQLText.literal(rows?.duplicates)), ("rows_blank", SQLText.literal(rows?.blank)),
            ("rows_landed", SQLText.literal(rowsLanded)), ("raw_url", SQLText.literal(rawURL)),
            ("processed_url", SQLText.literal(processedURL)), ("valid_from", SQLText.literal(validFrom)),
            ("valid_to", SQLText.literal(validTo)),
            ("loaded_at", loadedAt == nil ? now : SQLText.literal(loadedAt)), ("run", SQLText.literal(run)),
        ]
        let columns = values.map { SQLText.identifier($0.column) }.joined(separator: ", ")
        let row = values.map(\.value).joined(separator: ", ")
        return "INSERT INTO \(OpsTables.deliveries.sqlName) (\(columns)) VALUES (\(row))"
    }

    /// The statement that changes what a delivery's neighbours in the file's history make of it.
    var placement: String {
        """
        UPDATE \(OpsTables.deliveries.sqlName) SET status = \(SQLText.literal(status.rawValue)), \
        valid_from = \(SQLText.literal(validFrom)), valid_to = \(SQLText.literal(validTo)) \
        WHERE delivery = \(SQLText.literal(delivery))
        """
    }
}
