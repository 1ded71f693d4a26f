import DagsterPipes
import NDJSON

/// A dataset in the warehouse, from the lines of `sf-copy --mode deliver`.
struct LoadedAsset: AssetResult {
    private static let good: Set<String> = ["current", "superseded", "deleted"]

    private let lines: [JSONValue]

    init(_ asset: ReportedAsset, _ all: [JSONValue]) {
        lines = all.filter { $0["dataset"]?.string == asset.dataset && $0["load"] != nil }
    }

    private func status(_ line: JSONValue) -> String { line["load"]?["status"]?.string ?? "" }
    private func rowCount(_ line: JSONValue) -> Int { line["load"]?["rows"]?.integer ?? 0 }

    var metadata: [(String, PipesMetadata)] {
        var metadata: [(String, PipesMetadata)] = [("deliveries", .integer(lines.count))]
        guard !lines.isEmpty else { return metadata }
        metadata.append(("dagster/row_count", .integer(lines.reduce(0) { $0 + rowCount($1) })))
        var statuses = JSONObject()
        for line in lines { statuses[status(line)] = .integer((statuses[status(line)]?.integer ?? 0) + 1) }
        metadata.append(("statuses", .json(.object(statuses))))
        metadata.append(("files", table(lines)))
        return metadata
    }

    var checks: [AssetCheck] {
        guard !lines.isEmpty else { return [] }
        let bad = lines.filter { !Self.good.contains(status($0)) }
        // A deletion brings no rows; what is not good may have none or those of before.
        let landed = lines.filter { ["current", "superseded"].contains(status($0)) }
        let unequal = landed.filter { rowCount($0) != $0["process"]?["rows"]?["emitted"]?.integer }
        return [
            AssetCheck(
                name: "deliveries_good", passed: bad.isEmpty, metadata: bad.isEmpty ? [] : [("not_good", table(bad))]),
            AssetCheck(
                name: "landed_rows_agree", passed: unequal.isEmpty,
                metadata: unequal.isEmpty ? [] : [("unequal", table(unequal))]),
        ]
    }

    private func table(_ lines: [JSONValue]) -> PipesMetadata {
        .table(
            [.init("file"), .init("delivery"), .init("status"), .init("rows", .int), .init("reason")],
            lines.map { line in
                [
                    line["file"]?["drive_path"] ?? .null, line["delivery"] ?? .null, .string(status(line)),
                    .integer(rowCount(line)), line["load"]?["reason"] ?? .null,
                ]
            })
    }
}
