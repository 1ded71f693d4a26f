internal import Contracts
internal import NDJSON

/// What of a dataset counts before a run, and which of its files are set aside. Asked for where files are to be deleted:
/// nothing holds a deletion back for longer than one run, and no guard compares it, so that a run has to tell what it does.
struct DatasetStanding: Equatable {
    /// More files that are set aside are not asked for.
    static let fileLimit = 1000

    /// A file whose newest delivery is failed or quarantined.
    struct SetAside: Equatable {
        let fileID: String
        let drivePath: String
        let status: DeliveryStatus
    }

    let currentRows: Int
    /// In the order of their paths.
    let setAside: [SetAside]

    /// The queries whose rows `init(answer:)` takes.
    static func queries(of dataset: String, _ dialect: SQLDialect) -> [String] {
        let own = "FROM \(dialect.name(OpsTables.deliveries)) WHERE dataset = \(dialect.literal(dataset))"
        return [
            "SELECT 'standing' AS kind, CAST(coalesce(sum(rows_landed), 0) AS BIGINT) AS row_count \(own) AND status = 'current'",
            """
            SELECT 'aside' AS kind, file_id, drive_path, status \(own) QUALIFY row_number() OVER (PARTITION BY file_id \
            ORDER BY delivered_at DESC, delivery DESC) = 1 AND status IN ('failed', 'quarantined') \
            ORDER BY drive_path, file_id LIMIT \(fileLimit)
            """,
        ]
    }

    init(currentRows: Int, setAside: [SetAside]) {
        self.currentRows = currentRows
        self.setAside = setAside
    }

    /// Nil when it was not asked for.
    init?(answer rows: [JSONObject]) {
        guard let row = rows.first(where: { $0["kind"]?.string == "standing" }) else { return nil }
        currentRows = row["row_count"]?.integer ?? 0
        setAside = rows.compactMap { row in
            guard row["kind"]?.string == "aside", let fileID = row["file_id"]?.string,
                let status = row["status"]?.string.flatMap(DeliveryStatus.init(rawValue:))
            else { return nil }
            return SetAside(fileID: fileID, drivePath: row["drive_path"]?.string ?? fileID, status: status)
        }
    }
}

extension WarehouseState {
    /// The rows of these files that count in a dataset.
    func currentRows(ofFiles files: [String], in dataset: String) -> Int {
        files.reduce(0) { sum, file in
            sum
                + history(ofFile: file).rows.filter { $0.status == .current && $0.dataset == dataset }
                .reduce(0) { $0 + ($1.rowsLanded ?? 0) }
        }
    }
}

extension DeliveryLoader {
    /// How many rows of the dataset counted before this run and count now; nil where nothing was to be deleted.
    var currentRows: (before: Int, after: Int)? {
        guard let standing else { return nil }
        let touched = state.currentRows(ofFiles: files, in: dataset.name)
        return (standing.currentRows, standing.currentRows - rowsTouchedAtStart + touched)
    }

    /// What a person has to know of a dataset that has lost more than its guard lets one file lose; nil otherwise.
    /// Design: the guard compares a file with itself, so that a renamed or split file passes it by.
    var shrinkageMessage: String? {
        guard let (before, after) = currentRows, after < before,
            dataset.guards.maximumShrink.isExceeded(by: before - after, of: before)
        else { return nil }
        return "\(dataset.name): \(after) rows are current after this run, \(before) were before: more are gone than "
            + "maxShrink \(dataset.guards.maximumShrink) lets one file lose, and no guard holds deletions back. If files were "
            + "renamed, split or lost by mistake, put them back at the source"
    }

    /// Why the end of a file's rows deserves a look: another file of the dataset, in which they may be now, is set aside.
    func deletionNote(_ line: DeliveryLine, rowCount: Int) -> String? {
        let aside = (standing?.setAside ?? []).filter { other in
            other.fileID != line.record.fileID
                && !(state.history(ofFile: other.fileID).rows.last?.status.isGood ?? false)
        }
        guard rowCount > 0, let first = aside.first else { return nil }
        let more = aside.count > 1 ? " and \(aside.count - 1) more" : ""
        return "its \(rowCount) rows are no longer current, although \(first.drivePath)\(more) of \(dataset.name) is "
            + "\(first.status.rawValue): a deletion waits one run only. If these rows moved there, mend that file or put "
            + "this one back"
    }

    /// Why a deletion waits, and for how long.
    func postponementReason(rowCount: Int) -> String {
        "another delivery of \(dataset.name) is not good in this run; the next run in which none fails ends these "
            + "\(rowCount) rows, whether that one is mended or not"
    }
}
