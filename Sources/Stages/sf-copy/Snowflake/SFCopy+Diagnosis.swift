internal import Bytes
internal import NDJSON
internal import StageKit

/// One thing that was looked at, as a line of results.
struct Finding: Equatable {
    let check: String
    let isGood: Bool
    let detail: String

    var line: JSONObject { ["check": .string(check), "ok": .bool(isGood), "detail": .string(detail)] }
}

extension SFCopy {
    /// `--diagnose`: looks at everything that a load needs, one line each, and changes nothing.
    func diagnose(_ warehouse: any Warehouse, output: ResultOutput) throws(StageFailure) {
        var findings: [Finding] = []
        if let warehouse = warehouse as? SnowflakeWarehouse {
            let createsStage = storageIntegration != nil || Environment.value("SNOWFLAKE_STAGE_SAS") != nil
            findings = SnowflakeDiagnosis(warehouse: warehouse, createsStage: createsStage).findings()
        }
        if findings.allSatisfy(\.isGood) { findings.append(tables(of: warehouse)) }
        for finding in findings { try output.print(finding.line) }
        let bad = findings.filter { !$0.isGood }
        if let first = bad.first { throw .badConfiguration("\(first.check): \(first.detail)") }
    }

    private func tables(of warehouse: any Warehouse) -> Finding {
        do throws(WarehouseError) {
            guard try warehouse.exists() else {
                return Finding(check: "tables", isGood: true, detail: "\(warehouse.displayName): --create makes it")
            }
            let catalog = try TableCreation.catalog(of: warehouse)
            let missing = OpsTables.all.filter { !catalog.has($0) }.map(\.shortName)
            let detail =
                missing.isEmpty ? "all control tables are there" : "--create makes \(missing.joined(separator: ", "))"
            return Finding(check: "tables", isGood: true, detail: detail)
        } catch {
            return Finding(check: "tables", isGood: false, detail: error.failure.message ?? "")
        }
    }
}

/// What stands between us and a load into Snowflake.
struct SnowflakeDiagnosis {
    /// A token of a machine whose clock differs by more is at risk.
    static let clockToleranceSeconds = 30

    let warehouse: SnowflakeWarehouse
    /// Whether a stage that is missing is made by --create.
    let createsStage: Bool

    private var service: SnowflakeService { warehouse.service }

    func findings() -> [Finding] {
        var findings = [Finding(check: "connection", isGood: true, detail: service.displayName)]
        let entered = look("session") { () throws(WarehouseError) in try session() }
        findings.append(entered)
        if let found = clock() { findings.append(found) }
        guard entered.isGood else { return findings }
        if let found = key() { findings.append(found) }
        findings.append(look("warehouse") { () throws(WarehouseError) in try compute() })
        findings.append(look("stage") { () throws(WarehouseError) in try stage() })
        findings.append(look("grants") { () throws(WarehouseError) in try grants() })
        return findings
    }

    private func look(
        _ check: String, _ question: () throws(WarehouseError) -> (isGood: Bool, detail: String)
    ) -> Finding {
        do throws(WarehouseError) {
            let answer = try question()
            return Finding(check: check, isGood: answer.isGood, detail: answer.detail)
        } catch {
            return Finding(check: check, isGood: false, detail: error.failure.message ?? "")
        }
    }

    private func first(_ statement: String) throws(WarehouseError) -> [JSONObject] {
        try service.run([statement], wanted: [0]).first ?? []
    }

    /// Who we are there, and with what.
    private func session() throws(WarehouseError) -> (isGood: Bool, detail: String) {
        let row = try first(
            "SELECT CURRENT_USER() AS login, CURRENT_ROLE() AS role, CURRENT_WAREHOUSE() AS compute, "
                + "CURRENT_VERSION() AS version"
        ).first
        let login = row?["login"]?.string ?? "?"
        let role = row?["role"]?.string ?? "none"
        guard let compute = row?["compute"]?.string else {
            return (false, "user \(login), role \(role), and no warehouse: name one in the connection")
        }
        let version = row?["version"]?.string ?? "?"
        return (true, "user \(login), role \(role), warehouse \(compute), Snowflake \(version)")
    }

    private func clock() -> Finding? {
        service.clockDifferenceSeconds.map { seconds in
            Finding(
                check: "clock", isGood: abs(seconds) <= Self.clockToleranceSeconds,
                detail: "\(abs(seconds)) s \(seconds < 0 ? "behind" : "ahead of") the service's")
        }
    }

    /// Whether our key is one of the user's; nil when we have none.
    private func key() -> Finding? {
        guard let user = service.user, let fingerprint = service.fingerprint else { return nil }
        return look("key") { () throws(WarehouseError) in
            let name = SQLText.identifier(user)
            let known = try first("DESC USER \(name)").filter {
                $0["property"]?.string?.hasPrefix("RSA_PUBLIC_KEY") == true
            }.compactMap { $0["value"]?.string }
            return (
                known.contains(fingerprint),
                "\(fingerprint) is \(known.contains(fingerprint) ? "" : "not ")a key of \(user)"
            )
        }
    }

    /// What the warehouse costs while it runs, and when it stops.
    private func compute() throws(WarehouseError) -> (isGood: Bool, detail: String) {
        let name = try first("SELECT CURRENT_WAREHOUSE() AS compute").first?["compute"]?.string ?? ""
        let rows = try first("SHOW WAREHOUSES LIKE \(SnowflakeText.literal(name))")
        guard let row = rows.first(where: { $0["name"]?.string == name }) else {
            return (false, "\(name): there is none, or role \(service.role ?? "of the user") may not use it")
        }
        let seconds = row["auto_suspend"].flatMap { $0.integer.map(String.init) ?? $0.string }
        let rest = seconds.map { "suspends itself after \($0) s" } ?? "never suspends itself"
        return (true, "\(name): size \(row["size"]?.string ?? "?"), \(rest)")
    }

    private func stage() throws(WarehouseError) -> (isGood: Bool, detail: String) {
        let stage = warehouse.stage
        guard let address = try StageCreation(warehouse: warehouse, permission: nil).address() else {
            return (
                createsStage,
                "@\(stage.sqlName) is missing: --create makes it with --storage-integration or SNOWFLAKE_STAGE_SAS"
            )
        }
        if let url = stage.url, url != address {
            return (false, "@\(stage.sqlName) lies at \(address), the lake at \(url)")
        }
        // Lists nothing, but not without being let in.
        _ = try first("LIST \(SnowflakeText.literal("@\(stage.sqlName)/_state/diagnosis"))")
        return (true, "@\(stage.sqlName) lies at \(address) and can be read")
    }

    private func grants() throws(WarehouseError) -> (isGood: Bool, detail: String) {
        guard let role = service.role else { return (true, "the user's default role is taken") }
        let rows = try first("SHOW GRANTS TO ROLE \(SQLText.identifier(role))")
        let told = rows.compactMap { row -> String? in
            guard let privilege = row["privilege"]?.string, let name = row["name"]?.string else { return nil }
            return "\(privilege) on \(name)"
        }
        return (!told.isEmpty, told.isEmpty ? "role \(role) may do nothing" : told.sorted().joined(separator: ", "))
    }
}
