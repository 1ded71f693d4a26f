internal import NDJSON
internal import StageKit

/// What became of the lines that were read. Every line is in exactly one of the last four.
struct CleanCounts: Equatable {
    var read = 0
    var emitted = 0
    var rejected = 0
    var duplicates = 0
    var blank = 0
    /// Reasons by code; a row can have several.
    var reasons: [RejectCode: Int] = [:]

    /// The identity that must hold at the end; if it does not, the program is wrong.
    var isConsistent: Bool { read == emitted + rejected + duplicates + blank }

    func add(to report: RunReport) {
        report.count("read", read)
        report.count("emitted", emitted)
        report.count("rejected", rejected)
        report.count("duplicates", duplicates)
        report.count("blank", blank)
        var codes = JSONObject()
        for (code, count) in orderedReasons { codes[code.rawValue] = .integer(count) }
        report.detail("reasons", .object(codes))
    }

    /// By frequency, then by name.
    var orderedReasons: [(code: RejectCode, count: Int)] {
        reasons.map { (code: $0.key, count: $0.value) }
            .sorted { ($1.count, $0.code.rawValue) < ($0.count, $1.code.rawValue) }
    }

    /// For messages: `parse.decimal 2, enum 1`.
    var reasonList: String {
        orderedReasons.map { "\($0.code.rawValue) \($0.count)" }.joined(separator: ", ")
    }
}
