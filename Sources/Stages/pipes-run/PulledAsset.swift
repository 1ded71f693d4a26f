import DagsterPipes
import NDJSON

/// A dataset in the raw zone, from the lines of `adls-put --as raw`.
struct PulledAsset: AssetResult {
    private let lines: [JSONValue]
    private let failedCount: Int?

    init(_ asset: ReportedAsset, _ all: [JSONValue], _ folder: ReportFolder) {
        lines = all.filter { $0["dataset"]?.string == asset.dataset && $0["status"]?.string != "unchanged" }
        failedCount = folder.programs.first { $0.program == "drive-pull" }.map { $0.counts["failed"]?.integer ?? 0 }
    }

    var metadata: [(String, PipesMetadata)] {
        let new = lines.filter { $0["status"]?.string == "new" }
        var metadata: [(String, PipesMetadata)] = [
            ("files_new", .integer(new.count)), ("files_deleted", .integer(lines.count - new.count)),
            ("bytes", .integer(new.reduce(0) { $0 + ($1["file"]?["bytes"]?.integer ?? 0) })),
        ]
        if !lines.isEmpty {
            metadata.append(
                (
                    "deliveries",
                    .table(
                        [.init("file"), .init("status"), .init("delivery"), .init("bytes", .int), .init("raw")],
                        lines.map { line in
                            [
                                line["file"]?["drive_path"] ?? .null, line["status"] ?? .null,
                                line["delivery"] ?? .null,
                                .integer(line["file"]?["bytes"]?.integer ?? 0), line["raw"]?["url"] ?? .null,
                            ]
                        })
                ))
        }
        return metadata
    }

    /// A file that cannot be read has no dataset yet, so it is told with each.
    var checks: [AssetCheck] {
        guard let failedCount else { return [] }
        return [
            AssetCheck(
                name: "all_files_pulled", passed: failedCount == 0, metadata: [("failed", .integer(failedCount))])
        ]
    }
}
