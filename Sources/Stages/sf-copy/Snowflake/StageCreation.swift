internal import NDJSON
internal import StageKit

/// Makes the stage that stands for the lake, or says how the one that is there differs.
struct StageCreation {
    /// How Snowflake may read the lake.
    enum Permission {
        /// Made by an administrator once for all stages (`scripts/provision-snowflake`).
        case integration(String)
        /// A signature that ends some day.
        case signature(String)
    }

    let warehouse: SnowflakeWarehouse
    let permission: Permission?

    private var stage: SnowflakeStage { warehouse.stage }

    /// Nil when there is nothing to do: it stands, or nobody said which lake, or the lake is none that Snowflake reads.
    /// Throws when it stands for another place.
    func statement() throws(StageFailure) -> String? {
        guard let url = stage.url else { return nil }
        let present = try asking { () throws(WarehouseError) in try address() }
        if let present {
            guard present == url else {
                throw .badConfiguration(
                    "stage @\(stage.sqlName) lies at \(present), the lake at \(url): name another --stage, or mend it with "
                        + "ALTER STAGE \(stage.sqlName) SET URL = \(SnowflakeText.literal(url))")
            }
            return nil
        }
        guard let permission else {
            throw .badConfiguration(
                "stage @\(stage.sqlName) is missing: give --storage-integration NAME (scripts/provision-snowflake makes one), "
                    + "or make it yourself with URL = '\(url)'")
        }
        return creation(url, permission, hidesSecrets: false)
    }

    func run() throws(StageFailure) {
        guard let statement = try statement() else { return }
        try asking { () throws(WarehouseError) in _ = try warehouse.service.run([statement], wanted: []) }
    }

    /// The statement as a person may see it.
    func shown() -> String? {
        guard let url = stage.url, let permission else { return nil }
        return creation(url, permission, hidesSecrets: true)
    }

    private func creation(_ url: String, _ permission: Permission, hidesSecrets: Bool) -> String {
        let access =
            switch permission {
            case .integration(let name): "STORAGE_INTEGRATION = \(SQLText.identifier(SQLDialect.upperCase(name)))"
            case .signature(let token):
                "CREDENTIALS = (AZURE_SAS_TOKEN = \(SnowflakeText.literal(hidesSecrets ? "***" : token)))"
            }
        return "CREATE STAGE IF NOT EXISTS \(stage.sqlName) URL = \(SnowflakeText.literal(url)) \(access)"
    }

    /// Where the stage lies; nil when there is none.
    func address() throws(WarehouseError) -> String? {
        let rows: [JSONObject]
        do throws(WarehouseError) {
            rows = try warehouse.service.run(["DESC STAGE \(stage.sqlName)"], wanted: [0]).first ?? []
        } catch {
            if case .refused(let message) = error, message.contains("002003") { return nil }
            throw error
        }
        let url = rows.first { $0["property"]?.string == "URL" }?["property_value"]?.string ?? ""
        // A list of addresses as JSON.
        return (try? JSONValue(parsing: Array(url.utf8)))?.array?.first?.string ?? url
    }
}
