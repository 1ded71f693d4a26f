/// A library rule of the standard's `quality`, to be judged over all rows.
///
/// `invalidValues` that must be zero are no rule here: they became the column's valid values or pattern.
package struct QualityRule: Equatable, Sendable {
    package enum Metric: Equatable, Sendable {
        case nullValues
        case missingValues([String])
        case invalidValues(valid: [String]?, pattern: Pattern?)
        case duplicateValues
        case rowCount
    }

    package enum Unit: Equatable, Sendable {
        case rows, percent
    }

    package enum Severity: String, Equatable, Sendable {
        case info, warning, error
    }

    /// The rule's id, its name, or the metric.
    package let id: String
    /// The columns it looks at, as indexes; empty for the whole dataset.
    package let fields: [Int]
    package let metric: Metric
    package let comparison: Comparison
    package let unit: Unit
    package let severity: Severity
}

/// What a measured number must be.
package enum Comparison: Equatable, Sendable {
    case equal(Double)
    case notEqual(Double)
    case greater(Double)
    case greaterOrEqual(Double)
    case less(Double)
    case lessOrEqual(Double)
    case between(Double, Double)
    case notBetween(Double, Double)

    package func holds(for value: Double) -> Bool {
        switch self {
        case .equal(let bound): value == bound
        case .notEqual(let bound): value != bound
        case .greater(let bound): value > bound
        case .greaterOrEqual(let bound): value >= bound
        case .less(let bound): value < bound
        case .lessOrEqual(let bound): value <= bound
        case .between(let low, let high): value >= low && value <= high
        case .notBetween(let low, let high): value < low || value > high
        }
    }
}
