internal import StageKit

/// What a run was asked to do, beside its contract.
struct CleanOptions: Sendable {
    var input = "-"
    var output = "-"
    var rejects: String?
    /// Most refused rows; only with `rejects`.
    var limit: RejectLimit?
    /// The delivery that refused rows belong to.
    var delivery: String?
    /// Refused rows show the values of masked and restricted columns too.
    var showsHiddenValues = false
    /// The input is a reject stream, whose rows are tried again.
    var readsRejects = false
    var references: [ReferenceArgument] = []
    var referenceMisses = ReferenceMisses.warn
    /// The time at which the age of the data is judged.
    var now: TimeArgument?
    var qualityPolicy = QualityPolicy.fail
    /// Longer lines are refused.
    var lineLimit = 16 << 20
    /// Bytes for the keys of duplicates; beyond them they go to a temporary file.
    var memoryLimit = 512 << 20
    /// Threads that clean, and how much of the input each takes at a time. Neither changes the output.
    var threadCount = 1
    var blockByteCount = 1 << 20
    /// Whether a report will be written, which costs digests of all files.
    var isReported = false
    /// Whether the report describes each column.
    var isProfiled = false
}
