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
        var loader = FileLoader(warehouse: warehouse, table: table, key: key, mode: mode, run: run)
        var asked = AskedFiles()
        for path in files { asked.add(path, try warehouse.describe(path)) }
        for file in asked.present {
            output.report.addInput(StoredFile(path: file.path, byteCount: file.byteCount, sha256: file.sha256))
        }
        let clock = Environment.wallClock()
        let now = UTCTime(seconds: clock.seconds, nanoseconds: clock.nanoseconds)
        if asked.present.isEmpty || dryRun, let first = asked.missing.first {
            var totals = FileTotals(output: output, log: log, table: table)
            for path in asked.missing where !dryRun { try totals.add(missing: path, tells: path != first) }
            throw .noInput("\(first): there is no such file")
        }
        try prepare(&loader, asked.present, log: log)
        if dryRun {
            for batch in loader.batches(of: asked.present) {
                try output.print(script: warehouse.script(.writing, loader.statements(for: batch, now: now)))
            }
            return
        }
        try load(asked, by: &loader, now: now, output: output, log: log)
    }

    /// Loads batch by batch. What cannot be loaded is told and does not keep other files from being loaded, unless their
    /// order matters.
    private func load(
        _ asked: AskedFiles, by loader: inout FileLoader, now: UTCTime, output: ResultOutput, log: Log
    ) throws(StageFailure) {
        var totals = FileTotals(output: output, log: log, table: loader.table)
        defer { totals.tell() }
        for path in asked.missing { try totals.add(missing: path) }
        var setback = asked.missing.first.map { "\($0) is missing" }
        for batch in loader.batches(of: asked.present) {
            if let setback, loader.mode != .append {
                for file in batch {
                    try totals.add(.init(file: file, status: .failed, reason: "not tried: \(setback)"))
                }
                continue
            }
            for result in try asking({ () throws(WarehouseError) in try loader.load(batch, now: now) }) {
                try totals.add(result)
                if !result.status.isGood { setback = "\(result.file.path) is not loaded" }
                for copy in asked.copies(of: result.file) where result.status.isGood {
                    try totals.add(.init(file: copy, status: .skipped, row: result.row))
                }
            }
        }
        if totals.setbackCount > 0 {
            throw .badData("\(totals.setbackCount) of \(files.count) files are not loaded")
        }
    }

    /// Checks that the table is as the contract says, and that it is not one of deliveries where rows would go.
    private func prepare(
        _ loader: inout FileLoader, _ files: [FileLoader.File], log: Log
    ) throws(StageFailure) {
        let catalog = try asking { () throws(WarehouseError) in try loader.readState(for: files) }
        if dryRun, create { return }
        let creation = TableCreation(warehouse: loader.warehouse, landing: [loader.table], evolves: false)
        try refuse(creation.differences(catalog), log: log)
        if !loader.hasLock {
            throw .badConfiguration("ops.locks has no row for \(loader.table.lockName): run with --create")
        }
        if let obstacle = loader.obstacle { throw .badConfiguration(obstacle) }
    }
}

/// The files of the command line: those that are there, each content once, and those that are not.
private struct AskedFiles {
    private(set) var present: [FileLoader.File] = []
    private(set) var missing: [String] = []
    private var repeated: [FileLoader.File] = []

    mutating func add(_ path: String, _ file: FileLoader.File?) {
        guard let file else { return missing.append(path) }
        if present.contains(where: { $0.fingerprint == file.fingerprint }) {
            repeated.append(file)
        } else {
            present.append(file)
        }
    }

    /// Those with the same content, which is loaded once.
    func copies(of file: FileLoader.File) -> [FileLoader.File] {
        repeated.filter { $0.fingerprint == file.fingerprint }
    }
}

/// Prints a line for each file and counts what became of them.
private struct FileTotals {
    let output: ResultOutput
    let log: Log
    let table: TableShape
    private var statuses: [String: Int] = [:]
    private var rowCount = 0
    private(set) var setbackCount = 0

    init(output: ResultOutput, log: Log, table: TableShape) {
        self.output = output
        self.log = log
        self.table = table
    }

    mutating func add(_ result: FileLoader.Result) throws(StageFailure) {
        let (file, row) = (result.file, result.row)
        if result.status == .loaded { rowCount += row?.rowsLanded ?? 0 }
        count(file.path, result.status, result.reason)
        try output.print([
            "path": .string(file.path), "bytes": .integer(file.byteCount), "sha256": .optional(file.sha256),
            "load": load(result.status, row: row, reason: result.reason),
        ])
    }

    /// - Parameter tells: false where the end of the run tells it.
    mutating func add(missing path: String, tells: Bool = true) throws(StageFailure) {
        let reason = "there is no such file"
        count(path, .missing, reason, tells: tells)
        try output.print([
            "path": .string(path), "bytes": .null, "sha256": .null, "load": load(.missing, row: nil, reason: reason),
        ])
    }

    private mutating func count(_ path: String, _ status: FileStatus, _ reason: String?, tells: Bool = true) {
        statuses[status.rawValue, default: 0] += 1
        if status.isGood { return }
        setbackCount += 1
        if tells { log.warning("\(path): \(status.rawValue): \(reason ?? "")", code: "load.\(status.rawValue)") }
    }

    private func load(_ status: FileStatus, row: DeliveryRow?, reason: String?) -> JSONValue {
        var load: JSONObject = [
            "status": .string(status.rawValue), "table": .string(table.shortName),
            "rows": .integer(row?.rowsLanded ?? 0), "loaded_at": .optional(row?.loadedAt?.text),
        ]
        if let reason { load["reason"] = .string(reason) }
        return .object(load)
    }

    func tell() {
        output.report.count("files", statuses.values.reduce(0, +))
        output.report.count("rows", rowCount)
        for (status, count) in statuses.sorted(by: { $0.key < $1.key }) { output.report.count(status, count) }
    }
}
