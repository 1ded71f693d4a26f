internal import NDJSON
internal import StageKit

extension SFCopy {
    /// `--pending`: prints the delivery records that the warehouse lacks, with their dataset and processing key.
    func printPending(of warehouse: any Warehouse, output: ResultOutput, log: Log) throws(StageFailure) {
        let finder = PendingDeliveries(contracts: try loadContracts(contracts ?? "", log: log), retries: retry)
        let (records, acceptances) = try readRecords(manifest ?? "-")
        let known = try asking { () throws(WarehouseError) in try knownDeliveries(of: warehouse) }
        let found = finder.find(in: records, acceptances: acceptances, known: known)
        for path in found.unmatched { log.warning("\(path): no contract asks for it", code: "pending.unmatched") }
        for (dataset, unclaimed) in found.unclaimed.sorted(by: { $0.key < $1.key }) {
            log.warning(
                "\(dataset): \(unclaimed.rowCount) rows of \(unclaimed.fileCount) files that no contract asks for any more are "
                    + "still current (\(unclaimed.example)), and a rebuild would not have them. Let a contract name the files "
                    + "again, or rebuild (scripts/replay)", code: "pending.unclaimed")
            output.report.warn("pending.unclaimed", times: unclaimed.fileCount)
        }
        for delivery in found.strayAcceptances {
            log.warning("delivery \(delivery) is accepted and has no record", code: "pending.strayAcceptance")
        }
        output.report.count("records", found.recordCount)
        output.report.count("pending", found.pending.count)
        output.report.count("unmatched", found.unmatched.count)
        if let first = found.contested.first {
            for (path, datasets) in found.contested.dropFirst() {
                log.error("\(path): more than one contract asks for it: \(datasets.joined(separator: ", "))")
            }
            throw .badConfiguration(
                "\(first.path): more than one contract asks for it: \(first.datasets.joined(separator: ", "))")
        }
        for line in found.pending { try output.print(line) }
    }

    private func readRecords(
        _ path: String
    ) throws(StageFailure) -> (records: [ManifestRecord], acceptances: [Acceptance]) {
        var records: [ManifestRecord] = []
        var acceptances: [Acceptance] = []
        try Manifest.forEach(of: path) { (_, document) throws(ManifestError) in
            if Acceptance.isOne(document) {
                acceptances.append(try Acceptance(document))
            } else {
                records.append(try ManifestRecord(document))
            }
        }
        return (records, acceptances)
    }

    /// All deliveries of the warehouse; none where there is no warehouse or no control table yet.
    private func knownDeliveries(of warehouse: any Warehouse) throws(WarehouseError) -> [DeliveryRow] {
        guard try TableCreation.catalog(of: warehouse).has(OpsTables.deliveries) else { return [] }
        return try warehouse.run(.reading, [DeliveryRow.query(where: "true", warehouse.dialect)]).compactMap {
            DeliveryRow(answer: $0)
        }
    }
}
