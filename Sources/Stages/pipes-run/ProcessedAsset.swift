import DagsterPipes
import NDJSON

/// A dataset in the processed zone, from the manifests of its pending deliveries.
///
/// Checks look at the newest delivery of each file: an older one that was bad, and has been replaced, does not count.
struct ProcessedAsset: AssetResult {
    private let asset: ReportedAsset
    private let lines: [JSONValue]
    private let newest: [JSONValue]
    private let folder: ReportFolder

    init(_ asset: ReportedAsset, _ all: [JSONValue], _ folder: ReportFolder) {
        self.asset = asset
        self.folder = folder
        lines = all.filter { $0["dataset"]?.string == asset.dataset }
        var latest = JSONObject()
        for line in lines {
            let file = line["file"]?["id"]?.string ?? ""
            let stands = latest[file]?["delivered_at"]?.string ?? ""
            if (line["delivered_at"]?.string ?? "") >= stands { latest[file] = line }
        }
        newest = latest.members.map(\.value)
    }

    private func rows(_ line: JSONValue, _ name: String) -> Int { line["process"]?["rows"]?[name]?.integer ?? 0 }
    private func total(_ lines: [JSONValue], _ name: String) -> Int { lines.reduce(0) { $0 + rows($1, name) } }
    private func path(_ line: JSONValue) -> JSONValue { line["file"]?["drive_path"] ?? .null }

    var metadata: [(String, PipesMetadata)] {
        var metadata: [(String, PipesMetadata)] = [("deliveries", .integer(lines.count))]
        guard !lines.isEmpty else { return metadata }
        metadata.append(("dagster/row_count", .integer(total(lines, "emitted"))))
        for name in ["read", "rejected", "duplicates", "blank"] {
            metadata.append(("rows_\(name)", .integer(total(lines, name))))
        }
        let parts = lines.flatMap { $0["process"]?["parts"]?.array ?? [] }
        metadata.append(("bytes", .integer(parts.reduce(0) { $0 + ($1["bytes"]?.integer ?? 0) })))
        let reasons = reasons(lines)
        if !reasons.members.isEmpty { metadata.append(("rejects_by_reason", .json(.object(reasons)))) }
        let columns = [
            PipesMetadata.Column("file"), .init("delivery"), .init("read", .int), .init("emitted", .int),
            .init("rejected", .int), .init("rejects"), .init("failed"),
        ]
        let records = lines.map { line in
            [
                path(line), line["delivery"] ?? .null, .integer(rows(line, "read")), .integer(rows(line, "emitted")),
                .integer(rows(line, "rejected")), line["process"]?["rejects"]?["url"] ?? .null,
                line["process"]?["failed"]?["reason"] ?? .null,
            ]
        }
        metadata.append(("files", .table(columns, records)))
        return metadata
    }

    var checks: [AssetCheck] {
        newest.isEmpty ? [] : [readable, addUp, rejectedRows] + rules
    }

    private var readable: AssetCheck {
        let failed = newest.filter { $0["process"]?["failed"] != nil }
        return AssetCheck(
            name: "workbooks_readable", passed: failed.isEmpty,
            metadata: failed.isEmpty
                ? []
                : [
                    (
                        "failed",
                        .table(
                            [.init("file"), .init("reason")],
                            failed.map { [path($0), $0["process"]?["failed"]?["reason"] ?? .null] })
                    )
                ])
    }

    /// Every row that was read is somewhere: written, refused, a duplicate or blank; and the parts hold those written.
    private var addUp: AssetCheck {
        let wrong = newest.filter { line in
            guard line["process"]?["rows"] != nil else { return false }
            let parts = (line["process"]?["parts"]?.array ?? []).reduce(0) { $0 + ($1["rows"]?.integer ?? 0) }
            let sum = ["emitted", "rejected", "duplicates", "blank"].reduce(0) { $0 + rows(line, $1) }
            return rows(line, "read") != sum || rows(line, "emitted") != parts
        }
        return AssetCheck(
            name: "rows_add_up", passed: wrong.isEmpty,
            metadata: [("read", .integer(total(newest, "read"))), ("wrong_files", .integer(wrong.count))])
    }

    private var rejectedRows: AssetCheck {
        let rejected = total(newest, "rejected")
        let isBeyond = newest.contains {
            asset.rejectLimit?.isExceeded(rows($0, "rejected"), of: rows($0, "read")) ?? false
        }
        var metadata: [(String, PipesMetadata)] = [
            ("rejected", .integer(rejected)), ("read", .integer(total(newest, "read"))),
        ]
        if rejected > 0 {
            metadata.append(("reasons", .json(.object(reasons(newest)))))
            let refused = newest.filter { rows($0, "rejected") > 0 }
            metadata.append(
                (
                    "files",
                    .table(
                        [.init("file"), .init("rejected", .int), .init("rejects")],
                        refused.map {
                            [path($0), .integer(rows($0, "rejected")), $0["process"]?["rejects"]?["url"] ?? .null]
                        })
                ))
        }
        return AssetCheck(
            name: "rejected_rows", passed: rejected == 0, severity: isBeyond ? .error : .warn, metadata: metadata)
    }

    /// The contract's quality rules, as `clean` judged them: broken if the newest delivery of any file breaks one.
    private var rules: [AssetCheck] {
        var broken = JSONObject()
        var severities = JSONObject()
        for line in newest {
            for verdict in line["process"]?["quality"]?.array ?? [] {
                guard let rule = verdict["rule"]?.string, let word = verdict["verdict"]?.string, word != "notRun" else {
                    continue
                }
                var files = broken[rule]?.array ?? []
                if word != "passed" { files.append(.object(["file": path(line), "value": verdict["value"] ?? .null])) }
                broken[rule] = .array(files)
                severities[rule] = verdict["severity"]
            }
        }
        return broken.members.map { rule in
            let files = rule.value.array ?? []
            return AssetCheck(
                name: rule.key, passed: files.isEmpty,
                severity: severities[rule.key]?.string == "error" ? .error : .warn,
                metadata: files.isEmpty ? [] : [("broken_by", .json(rule.value))])
        }
    }

    private func reasons(_ lines: [JSONValue]) -> JSONObject {
        var reasons = JSONObject()
        for line in lines {
            for reason in line["process"]?["rejects"]?["reasons"]?.object?.members ?? [] {
                reasons[reason.key] = .integer((reasons[reason.key]?.integer ?? 0) + (reason.value.integer ?? 0))
            }
        }
        return reasons
    }
}
