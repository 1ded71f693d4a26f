internal import Contracts
internal import NDJSON
internal import StageKit

extension SFCopy {
    /// `--create`: makes what is missing, and prints a line for each table.
    func makeTables(
        in warehouse: any Warehouse, for action: SFCopyAction, output: ResultOutput, log: Log
    ) throws(StageFailure) {
        let creation = TableCreation(
            warehouse: warehouse, landing: try tablesToCreate(log: log), evolves: evolve)
        let catalog = try asking { () throws(WarehouseError) in try TableCreation.catalog(of: warehouse) }
        try refuse(creation.refusals(catalog), log: log)
        let locked = try asking { () throws(WarehouseError) in try creation.lockedDatasets(catalog) }
        let statements = creation.statements(catalog, lockedDatasets: locked)
        let rules = try accessRules(log: log)
        let hasNewTables = creation.actions(catalog).contains { $0.action == .created }
        if dryRun {
            if !statements.isEmpty { try output.print(script: warehouse.script(.writing, statements)) }
            if let stage = stageCreation(in: warehouse)?.shown() { try output.print(script: "\(stage);\n") }
            return try applyAccess(rules, in: warehouse, output: output, hasNewTables: hasNewTables, log: log)
        }
        try asking { () throws(WarehouseError) in try creation.run(statements) }
        try stageCreation(in: warehouse)?.run()
        try applyAccess(rules, in: warehouse, output: output, hasNewTables: hasNewTables, log: log)
        // Where something else is done as well, standard output is for its lines.
        guard action == .createOnly else { return }
        for (table, action) in creation.actions(catalog) {
            try output.print(["table": .string(table.shortName), "action": .string(action.rawValue)])
        }
    }

    private func stageCreation(in warehouse: any Warehouse) -> StageCreation? {
        guard let warehouse = warehouse as? SnowflakeWarehouse else { return nil }
        let signature = Environment.value("SNOWFLAKE_STAGE_SAS").map { StageCreation.Permission.signature($0) }
        return StageCreation(
            warehouse: warehouse, permission: storageIntegration.map { .integration($0) } ?? signature)
    }

    /// Tables that are not as the contract says end the run: every difference is told with the statement that mends it.
    func refuse(_ differences: [String], log: Log) throws(StageFailure) {
        guard let last = differences.last else { return }
        for message in differences.dropLast() { log.error(message) }
        throw .badConfiguration(last)
    }

    /// The table of `--contract`, and of all contracts those that come from files: the stream of rejects has its own
    /// control table.
    private func tablesToCreate(log: Log) throws(StageFailure) -> [TableShape] {
        var tables: [TableShape] = []
        if let contract { tables.append(.landing(try loadDataset(contract, log: log), as: try tableName())) }
        if let contracts {
            for dataset in try loadContracts(contracts, log: log).contracts.flatMap(\.datasets)
            where dataset.source != nil {
                let table = TableShape.landing(dataset)
                if !tables.contains(where: { $0.shortName == table.shortName }) { tables.append(table) }
            }
        }
        return tables
    }
}
