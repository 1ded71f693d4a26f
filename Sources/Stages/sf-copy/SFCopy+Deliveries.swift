internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

extension SFCopy {
    /// `--manifest`: loads the lines of one dataset and prints each, grown by `load`, as its transaction commits.
    func deliver(
        _ path: String, to warehouse: any Warehouse, output: ResultOutput, log: Log
    ) throws(StageFailure) {
        let dataset = try loadDataset(contract ?? "", log: log)
        let lines = try readLines(path, dataset: dataset.name, output: output)
        var loader = DeliveryLoader(warehouse: warehouse, dataset: dataset, run: run, log: log, isDryRun: dryRun)
        try prepare(&loader, lines, log: log)
        var totals = LoadTotals()
        defer { totals.tell(output.report) }
        for line in DeliveryLoader.ordered(lines) {
            let result = try asking { () throws(WarehouseError) in try loader.load(line) }
            totals.add(result)
            if result.needsALook {
                log.warning(result.message, code: result.warningCode)
                output.report.warn(result.warningCode)
            }
            if dryRun {
                let script = result.statements.isEmpty ? "" : warehouse.script(.writing, result.statements)
                try output.print(script: script)
            } else {
                try output.print(result.document(table: loader.table))
            }
        }
        tellShrinkage(loader, output: output, log: log)
        if totals.setbackCount > 0 {
            throw .badData(
                "\(totals.setbackCount) of \(lines.count) deliveries of \(dataset.name) are not loaded as good")
        }
    }

    /// Deletions are held back by no guard: what they leave is told.
    private func tellShrinkage(_ loader: DeliveryLoader, output: ResultOutput, log: Log) {
        guard let (before, after) = loader.currentRows else { return }
        output.report.count("current_rows_before", before)
        output.report.count("current_rows_after", after)
        guard let message = loader.shrinkageMessage else { return }
        log.warning(message, code: "load.shrunk")
        output.report.warn("load.shrunk")
    }

    /// The lines that bring something. Those of unchanged files are printed as they are. One line that is wrong, or of
    /// another dataset, ends the run before anything is loaded.
    private func readLines(
        _ path: String, dataset: String, output: ResultOutput
    ) throws(StageFailure) -> [DeliveryLine] {
        var lines: [DeliveryLine] = []
        var unchanged: [JSONObject] = []
        try Manifest.forEach(of: path) { (_, document) throws(ManifestError) in
            let record = try ManifestRecord(document)
            guard record.dataset == dataset else {
                throw ManifestError("it is of dataset \(record.dataset ?? "null"), the contract of \(dataset)")
            }
            if let line = try DeliveryLine(record) { lines.append(line) } else { unchanged.append(document) }
        }
        if !dryRun { for document in unchanged { try output.print(document) } }
        return lines
    }

    /// Checks that the tables are as the contract says, and reads what the warehouse knows of the files.
    private func prepare(
        _ loader: inout DeliveryLoader, _ lines: [DeliveryLine], log: Log
    ) throws(StageFailure) {
        let catalog = try asking { () throws(WarehouseError) in try loader.readState(for: lines) }
        // A dry run with --create shows what it would make and goes on as if it were there.
        if dryRun, create { return }
        let creation = TableCreation(warehouse: loader.warehouse, landing: [loader.table], evolves: false)
        try refuse(creation.differences(catalog), log: log)
        if !loader.hasLock {
            throw .badConfiguration("ops.locks has no row for \(loader.table.lockName): run with --create")
        }
    }
}

/// What a run of deliveries came to, for the report.
struct LoadTotals {
    private(set) var setbackCount = 0
    private var statuses: [String: Int] = [:]
    private var rowCount = 0

    mutating func add(_ result: DeliveryLoader.Result) {
        statuses[result.outcome.status.rawValue, default: 0] += 1
        rowCount += result.outcome.rowsLanded
        if !result.isGood { setbackCount += 1 }
    }

    func tell(_ report: RunReport) {
        report.count("deliveries", statuses.values.reduce(0, +))
        report.count("rows", rowCount)
        for (status, count) in statuses.sorted(by: { $0.key < $1.key }) { report.count(status, count) }
    }
}

extension DeliveryLoader.Result {
    /// The manifest line grown by `load`.
    func document(table: TableShape) -> JSONObject {
        var load: JSONObject = [
            "status": .string(outcome.status.rawValue), "table": .string(table.shortName),
            "rows": .integer(outcome.rowsLanded), "loaded_at": .optional(outcome.loadedAt?.text),
        ]
        if let reason = outcome.reason { load["reason"] = .string(reason) }
        if !findings.isEmpty { load["files"] = .array(findings.map { .object($0.document) }) }
        var document = line.record.document
        document["load"] = .object(load)
        return document
    }

    /// One line for a person.
    var message: String {
        "\(line.record.drivePath) (delivery \(line.record.delivery)): \(outcome.status.rawValue): "
            + (outcome.reason ?? findings.first { !$0.status.isGood }?.reason ?? "no reason was given")
    }

    /// Whatever is not good, and a good deletion of which something is to be told.
    var needsALook: Bool { !isGood || (line.isDeletion && outcome.reason != nil) }

    var warningCode: String { "load.\(outcome.status.rawValue)" }
}
