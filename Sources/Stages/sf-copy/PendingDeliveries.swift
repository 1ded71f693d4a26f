internal import Bytes
internal import Contracts
internal import Digests
internal import NDJSON
internal import StageKit

/// Pending = the deliveries of the lake minus those that the warehouse has with the same processing key.
struct PendingDeliveries {
    let contracts: ContractDirectory
    /// Ask for deliveries again that failed or were set aside with the same key.
    let retries: Bool

    private let contractDigests: [String: String]

    init(contracts: ContractDirectory, retries: Bool) {
        self.contracts = contracts
        self.retries = retries
        var digests: [String: String] = [:]
        for contract in contracts.contracts {
            let digest = MessageDigest.hex(.sha256, of: contract.bytes)
            for dataset in contract.datasets { digests[dataset.name] = digest }
        }
        contractDigests = digests
    }

    /// Deliveries that are current in a dataset whose contract has stopped asking for them. A rebuild would lack them.
    struct Unclaimed {
        var fileCount = 0
        var rowCount = 0
        var example = ""

        mutating func add(_ record: ManifestRecord, _ known: DeliveryRow) {
            if fileCount == 0 { example = "\(record.drivePath), delivery \(record.delivery)" }
            fileCount += 1
            rowCount += known.rowsLanded ?? 0
        }
    }

    /// What was found in a stream of records.
    struct Found {
        /// Lines to print, by time of delivery.
        var pending: [JSONObject] = []
        /// Paths that no contract asks for.
        var unmatched: [String] = []
        /// What the warehouse still has of those, by dataset.
        var unclaimed: [String: Unclaimed] = [:]
        /// Paths that several contracts ask for, with these: the contracts contradict each other.
        var contested: [(path: String, datasets: [String])] = []
        /// Acceptances of deliveries that have no record.
        var strayAcceptances: [String] = []
        var recordCount = 0
    }

    /// - Parameters:
    ///   - records: delivery records, and among them acceptances.
    ///   - known: the deliveries of the warehouse.
    func find(
        in records: [ManifestRecord], acceptances: [Acceptance], known: [DeliveryRow]
    ) -> Found {
        var found = Found()
        let known = Dictionary(known.map { ($0.delivery, $0) }, uniquingKeysWith: { first, _ in first })
        let accepted = Dictionary(
            acceptances.map { ($0.delivery, $0.acceptedAt) }, uniquingKeysWith: { min($0, $1) })
        let identities = Set(records.map(\.delivery))
        found.strayAcceptances = accepted.keys.filter { !identities.contains($0) }.sorted()
        found.recordCount = records.count
        let order = records.sorted { ($0.deliveredAt, $0.delivery) < ($1.deliveredAt, $1.delivery) }
        for record in order where record.kind != .unchanged {
            switch contracts.routing.route(record.drivePath) {
            case .none:
                found.unmatched.append(record.drivePath)
                if let known = known[record.delivery], known.status == .current {
                    found.unclaimed[known.dataset, default: Unclaimed()].add(record, known)
                }
            case .many(let datasets): found.contested.append((record.drivePath, datasets))
            case .one(let dataset):
                let pending = Pending(
                    record: record, dataset: dataset, key: key(of: record, dataset: dataset),
                    acceptedAt: accepted[record.delivery])
                if pending.isDue(known[record.delivery], retries: retries) {
                    found.pending.append(pending.line(known[record.delivery]))
                }
            }
        }
        return found
    }

    /// The processing key: what the rows depend on. A deletion has none.
    func key(of record: ManifestRecord, dataset: String) -> String? {
        guard record.kind == .new, let sha256 = record.sha256, let contract = contractDigests[dataset] else {
            return nil
        }
        return MessageDigest.hex(.sha256, of: "\(sha256)\n\(contract)\n\(formatNumber)")
    }
}

/// A record that its contract asks for.
private struct Pending {
    let record: ManifestRecord
    let dataset: String
    let key: String?
    let acceptedAt: UTCTime?

    func isDue(_ known: DeliveryRow?, retries: Bool) -> Bool {
        guard let known else { return true }
        if record.kind == .deleted { return false }
        if known.dataset != dataset { return known.attemptedKey != key || retries }
        if known.key == key {
            switch known.status {
            case .failed: return retries
            case .quarantined: return acceptedAt != nil
            case .current, .superseded, .deleted: return false
            }
        }
        if known.attemptedKey == key {
            // Set aside: only a person's word or a retry brings it again.
            return retries || acceptedAt.map { $0 != known.validFrom } ?? false
        }
        return true
    }

    func line(_ known: DeliveryRow?) -> JSONObject {
        var line = record.document
        line["dataset"] = .string(dataset)
        if let key { line["process"] = .object(["key": .string(key)]) }
        line["accepted_at"] = acceptedAt.map { .string($0.text) }
        let isFlip = known.map { $0.status == .quarantined && $0.key == key && acceptedAt != nil } ?? false
        line["flip"] = isFlip ? .bool(true) : nil
        return line
    }
}
