internal import Bytes
internal import NDJSON
internal import StageKit

/// Loads Parquet files that are no deliveries into one table. Each is known by its content: what was appended once is
/// not appended again, whatever the file is called then.
struct FileLoader {
    /// Marks the control rows of such files.
    static let identityPrefix = "parquet:"

    let warehouse: any Warehouse
    let table: TableShape
    /// The names of the contract's key columns, for merging.
    let key: [String]
    let mode: LoadMode
    let run: String?

    private var identities: [String] = []
    private var state = WarehouseState()

    private var dialect: SQLDialect { warehouse.dialect }

    init(warehouse: any Warehouse, table: TableShape, key: [String], mode: LoadMode, run: String?) {
        self.warehouse = warehouse
        self.table = table
        self.key = key
        self.mode = mode
        self.run = run
    }

    struct File: Equatable {
        let path: String
        let byteCount: Int
        /// Nil where only the warehouse has seen the file.
        let sha256: String?
        /// What it is known by: its digest, or the best that the warehouse tells of its content.
        let fingerprint: String
    }

    struct Result {
        let file: File
        let status: FileStatus
        /// Nil for what is not in the table.
        var row: DeliveryRow?
        var reason: String?
    }

    /// The files whose rows arrive in one transaction.
    func batches(of files: [File]) -> [[File]] { mode == .replace ? [files] : files.map { [$0] } }

    /// Reads what the warehouse knows of all files that are to be loaded, and which tables it has.
    mutating func readState(for files: [File]) throws(WarehouseError) -> WarehouseCatalog {
        identities = files.map(identity)
        let (catalog, state) = try WarehouseState.read(from: warehouse, files: identities, forFiles: true)
        self.state = state
        return catalog
    }

    /// Whether the table can be locked, without which nothing can be loaded.
    var hasLock: Bool { state.hasLock(table.lockName) }

    /// Why the table takes no files in this mode, or nil.
    var obstacle: String? {
        guard mode != .append, state.hasDeliveries(table.lockName) else { return nil }
        return "\(table.shortName) holds deliveries, which --mode \(mode.rawValue) would break: name another --table"
    }

    /// Loads one batch, deciding anew when another process loaded the table in between. What is refused is told of each
    /// file; throws only what concerns all batches.
    mutating func load(_ batch: [File], now: UTCTime) throws(WarehouseError) -> [Result] {
        for _ in 0..<DeliveryLoader.fenceRetryLimit {
            do throws(WarehouseError) {
                return try attempt(batch, now: now)
            } catch {
                switch error {
                case .fenceBroken: break
                case .refused(let message), .wrongCount(let message):
                    return results(batch, FileFinding.refused(batch.map(\.path), message), rows: [])
                default: throw error
                }
            }
            state = try WarehouseState.read(from: warehouse, files: identities, forFiles: true).state
        }
        throw .fenceBroken
    }

    private mutating func attempt(_ batch: [File], now: UTCTime) throws(WarehouseError) -> [Result] {
        if let standing = known(batch) { return standing }
        if let obstacle { throw .refused(obstacle) }
        let fence = state.fence(datasets: [table.lockName], next: DeliveryLoader.newHolder(run: run))
        let answer = try warehouse.run(.writing, statements(for: batch, fence: fence, now: now))
        let rows = answer.compactMap { DeliveryRow(answer: $0) }
        state.apply(rows, fence: fence)
        let findings = CopyReport(answer: answer)?.findings(batch.map(\.path)) ?? []
        return results(batch, findings, rows: rows)
    }

    private func results(_ batch: [File], _ findings: [FileFinding], rows: [DeliveryRow]) -> [Result] {
        batch.enumerated().map { index, file in
            let id = delivery(of: file)
            let finding = index < findings.count ? findings[index] : nil
            return Result(
                file: file, status: finding?.status ?? .loaded, row: rows.first { $0.delivery == id },
                reason: finding?.reason)
        }
    }

    /// The results of a batch that was appended before, or nil.
    private func known(_ batch: [File]) -> [Result]? {
        guard mode == .append else { return nil }
        var results: [Result] = []
        for file in batch {
            guard let row = state.history(ofFile: identity(of: file)).row(of: delivery(of: file)) else { return nil }
            results.append(Result(file: file, status: .skipped, row: row))
        }
        return results
    }

    /// The transaction of one batch, as a dry run shows it.
    func statements(for batch: [File], now: UTCTime) -> [String] {
        let fence = state.fence(datasets: [table.lockName], next: DeliveryLoader.newHolder(run: run))
        return statements(for: batch, fence: fence, now: now)
    }

    private func statements(for batch: [File], fence: LoadScript.Fence, now: UTCTime) -> [String] {
        let name = dialect.literal(table.lockName)
        let arrivals = batch.enumerated().map { index, file in
            warehouse.arrival(
                of: [LakeFile(url: file.path, byteCount: nil)], for: table, delivery: delivery(of: file),
                holder: "\(fence.next)_\(index)", key: mode == .merge ? key : [])
        }
        var statements = arrivals.flatMap(\.preparation) + ["BEGIN TRANSACTION"] + fence.statements(dialect)
        if mode == .replace {
            statements.append("DELETE FROM \(dialect.name(table))")
            statements.append("DELETE FROM \(dialect.name(OpsTables.deliveries)) WHERE dataset = \(name)")
        }
        for (file, arrival) in zip(batch, arrivals) { statements += self.statements(for: file, arrival, now: now) }
        if mode == .merge {
            // Merging takes rows from files that came before.
            statements.append(dialect.recount(of: table, where: "dataset = \(name)"))
        } else {
            statements += batch.map { dialect.recount(of: table, delivery: delivery(of: $0)) }
        }
        return statements + [
            "COMMIT", DeliveryRow.query(where: "delivery IN (\(dialect.list(batch.map(delivery))))", dialect),
        ]
    }

    private func statements(for file: File, _ arrival: Arrival, now: UTCTime) -> [String] {
        let id = dialect.literal(delivery(of: file))
        var statements: [String] = []
        if mode == .merge {
            statements += arrival.insertion
        } else {
            statements.append("DELETE FROM \(dialect.name(table)) WHERE _delivery = \(id)")
            statements += arrival.insertion
            statements.append(
                dialect.check(
                    "(SELECT count(*) FROM \(dialect.name(table)) WHERE _delivery = \(id)) = "
                        + "(SELECT count(*) FROM \(arrival.source))",
                    mark: WarehouseError.countMark, detail: "'not every row of the file arrived'"))
        }
        statements.append("DELETE FROM \(dialect.name(OpsTables.deliveries)) WHERE delivery = \(id)")
        statements.append(controlRow(of: file, now: now).insertion(dialect))
        return statements
    }

    private func controlRow(of file: File, now: UTCTime) -> DeliveryRow {
        var row = DeliveryRow(
            dataset: table.lockName, delivery: delivery(of: file), fileID: identity(of: file), drivePath: file.path,
            deliveredAt: now, key: file.fingerprint, status: .current, run: run)
        row.validFrom = now
        return row
    }

    /// What the file's rows are known by in the table.
    func delivery(of file: File) -> String {
        DeliveryRecord.deliveryID(fileID: identity(of: file), version: table.lockName, previous: nil)
    }

    private func identity(of file: File) -> String { Self.identityPrefix + file.fingerprint }
}
