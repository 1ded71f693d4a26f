internal import Bytes
internal import NDJSON
internal import StageKit

/// What concerns the control tables alone.
extension SFCopy {
    /// `--accept`: flips the delivery and prints the acceptance for the lake.
    func acceptDelivery(
        _ delivery: String, in warehouse: any Warehouse, output: ResultOutput
    ) throws(StageFailure) {
        let clock = Environment.wallClock()
        let now = UTCTime(seconds: clock.seconds, nanoseconds: clock.nanoseconds)
        let person = acceptedBy ?? Environment.value("USER") ?? "unknown"
        let flip = AcceptanceFlip(warehouse: warehouse, delivery: delivery, acceptedBy: person, run: run)
        try output.print(try flip.accept(now: now).line)
    }

    /// `--record-run`: writes one row of ops.runs and the checks that came with it.
    func record(run path: String, in warehouse: any Warehouse, output: ResultOutput) throws(StageFailure) {
        var statements: [String] = []
        try Manifest.forEach(of: path) { (_, document) throws(ManifestError) in
            statements += try RunRecord(document, warehouse.dialect).statements
        }
        if statements.isEmpty { throw .noInput("\(path): there is no run to record") }
        if dryRun { return try output.print(script: warehouse.script(.writing, statements)) }
        try requireControlTables(warehouse)
        _ = try asking { () throws(WarehouseError) in try warehouse.run(.writing, statements) }
    }

    /// `--marts-due`: prints whether the marts must be built.
    func printMartsDue(_ hash: String, in warehouse: any Warehouse, output: ResultOutput) throws(StageFailure) {
        try requireControlTables(warehouse)
        let answer = try asking { () throws(WarehouseError) in
            try warehouse.run(.reading, [RunRecord.martsQuery(projectHash: hash, warehouse.dialect)])
        }
        guard let due = answer.first?["due"]?.bool else {
            throw .badData("the warehouse gave no answer about the marts")
        }
        try output.print(script: due ? "true\n" : "false\n")
    }

    private func requireControlTables(_ warehouse: any Warehouse) throws(StageFailure) {
        let catalog = try asking { () throws(WarehouseError) in try TableCreation.catalog(of: warehouse) }
        for table in [OpsTables.runs, OpsTables.checks, OpsTables.deliveries] where !catalog.has(table) {
            throw .badConfiguration("\(table.shortName) is missing: run with --create")
        }
    }
}
