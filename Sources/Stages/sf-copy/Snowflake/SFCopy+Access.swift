internal import ArgumentParser
internal import Contracts
internal import NDJSON
internal import StageKit

/// How much of what contracts say about access is brought to the warehouse.
enum AccessScope: String, ExpressibleByArgument, CaseIterable {
    /// Grants, and masking policies and tags, which need Snowflake's Enterprise Edition.
    case all
    case grants
    case none
}

extension SFCopy {
    /// How many statements of this kind are sent at once.
    static let accessBatchLimit = 200

    /// `--create`: lets the contracts' roles read their tables, and hides what is confidential. DuckDB has no roles.
    ///
    /// - Parameter hasNewTables: whether something was made just now, so that it is worth telling.
    func applyAccess(
        _ rules: [AccessRules], in warehouse: any Warehouse, output: ResultOutput, hasNewTables: Bool, log: Log
    ) throws(StageFailure) {
        let rules = rules.filter { !$0.isEmpty }
        guard access != .none, !rules.isEmpty else { return }
        guard let warehouse = warehouse as? SnowflakeWarehouse else {
            if hasNewTables {
                log.info("DuckDB has no roles: those of the contracts and their classifications are not applied")
            }
            return
        }
        if access == .all { try refuse(rules.flatMap(\.problems), log: log) }
        let roles = try unmaskedRoles(in: warehouse)
        let states = dryRun ? rules.map { _ in AccessState() } : try accessStates(rules, warehouse)
        let plans = zip(rules, states).map { rules, state in
            let statements = AccessStatements(
                dialect: warehouse.dialect, unmaskedRoles: roles + rules.unmaskedRoles)
            return AccessPlan(rules, state, statements, evolves: evolve, masks: access == .all)
        }
        for warning in plans.flatMap(\.warnings) { log.warning(warning, code: "access") }
        try refuse(plans.flatMap(\.refusals), log: log)
        let protections = Self.each(plans.flatMap(\.protections))
        let grants = Self.each(plans.flatMap(\.grants))
        if dryRun { return try output.print(script: (protections + grants).map { "\($0);\n" }.joined()) }
        try protect(protections, in: warehouse)
        try give(grants, in: warehouse, log: log)
    }

    /// The rules of all tables that `--create` makes.
    func accessRules(log: Log) throws(StageFailure) -> [AccessRules] {
        var rules: [AccessRules] = []
        if let contract {
            let (file, dataset) = try loadContract(contract, log: log)
            rules.append(
                AccessRules(table: .landing(dataset, as: try tableName()), dataset: dataset, roles: file.roles))
        }
        if let contracts {
            for contract in try loadContracts(contracts, log: log).contracts {
                for dataset in contract.datasets where dataset.source != nil {
                    let table = TableShape.landing(dataset)
                    if rules.contains(where: { $0.table.shortName == table.shortName }) { continue }
                    rules.append(AccessRules(table: table, dataset: dataset, roles: contract.roles))
                }
            }
        }
        return rules
    }

    /// The role that loads must see what it merges by, the one of dbt what it computes with.
    private func unmaskedRoles(in warehouse: SnowflakeWarehouse) throws(StageFailure) -> [String] {
        var loader = warehouse.service.role
        if loader == nil {
            let answer = try asking { () throws(WarehouseError) in
                try warehouse.service.run(["SELECT CURRENT_ROLE() AS role"], wanted: [0])
            }
            loader = answer.first?.first?["role"]?.string
        }
        guard let loader else { throw .badConfiguration("the connection has no role: name one") }
        return [loader, "\(warehouse.database)_TRANSFORMER"] + unmask
    }

    private func accessStates(
        _ rules: [AccessRules], _ warehouse: SnowflakeWarehouse
    ) throws(StageFailure) -> [AccessState] {
        let kinds = access == .all ? 3 : 1
        let statements = AccessStatements(dialect: warehouse.dialect, unmaskedRoles: [])
        let queries = rules.flatMap { statements.queries($0.table).prefix(kinds) }
        let answers: [[JSONObject]]
        do throws(WarehouseError) {
            answers = try warehouse.service.run(queries, wanted: Array(queries.indices))
        } catch {
            throw access == .all ? Self.withHint(error.failure) : error.failure
        }
        return rules.indices.map { index in
            let own = answers[(index * kinds)..<((index + 1) * kinds)]
            return AccessState(answers: own + Array(repeating: [], count: 3 - kinds))
        }
    }

    private func protect(_ statements: [String], in warehouse: SnowflakeWarehouse) throws(StageFailure) {
        for batch in Self.batches(statements) {
            do throws(WarehouseError) {
                _ = try warehouse.service.run(batch, wanted: [])
            } catch {
                throw Self.withHint(error.failure)
            }
        }
    }

    /// A role that is not there keeps nobody else from seeing the tables, and no row from being loaded.
    private func give(_ statements: [String], in warehouse: SnowflakeWarehouse, log: Log) throws(StageFailure) {
        for batch in Self.batches(statements) {
            if try grantFailure(of: batch, in: warehouse) == nil { continue }
            for statement in batch {
                guard let reason = try grantFailure(of: [statement], in: warehouse) else { continue }
                log.warning("\(statement): \(reason)", code: "access.grant")
            }
        }
    }

    private func grantFailure(
        of statements: [String], in warehouse: SnowflakeWarehouse
    ) throws(StageFailure) -> String? {
        do throws(WarehouseError) {
            _ = try warehouse.service.run(statements, wanted: [])
            return nil
        } catch {
            let failure = error.failure
            guard failure.status == ExitStatus.badData || failure.status == ExitStatus.notAllowed else { throw failure }
            return failure.message ?? ""
        }
    }

    /// Why masking may not be possible, and how to do without.
    private static func withHint(_ failure: StageFailure) -> StageFailure {
        let message =
            "\(failure.message ?? ""): masking policies and tags need Enterprise Edition and, in schema OPS, CREATE MASKING "
            + "POLICY and CREATE TAG; --access grants does without them, and then whoever reads a table reads all of it"
        guard failure.status == ExitStatus.badData else { return StageFailure(status: failure.status, message) }
        return .badConfiguration(message)
    }

    private static func batches(_ statements: [String]) -> [[String]] {
        stride(from: 0, to: statements.count, by: accessBatchLimit).map {
            Array(statements[$0..<min($0 + accessBatchLimit, statements.count)])
        }
    }

    /// Each statement once, in the order of its first place.
    private static func each(_ statements: [String]) -> [String] {
        var seen: Set<String> = []
        return statements.filter { seen.insert($0).inserted }
    }
}
