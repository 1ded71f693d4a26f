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

    private var dialect: SQLDialect { warehouse.dialect }

    struct File: Equatable {
        let path: String
        let byteCount: Int
        /// Nil where only the warehouse has seen the file.
        let sha256: String?
        /// What it is known by: its digest, or the best that the warehouse tells of its content.
        let fingerprint: String
    }

    enum Status: String {
        case loaded
        /// Appended before.
        case skipped
    }

    struct Result {
        let file: File
        let status: Status
        /// Nil in a dry run.
        let row: DeliveryRow?
    }

    /// The files whose rows arrive in one transaction.
    func batches(of files: [File]) -> [[File]] { mode == .replace ? [files] : files.map { [$0] } }

    /// Whether the table holds rows of deliveries, which only `deliver` may change.
    func holdsDeliveries() throws(WarehouseError) -> Bool {
        let query = """
            SELECT count(*) AS deliveries FROM \(dialect.name(OpsTables.deliveries)) WHERE dataset = \
            \(dialect.literal(table.lockName)) AND file_id NOT LIKE '\(Self.identityPrefix)%'
            """
        return try warehouse.run(.reading, [query]).first?["deliveries"]?.integer != 0
    }

    /// Loads one batch, deciding anew when another process loaded the table in between.
    func load(_ batch: [File], now: UTCTime) throws(WarehouseError) -> [Result] {
        for _ in 0..<DeliveryLoader.fenceRetryLimit {
            do throws(WarehouseError) {
                let state = try WarehouseState.read(from: warehouse, files: batch.map(identity)).state
                if let standing = known(batch, state: state) { return standing }
                let answer = try warehouse.run(.writing, statements(for: batch, state: state, now: now))
                let rows = answer.compactMap { DeliveryRow(answer: $0) }
                return batch.map { file in
                    let id = delivery(of: file)
                    return Result(file: file, status: .loaded, row: rows.first { $0.delivery == id })
                }
            } catch {
                guard error == .fenceBroken else { throw error }
            }
        }
        throw .fenceBroken
    }

    /// The results of a batch that was appended before, or nil.
    private func known(_ batch: [File], state: WarehouseState) -> [Result]? {
        guard mode == .append else { return nil }
        var results: [Result] = []
        for file in batch {
            guard let row = state.history(ofFile: identity(of: file)).row(of: delivery(of: file)) else { return nil }
            results.append(Result(file: file, status: .skipped, row: row))
        }
        return results
    }

    /// The transaction of one batch.
    func statements(for batch: [File], state: WarehouseState, now: UTCTime) -> [String] {
        let name = dialect.literal(table.lockName)
        let fence = state.fence(datasets: [table.lockName], next: DeliveryLoader.newHolder(run: run))
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
        // Merging takes rows from files that came before.
        let counted = mode == .merge ? "dataset = \(name)" : "delivery IN (\(dialect.list(batch.map(delivery))))"
        statements.append(dialect.recount(of: table, where: counted))
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
