internal import NDJSON

/// What the warehouse knows of some files, and who changed each dataset last. Read at once, it stays true as long as
/// every transaction finds the lock rows as they were (`LoadScript.Fence`).
struct WarehouseState {
    // By bytes: two identities that differ in Unicode normalisation alone are two files, and equal as texts.
    private var histories: [[UInt8]: FileHistory] = [:]
    private var holders: [String: String?] = [:]
    private var delivered: Set<String> = []
    /// Known only when it was asked for.
    private(set) var standing: DatasetStanding?

    init() {}

    /// The queries whose rows `init(answer:)` takes.
    static func queries(files: [String], _ dialect: SQLDialect) -> [String] {
        let locks = "SELECT 'lock' AS kind, name, holder FROM \(dialect.name(OpsTables.locks)) ORDER BY name"
        if files.isEmpty { return [locks] }
        return [locks, DeliveryRow.query(where: "file_id IN (\(dialect.list(files)))", dialect)]
    }

    /// Which datasets have deliveries, as opposed to files that were loaded by themselves.
    private static func deliveredQuery(_ dialect: SQLDialect) -> String {
        """
        SELECT 'delivered' AS kind, dataset FROM \(dialect.name(OpsTables.deliveries)) \
        WHERE file_id NOT LIKE '\(FileLoader.identityPrefix)%' GROUP BY dataset
        """
    }

    init(answer rows: [JSONObject]) {
        delivered = Set(rows.filter { $0["kind"]?.string == "delivered" }.compactMap { $0["dataset"]?.string })
        for row in rows where row["kind"]?.string == "lock" {
            if let name = row["name"]?.string { holders[name] = .some(row["holder"]?.string) }
        }
        standing = DatasetStanding(answer: rows)
        let deliveries = rows.compactMap { DeliveryRow(answer: $0) }
        histories = Dictionary(grouping: deliveries) { Array($0.fileID.utf8) }.mapValues { FileHistory($0) }
    }

    /// Reads what is there and what it knows of these files, at once. Without a warehouse or its control tables nothing
    /// is known, and the catalog tells which are missing.
    ///
    /// - Parameters:
    ///   - forFiles: also which datasets have deliveries, for `hasDeliveries`.
    ///   - dataset: also what of this dataset counts, for `standing`.
    static func read(
        from warehouse: any Warehouse, files: [String], forFiles: Bool = false, standingOf dataset: String? = nil
    ) throws(WarehouseError) -> (catalog: WarehouseCatalog, state: WarehouseState) {
        let dialect = warehouse.dialect
        guard try warehouse.exists() else { return (WarehouseCatalog(dialect), WarehouseState()) }
        do throws(WarehouseError) {
            let more =
                (forFiles ? [deliveredQuery(dialect)] : [])
                + (dataset.map { DatasetStanding.queries(of: $0, dialect) } ?? [])
            let answer = try warehouse.run(
                .reading, [WarehouseCatalog.query(dialect)] + queries(files: files, dialect) + more)
            return (WarehouseCatalog(answer, dialect), WarehouseState(answer: answer))
        } catch {
            guard case .refused = error else { throw error }
            let catalog = try TableCreation.catalog(of: warehouse)
            if catalog.has(OpsTables.locks), catalog.has(OpsTables.deliveries) { throw error }
            return (catalog, WarehouseState())
        }
    }

    func hasLock(_ dataset: String) -> Bool { holders[dataset] != nil }

    /// Known only when it was read for files.
    func hasDeliveries(_ dataset: String) -> Bool { delivered.contains(dataset) }

    func history(ofFile id: String) -> FileHistory { histories[Array(id.utf8)] ?? FileHistory() }

    /// The lock rows that a change must find as they are: those of every dataset whose deliveries it touches. A dataset
    /// that has no lock row was never loaded.
    func fence(for change: LoadPlan.Change, dataset: String, next: String) -> LoadScript.Fence {
        let touched = Set([dataset] + change.neighbours.map(\.dataset) + (change.formerDataset.map { [$0] } ?? []))
        return fence(datasets: touched, next: next)
    }

    func fence(datasets: Set<String>, next: String) -> LoadScript.Fence {
        let locks = datasets.sorted().compactMap { name in holders[name].map { (dataset: name, holder: $0) } }
        return LoadScript.Fence(holders: locks, next: next)
    }

    /// Follows a transaction that was committed.
    mutating func apply(_ change: LoadPlan.Change, fence: LoadScript.Fence) {
        for (dataset, _) in fence.holders { holders[dataset] = .some(fence.next) }
        histories[Array(change.row.fileID.utf8)] = change.history
    }

    /// Follows a transaction that was committed, after which files have these control rows.
    mutating func apply(_ rows: [DeliveryRow], fence: LoadScript.Fence) {
        for (dataset, _) in fence.holders { holders[dataset] = .some(fence.next) }
        for row in rows { histories[Array(row.fileID.utf8)] = FileHistory([row]) }
    }
}
