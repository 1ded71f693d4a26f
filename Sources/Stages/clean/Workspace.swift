internal import Bytes
internal import Text

/// The memory that the cleaning of values needs, reused for all of them. One per thread.
struct Workspace: ~Copyable {
    /// The text after the operations, where they changed it.
    var text = ByteBuffer()
    /// Where the next operation writes.
    var next = ByteBuffer()
    /// What the text was before a round of operations.
    var before = ByteBuffer()
    /// A number without separators, signs and currencies.
    var number = ByteBuffer()
    var normalization = Normalization()
    /// Why the row at hand is refused, so far.
    var failures: [Failure] = []
    var warnings = WarningCounts()
}

/// What was changed with a loss, or dropped, and is worth knowing.
struct WarningCounts: Equatable, Sendable {
    /// JSON numbers with Excel's binary noise, brought to 15 digits.
    var excelNoise = 0
    /// Timestamps that lost decimals of a second beyond the sixth.
    var cutFractions = 0
    /// Decimals that were rounded or cut, as the contract allows.
    var reducedScales = 0
    /// Failed values that became null, as the contract says.
    var nulledValues = 0
    /// Failed texts that were kept, as the contract says.
    var keptValues = 0
    /// Values of unknown columns that were dropped, as the contract says.
    var discardedValues = 0

    static func += (left: inout WarningCounts, right: WarningCounts) {
        left.excelNoise += right.excelNoise
        left.cutFractions += right.cutFractions
        left.reducedScales += right.reducedScales
        left.nulledValues += right.nulledValues
        left.keptValues += right.keptValues
        left.discardedValues += right.discardedValues
    }

    /// The counts under the names that reports use, without zeros.
    var named: [(code: String, count: Int)] {
        [
            ("excel.noise", excelNoise), ("fraction.cut", cutFractions), ("scale.reduced", reducedScales),
            ("value.nulled", nulledValues), ("value.kept", keptValues), ("column.discarded", discardedValues),
        ].filter { $0.count > 0 }
    }
}
