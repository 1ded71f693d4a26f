internal import NDJSON

/// Rows of ops.runs and ops.checks, as run-pipeline gives them.
struct RunRecord {
    private let run: String
    private let kind: String
    private let columns: [(name: String, value: String)]
    private let checks: [[(name: String, value: String)]]
    private let dialect: SQLDialect

    init(_ document: JSONObject, _ dialect: SQLDialect) throws(ManifestError) {
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
        self.dialect = dialect
        self.run = run
        self.kind = kind
        columns = [
            ("run", dialect.literal(run)), ("kind", dialect.literal(kind)), ("started_at", dialect.literal(startedAt)),
            ("finished_at", dialect.literal(finishedAt)), ("status", dialect.literal(status)),
            ("exit_status", dialect.literal(exitStatus)),
            ("dbt_hash", dialect.literal(try ManifestRecord.text(document, "dbt_hash"))),
            ("details", Self.json(document["details"], dialect)),
        ]
        var checks: [[(name: String, value: String)]] = []
        for entry in document["checks"]?.array ?? [] {
            let check = entry.object ?? JSONObject()
            guard let name = try ManifestRecord.text(check, "check_name"),
                let status = try ManifestRecord.text(check, "status")
            else { throw ManifestError("a check lacks check_name or status") }
            checks.append([
                ("run", dialect.literal(run)), ("check_name", dialect.literal(name)),
                ("status", dialect.literal(status)),
                ("details", Self.json(check["details"], dialect)),
                ("checked_at", dialect.literal(finishedAt ?? startedAt)),
            ])
        }
        self.checks = checks
    }

    /// One transaction that writes the run in the place of an earlier row of the same run and kind.
    var statements: [String] {
        let name = dialect.literal(run)
        var statements = [
            "BEGIN TRANSACTION",
            "DELETE FROM \(dialect.name(OpsTables.runs)) WHERE run = \(name) AND kind = \(dialect.literal(kind))",
            dialect.insertion(into: OpsTables.runs, columns),
        ]
        if !checks.isEmpty {
            statements.append("DELETE FROM \(dialect.name(OpsTables.checks)) WHERE run = \(name)")
            statements += checks.map { dialect.insertion(into: OpsTables.checks, $0) }
        }
        return statements + ["COMMIT"]
    }

    /// Whether the marts must be built: asks for one row with `due`. They stand only if the newest run of them was good,
    /// of this project, and began after the last change: marts of another project or another time lie in the same
    /// tables. A run that the clock puts into the future says nothing.
    static func martsQuery(projectHash: String, _ dialect: SQLDialect) -> String {
        """
        SELECT 'marts' AS kind, count(*) = 0 AS due FROM (SELECT 1 AS good FROM (SELECT status, dbt_hash, started_at \
        FROM \(dialect.name(OpsTables.runs)) WHERE kind = 'marts' AND started_at <= \(dialect.now) \
        ORDER BY started_at DESC, finished_at DESC LIMIT 1) AS newest \
        WHERE status = 'ok' AND dbt_hash = \(dialect.literal(projectHash)) AND started_at >= \
        (SELECT coalesce(max(loaded_at), CAST('1970-01-01' AS TIMESTAMP)) FROM \(dialect.name(OpsTables.deliveries)))) AS standing
        """
    }

    private static func json(_ value: JSONValue?, _ dialect: SQLDialect) -> String {
        guard let value, !value.isNull else { return "NULL" }
        return dialect.json(value.text)
    }
}
