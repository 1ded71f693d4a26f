internal import NDJSON

/// Rows of ops.runs and ops.checks, as run-pipeline gives them.
struct RunRecord {
    private let run: String
    private let kind: String
    private let columns: [(name: String, value: String)]
    private let checks: [[(name: String, value: String)]]

    init(_ document: JSONObject) throws(ManifestError) {
        guard let run = try ManifestRecord.text(document, "run"), let kind = try ManifestRecord.text(document, "kind"),
            let status = try ManifestRecord.text(document, "status")
        else { throw ManifestError("run, kind or status is missing") }
        guard ["ok", "degraded", "failed"].contains(status) else {
            throw ManifestError("status is not ok, degraded or failed")
        }
        guard let startedAt = try ManifestRecord.time(document, "started_at") else {
            throw ManifestError("started_at is missing")
        }
        let finishedAt = try ManifestRecord.time(document, "finished_at")
        let exitStatus = document["exit_status"]?.integer
        self.run = run
        self.kind = kind
        columns = [
            ("run", SQLText.literal(run)), ("kind", SQLText.literal(kind)), ("started_at", SQLText.literal(startedAt)),
            ("finished_at", SQLText.literal(finishedAt)), ("status", SQLText.literal(status)),
            ("exit_status", SQLText.literal(exitStatus)),
            ("dbt_hash", SQLText.literal(try ManifestRecord.text(document, "dbt_hash"))),
            ("details", Self.json(document["details"])),
        ]
        var checks: [[(name: String, value: String)]] = []
        for entry in document["checks"]?.array ?? [] {
            let check = entry.object ?? JSONObject()
            guard let name = try ManifestRecord.text(check, "check_name"),
                let status = try ManifestRecord.text(check, "status")
            else { throw ManifestError("a check lacks check_name or status") }
            checks.append([
                ("run", SQLText.literal(run)), ("check_name", SQLText.literal(name)),
                ("status", SQLText.literal(status)),
                ("details", Self.json(check["details"])), ("checked_at", SQLText.literal(finishedAt ?? startedAt)),
            ])
        }
        self.checks = checks
    }

    /// One transaction that writes the run in the place of an earlier row of the same run and kind.
    var statements: [String] {
        let name = SQLText.literal(run)
        var statements = [
            "BEGIN TRANSACTION",
            "DELETE FROM \(OpsTables.runs.sqlName) WHERE run = \(name) AND kind = \(SQLText.literal(kind))",
            Self.insertion(into: OpsTables.runs, columns),
        ]
        if !checks.isEmpty {
            statements.append("DELETE FROM \(OpsTables.checks.sqlName) WHERE run = \(name)")
            statements += checks.map { Self.insertion(into: OpsTables.checks, $0) }
        }
        return statements + ["COMMIT"]
    }

    /// Whether the marts must be built: asks for one row with `due`. They stand only if the newest run of them was good,
    /// of this project, and began after the last change: marts of another project or another time lie in the same
    /// tables. A run that the clock puts into the future says nothing.
    static func martsQuery(projectHash: String) -> String {
        """
        SELECT 'marts' AS kind, NOT EXISTS (SELECT 1 FROM (SELECT status, dbt_hash, started_at \
        FROM \(OpsTables.runs.sqlName) WHERE kind = 'marts' AND started_at <= \(LoadScript.now) \
        ORDER BY started_at DESC, finished_at DESC LIMIT 1) AS newest \
        WHERE status = 'ok' AND dbt_hash = \(SQLText.literal(projectHash)) AND started_at >= \
        (SELECT coalesce(max(loaded_at), TIMESTAMP '1970-01-01') FROM \(OpsTables.deliveries.sqlName))) AS due
        """
    }

    private static func json(_ value: JSONValue?) -> String {
        guard let value, !value.isNull else { return "NULL" }
        return SQLText.literal(value.text)
    }

    private static func insertion(into table: TableShape, _ columns: [(name: String, value: String)]) -> String {
        let names = columns.map { SQLText.identifier($0.name) }.joined(separator: ", ")
        return "INSERT INTO \(table.sqlName) (\(names)) VALUES (\(columns.map(\.value).joined(separator: ", ")))"
    }
}
