import DagsterPipes
import NDJSON
import StageKit

/// One asset of the step, as the extras describe it.
struct ReportedAsset {
    /// The steps of the pipeline whose lines we know.
    enum Step: String { case pull, process, load }

    let key: String
    /// Nil for an asset that the extras do not describe.
    let step: Step?
    let dataset: String
    /// The checks that are declared: others must not be reported.
    let checks: Set<String>
    let rejectLimit: RejectLimit?

    init(key: String, extras: JSONObject) {
        self.key = key
        let described = extras["assets"]?[key]
        step = described?["step"]?.string.flatMap(Step.init)
        dataset = described?["dataset"]?.string ?? key.split(separator: "/").last.map(String.init) ?? key
        checks = Set((described?["checks"]?.array ?? []).compactMap(\.string))
        rejectLimit = described?["max_rejects"].flatMap(RejectLimit.init)
    }
}

/// The largest number of refused rows, or their share: `5` or `"5%"`, as a contract's guard says it.
enum RejectLimit: Equatable {
    case rows(Int)
    case percent(Double)

    init?(_ value: JSONValue) {
        if let rows = value.integer {
            self = .rows(rows)
        } else if let text = value.string, text.hasSuffix("%"), let share = Double(text.dropLast()) {
            self = .percent(share)
        } else if let rows = value.string.flatMap({ Int($0) }) {
            self = .rows(rows)
        } else {
            return nil
        }
    }

    func isExceeded(_ rejected: Int, of read: Int) -> Bool {
        switch self {
        case .rows(let limit): rejected > limit
        case .percent(let limit): read > 0 && Double(rejected) * 100 > limit * Double(read)
        }
    }
}

/// Turns what a command left into materializations and checks of the step's assets.
struct AssetReports {
    private let context: PipesContext
    private let folder: ReportFolder
    private let status: Int32

    init(_ context: PipesContext, _ folder: ReportFolder, status: Int32) {
        self.context = context
        self.folder = folder
        self.status = status
    }

    /// Sends them. After a failure only a step that came to its end says something of its assets: single deliveries
    /// were bad (65), and the others are there.
    func send(_ relay: MessageRelay) {
        for key in context.assetKeys {
            let asset = ReportedAsset(key: key, extras: context.extras)
            switch asset.step {
            case .pull: send(folder.pulled.map { PulledAsset(asset, $0, folder) }, asset, relay)
            case .process: send(folder.processed.map { ProcessedAsset(asset, $0, folder) }, asset, relay)
            case .load: send(folder.loaded.map { LoadedAsset(asset, $0) }, asset, relay)
            case nil:
                if status == 0 {
                    relay.deliver { session throws(PipesError) in
                        try session.materialize(key, dataVersion: nil, generalMetadata)
                    }
                }
            }
        }
    }

    private func send(_ result: (any AssetResult)?, _ asset: ReportedAsset, _ relay: MessageRelay) {
        guard let result, status == 0 || status == ExitStatus.badData else { return }
        relay.deliver { session throws(PipesError) in
            try session.materialize(asset.key, dataVersion: nil, result.metadata)
            for check in result.checks where asset.checks.contains(check.name) {
                try session.send(
                    .check(
                        check.name, asset: asset.key, passed: check.passed, severity: check.severity, check.metadata))
            }
        }
    }

    /// The counts of all programs.
    private var generalMetadata: [(String, PipesMetadata)] {
        var totals = JSONObject()
        for report in folder.programs {
            for count in report.counts.members {
                let name = "\(report.program).\(count.key)"
                totals[name] = .integer((totals[name]?.integer ?? 0) + (count.value.integer ?? 0))
            }
        }
        var metadata = totals.members.map { ($0.key, PipesMetadata.integer($0.value.integer ?? 0)) }
        if let rows = totals["sf-copy.rows"]?.integer ?? totals["ndjson2parquet.rows"]?.integer {
            metadata.insert(("dagster/row_count", .integer(rows)), at: 0)
        }
        return metadata
    }
}

/// What is to be said of one asset.
protocol AssetResult {
    var metadata: [(String, PipesMetadata)] { get }
    /// Those with evidence in this run.
    var checks: [AssetCheck] { get }
}

/// The outcome of one check.
struct AssetCheck {
    let name: String
    let passed: Bool
    var severity = PipesMessage.Severity.error
    var metadata: [(String, PipesMetadata)] = []
}
