internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

extension SFCopy {
    /// Files: loads those that are no deliveries and prints a line for each as its transaction commits.
    func loadFiles(
        _ mode: LoadMode, to warehouse: any Warehouse, output: ResultOutput, log: Log
    ) throws(StageFailure) {
        let dataset = try loadDataset(contract ?? "", log: log)
        let table = TableShape.landing(dataset, as: try tableName())
        let key = dataset.primaryKey.map { dataset.fields[$0].name }
        if mode == .merge, key.isEmpty { throw .badConfiguration("\(contract ?? ""): merging needs a primary key") }
        let loader = FileLoader(warehouse: warehouse, table: table, key: key, mode: mode, run: run)
        var chosen: [FileLoader.File] = []
        for file in try warehouse.describe(files) {
            output.report.addInput(StoredFile(path: file.path, byteCount: file.byteCount, sha256: file.sha256 ?? ""))
            // The same content twice is the same file twice.
            if !chosen.contains(where: { $0.fingerprint == file.fingerprint }) { chosen.append(file) }
        }
        let clock = Environment.wallClock()
        let now = UTCTime(seconds: clock.seconds, nanoseconds: clock.nanoseconds)
        let state = try prepare(loader, log: log)
        var rowCount = 0
        for batch in loader.batches(of: chosen) {
            if dryRun {
                let statements = loader.statements(for: batch, state: state, now: now)
                try output.print(script: warehouse.script(.writing, statements))
                continue
            }
            for result in try asking({ () throws(WarehouseError) in try loader.load(batch, now: now) }) {
                rowCount += result.status == .loaded ? result.row?.rowsLanded ?? 0 : 0
                try output.print(result.document(table: table))
            }
        }
        output.report.count("files", chosen.count)
        output.report.count("rows", rowCount)
    }

    /// Checks that the table is as the contract says, and that it is not one of deliveries where rows would go.
    private func prepare(_ loader: FileLoader, log: Log) throws(StageFailure) -> WarehouseState {
        let (catalog, state) = try asking { () throws(WarehouseError) in
            try WarehouseState.read(from: loader.warehouse, files: [])
        }
        if dryRun, create { return state }
        let creation = TableCreation(warehouse: loader.warehouse, landing: [loader.table], evolves: false)
        try refuse(creation.differences(catalog), log: log)
        if !state.hasLock(loader.table.lockName) {
            throw .badConfiguration("ops.locks has no row for \(loader.table.lockName): run with --create")
        }
        let holdsDeliveries = try asking { () throws(WarehouseError) in try loader.holdsDeliveries() }
        if loader.mode != .append, holdsDeliveries {
            throw .badConfiguration(
                "\(loader.table.shortName) holds deliveries, which --mode \(loader.mode.rawValue) would break: "
                    + "name another --table")
        }
        return state
    }
}

extension FileLoader.Result {
    /// A line of results.
    func document(table: TableShape) -> JSONObject {
        [
            "path": .string(file.path), "bytes": .integer(file.byteCount), "sha256": .optional(file.sha256),
            "load": .object([
                "status": .string(status.rawValue), "table": .string(table.shortName),
                "rows": .integer(row?.rowsLanded ?? 0), "loaded_at": .optional(row?.loadedAt?.text),
            ]),
        ]
    }
}
