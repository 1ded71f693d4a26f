internal import Bytes
internal import NDJSON
internal import StageKit

/// Loads Parquet files that are no deliveries into one table. Each is known by its content: what was appended once is
/// not appended again, whatever the file is called then.
struct FileLoader {
    /// Marks the control rows of such files.
    static let identityPrefix = "parquet:"

    let warehouse: DuckDBWarehouse
    let table: TableShape
    /// The names of the contract's key columns, for merging.
    let key: [String]
    let mode: LoadMode
    let run: String?

    private var dialect: SQLDialect { warehouse.dialect }

    struct File: Equatable {
        let path: String
        let byteCount: Int
        let sha256: String
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
            \(dialect.literal(table.lockName)) AND NOT starts_with(file_id, '\(Self.identityPrefix)')
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
        var statements = ["BEGIN TRANSACTION"] + fence.statements(dialect)
        if mode == .replace {
            statements.append("DELETE FROM \(dialect.name(table))")
            statements.append("DELETE FROM \(dialect.name(OpsTables.deliveries)) WHERE dataset = \(name)")
        }
        for file in batch { statements += self.statements(for: file, now: now) }
        // Merging takes rows from files that came before.
        let counted = mode == .merge ? "dataset = \(name)" : "delivery IN (\(dialect.list(batch.map(delivery))))"
        statements.append(
            """
            UPDATE \(dialect.name(OpsTables.deliveries)) AS control SET rows_landed = \
            (SELECT count(*) FROM \(dialect.name(table)) WHERE _delivery = control.delivery) WHERE \(counted)
            """)
        return statements + [
            "COMMIT", DeliveryRow.query(where: "delivery IN (\(dialect.list(batch.map(delivery))))", dialect),
        ]
    }

    private func statements(for file: File, now: UTCTime) -> [String] {
        let id = dialect.literal(delivery(of: file))
        let source = ParquetFiles.source([LakeFile(url: file.path, byteCount: nil)], numbersRows: mode == .merge)
        var statements: [String] = []
        if mode == .merge {
            let keys = key.map(SQLText.identifier)
            let match = keys.map { "landed.\($0) IS NOT DISTINCT FROM arriving.\($0)" }.joined(separator: " AND ")
            statements.append("DELETE FROM \(dialect.name(table)) AS landed USING \(source) AS arriving WHERE \(match)")
            // Of rows with the same key in one file the last one counts.
            statements.append(
                """
                INSERT INTO \(dialect.name(table)) BY NAME SELECT * EXCLUDE (file_row_number), \(id) AS _delivery, \
                \(dialect.now) AS _loaded_at FROM \(source) \
                QUALIFY row_number() OVER (PARTITION BY \(keys.joined(separator: ", ")) ORDER BY file_row_number DESC) = 1
                """)
        } else {
            statements.append("DELETE FROM \(dialect.name(table)) WHERE _delivery = \(id)")
            statements.append(
                """
                INSERT INTO \(dialect.name(table)) BY NAME SELECT *, \(id) AS _delivery, \(dialect.now) AS _loaded_at \
                FROM \(source)
                """)
            statements.append(
                """
                SELECT CASE WHEN (SELECT count(*) FROM \(dialect.name(table)) WHERE _delivery = \(id)) \
                <> (SELECT count(*) FROM \(source)) THEN error('\(WarehouseError.countMark): not every row of the file \
                arrived') END AS checked
                """)
        }
        statements.append("DELETE FROM \(dialect.name(OpsTables.deliveries)) WHERE delivery = \(id)")
        statements.append(controlRow(of: file, now: now).insertion(dialect))
        return statements
    }

    private func controlRow(of file: File, now: UTCTime) -> DeliveryRow {
        var row = DeliveryRow(
            dataset: table.lockName, delivery: delivery(of: file), fileID: identity(of: file), drivePath: file.path,
            deliveredAt: now, key: file.sha256, status: .current, run: run)
        row.validFrom = now
        return row
    }

    /// What the file's rows are known by in the table.
    func delivery(of file: File) -> String {
        DeliveryRecord.deliveryID(fileID: identity(of: file), version: table.lockName, previous: nil)
    }

    private func identity(of file: File) -> String { Self.identityPrefix + file.sha256 }
}
