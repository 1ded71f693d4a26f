internal import Bytes
internal import Contracts

/// What is to be done for one line of the manifest: decided from the line and what the warehouse knows of the file,
/// without touching either. Section "Deliveries, exactly" of the design has the rules.
enum LoadPlan: Equatable {
    /// The warehouse has it already.
    case nothing(LoadOutcome)
    /// One transaction.
    case change(Change)

    struct Change: Equatable {
        let outcome: LoadOutcome
        /// The delivery's row, with its place in time, and the other deliveries of the file that change theirs.
        let row: DeliveryRow
        let neighbours: [DeliveryRow]
        /// Where rows of the delivery lie that must go first.
        let formerDataset: String?
        let landing: Landing
        /// The file's history after the change.
        let history: FileHistory
    }

    /// What becomes of the delivery's rows.
    enum Landing: Equatable {
        /// They stay as they are, or there are none.
        case keep
        /// They are replaced by what the Parquet files hold.
        case replace
        /// They go.
        case remove
    }
}

/// What is told of a delivery.
struct LoadOutcome: Equatable {
    enum Status: String {
        case current
        case superseded
        case deleted
        case quarantined
        case failed
        /// A later processing of a good delivery was set aside: its former rows stay.
        case kept
        /// A deletion that waits until every other delivery of the dataset is good.
        case postponed
        /// The warehouse took nothing of it.
        case refused

        var isGood: Bool { self == .current || self == .superseded || self == .deleted }

        init(_ status: DeliveryStatus) {
            switch status {
            case .current: self = .current
            case .superseded: self = .superseded
            case .deleted: self = .deleted
            case .quarantined: self = .quarantined
            case .failed: self = .failed
            }
        }
    }

    var status: Status
    var reason: String?
    var rowsLanded: Int
    /// Nil when nothing of the delivery is in the warehouse, or until the transaction has told it.
    var loadedAt: UTCTime?
}

extension LoadPlan {
    /// Why a processing was set aside that could not be done at all. Accepting cannot help there.
    static let failurePrefix = "failed: "
    /// Why an accepted delivery would have been quarantined.
    static let acceptedPrefix = "accepted: "

    /// - Parameters:
    ///   - history: all deliveries of the file that the warehouse knows.
    ///   - run: the name of this run, for the control row.
    init(_ line: DeliveryLine, history: FileHistory, guards: GuardSettings, run: String?) {
        let planner = Planner(line: line, history: history, guards: guards, run: run)
        switch line.work {
        case .deletion: self = planner.planDeletion()
        case .failure(let key, let version, let reason):
            self = planner.planFailure(key: key, contractVersion: version, reason: reason)
        case .rows(let processed): self = planner.planRows(processed)
        }
    }

    /// Makes a quarantined delivery current, or superseded where a newer one is.
    static func acceptance(of row: DeliveryRow, at acceptedAt: UTCTime, history: FileHistory) -> LoadPlan {
        var row = row
        row.status = .current
        row.reason = row.reason.map { acceptedPrefix + $0 }
        row.validFrom = acceptedAt
        return change(to: row, history: history, landing: .keep)
    }

    /// Puts a row into the history and gathers what that changes.
    fileprivate static func change(to row: DeliveryRow, history: FileHistory, landing: Landing) -> LoadPlan {
        let former = history.row(of: row.delivery)
        var changed = history
        var row = row
        row.loadedAt = nil
        let neighbours = changed.put(row)
        let placed = changed.row(of: row.delivery) ?? row
        let formerDataset = former.flatMap { ($0.rowsLanded ?? 0) > 0 ? $0.dataset : nil }
        return .change(
            Change(
                outcome: LoadOutcome(
                    status: .init(placed.status), reason: placed.reason, rowsLanded: placed.rowsLanded ?? 0),
                row: placed, neighbours: neighbours, formerDataset: landing == .keep ? nil : formerDataset,
                landing: landing, history: changed))
    }
}

/// The cases, one function each.
private struct Planner {
    let line: DeliveryLine
    let history: FileHistory
    let guards: GuardSettings
    let run: String?

    private var standing: DeliveryRow? { history.row(of: line.record.delivery) }

    func planDeletion() -> LoadPlan {
        if let standing, standing.status == .deleted { return already(standing) }
        var row = newRow(status: .deleted, key: nil, contractVersion: nil)
        row.rowsLanded = 0
        return LoadPlan.change(to: row, history: history, landing: .remove)
    }

    func planFailure(key: String, contractVersion: String?, reason: String) -> LoadPlan {
        if let standing, standing.key == key, standing.dataset == line.dataset { return already(standing) }
        if let standing, standing.status.isGood {
            return keep(standing, attemptedKey: key, reason: LoadPlan.failurePrefix + reason)
        }
        var row = newRow(status: .failed, key: key, contractVersion: contractVersion)
        row.reason = reason
        row.rowsLanded = 0
        return LoadPlan.change(to: row, history: history, landing: .remove)
    }

    func planRows(_ processed: ProcessedRows) -> LoadPlan {
        let acceptedAt = line.record.acceptedAt
        if let standing, standing.key == processed.key, standing.dataset == line.dataset {
            if standing.status == .quarantined, let acceptedAt {
                return .acceptance(of: standing, at: acceptedAt, history: history)
            }
            if standing.status != .failed { return already(standing) }
        }
        let breach = breach(processed.counts)
        if let breach, acceptedAt == nil, let standing, standing.status.isGood {
            return keep(standing, attemptedKey: processed.key, reason: breach)
        }
        var row = newRow(
            status: breach != nil && acceptedAt == nil ? .quarantined : .current, key: processed.key,
            contractVersion: processed.contractVersion)
        row.reason = breach.map { acceptedAt == nil ? $0 : LoadPlan.acceptedPrefix + $0 }
        row.rows = processed.counts
        row.rowsLanded = processed.counts?.emitted
        row.processedURL = processed.folder
        if row.status.isGood { row.validFrom = acceptedAt ?? line.record.deliveredAt }
        return LoadPlan.change(to: row, history: history, landing: .replace)
    }

    private func breach(_ counts: RowCounts?) -> String? {
        guard let counts else { return nil }
        let previous = history.previousGood(before: line.record.deliveredAt, otherThan: line.record.delivery)
        return guards.breach(
            read: counts.read, rejected: counts.rejected, emitted: counts.emitted,
            previousEmitted: previous?.rows?.emitted)?.description
    }

    private func already(_ standing: DeliveryRow) -> LoadPlan {
        .nothing(
            LoadOutcome(
                status: .init(standing.status), reason: standing.reason, rowsLanded: standing.rowsLanded ?? 0,
                loadedAt: standing.loadedAt))
    }

    /// Notes a processing that was set aside; everything else of the delivery stays, and nothing that is current changes.
    private func keep(_ standing: DeliveryRow, attemptedKey: String, reason: String) -> LoadPlan {
        let outcome = LoadOutcome(
            status: .kept, reason: reason, rowsLanded: standing.rowsLanded ?? 0, loadedAt: standing.loadedAt)
        if standing.attemptedKey == attemptedKey { return .nothing(outcome) }
        var row = standing
        row.attemptedKey = attemptedKey
        row.reason = reason
        var changed = history
        _ = changed.put(row)
        return .change(
            LoadPlan.Change(
                outcome: outcome, row: row, neighbours: [], formerDataset: nil, landing: .keep, history: changed))
    }

    private func newRow(status: DeliveryStatus, key: String?, contractVersion: String?) -> DeliveryRow {
        let record = line.record
        return DeliveryRow(
            dataset: line.dataset, delivery: record.delivery, fileID: record.fileID, drivePath: record.drivePath,
            modifiedTime: record.modifiedTime, deliveredAt: record.deliveredAt, key: key,
            contractVersion: contractVersion,
            status: status, rawURL: record.rawURL, run: run)
    }
}
