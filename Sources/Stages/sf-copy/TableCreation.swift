internal import NDJSON
internal import StageKit

/// Makes the schemas, the control tables, the landing tables and the lock rows, or says how those that are there differ.
struct TableCreation {
    enum Action: String {
        case created
        case unchanged
        case evolved
    }

    let warehouse: any Warehouse
    /// The control tables, and those that rows land in.
    let tables: [TableShape]
    private let landing: [TableShape]
    /// Add the columns that tables lack.
    private let evolves: Bool

    init(warehouse: any Warehouse, landing: [TableShape], evolves: Bool) {
        self.warehouse = warehouse
        self.landing = landing
        self.evolves = evolves
        tables = OpsTables.all + landing
    }

    /// What is there now. Without a warehouse, nothing.
    static func catalog(of warehouse: any Warehouse) throws(WarehouseError) -> WarehouseCatalog {
        let dialect = warehouse.dialect
        guard try warehouse.exists() else { return WarehouseCatalog(dialect) }
        return WarehouseCatalog(try warehouse.run(.reading, [WarehouseCatalog.query(dialect)]), dialect)
    }

    /// All differences that `run` would refuse, one line each with the statement that mends it.
    func refusals(_ catalog: WarehouseCatalog) -> [String] {
        tables.compactMap { catalog.drift(of: $0) }.filter { drift in
            drift.isMissing ? false : !drift.differing.isEmpty || !evolves
        }.flatMap(\.messages)
    }

    /// The differences of the tables as they must be to load: a missing table counts.
    func differences(_ catalog: WarehouseCatalog) -> [String] {
        tables.compactMap { catalog.drift(of: $0) }.flatMap(\.messages)
    }

    /// What is done to each table.
    func actions(_ catalog: WarehouseCatalog) -> [(table: TableShape, action: Action)] {
        tables.map { table in
            guard let drift = catalog.drift(of: table) else { return (table, .unchanged) }
            return (table, drift.isMissing ? .created : .evolved)
        }
    }

    /// Empty when everything is there. The statements do no harm when another process has been faster.
    func statements(_ catalog: WarehouseCatalog, lockedDatasets: Set<String>) -> [String] {
        let drifts = tables.compactMap { catalog.drift(of: $0) }
        let newLocks = landing.map(\.lockName).filter { !lockedDatasets.contains($0) }
        if drifts.isEmpty, newLocks.isEmpty { return [] }
        let dialect = warehouse.dialect
        let locksTable = dialect.name(OpsTables.locks)
        let schemas = Set([TableShape.landingSchema] + tables.map(\.schema)).sorted().map {
            "CREATE SCHEMA IF NOT EXISTS \(dialect.catalog).\(dialect.identifier($0))"
        }
        let locks = newLocks.map { name in
            """
            INSERT INTO \(locksTable) (name) SELECT \(dialect.literal(name)) WHERE NOT EXISTS \
            (SELECT 1 FROM \(locksTable) WHERE name = \(dialect.literal(name)))
            """
        }
        // In Snowflake every statement of this kind is a transaction of its own.
        if case .snowflake = dialect { return schemas + drifts.flatMap(\.statements) + locks }
        return ["BEGIN TRANSACTION"] + schemas + drifts.flatMap(\.statements) + locks + ["COMMIT"]
    }

    /// The datasets that have a lock row.
    func lockedDatasets(_ catalog: WarehouseCatalog) throws(WarehouseError) -> Set<String> {
        guard catalog.has(OpsTables.locks) else { return [] }
        let answer = try warehouse.run(.reading, WarehouseState.queries(files: [], warehouse.dialect))
        return Set(answer.compactMap { $0["name"]?.string })
    }

    /// Makes what is missing: runs what `statements` gave.
    func run(_ statements: [String]) throws(WarehouseError) {
        if statements.isEmpty { return }
        try warehouse.makeIfMissing()
        _ = try warehouse.run(.writing, statements)
    }
}
