internal import ArgumentParser
internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// What a breach of a quality rule of severity `error` does.
enum QualityPolicy: String, ExpressibleByArgument, CaseIterable, Sendable {
    /// The rows are withheld and the run ends with status 65.
    case fail
    /// It is told; somebody else decides.
    case warn
}

/// Counts what the quality rules ask for over all rows that are written, and judges at the end.
struct QualityVerdicts: ~Copyable {
    private let rules: QualityRules
    private let dataset: Dataset
    /// How many rows break each rule about values.
    private var broken: [Int] = Array(repeating: 0, count: 64)
    private let counters: [RepeatCounter]
    /// Some rows were open until the end, so nobody saw which of the written ones repeat.
    private var sawCandidates = false
    private var record = RecordView()

    init(_ rules: QualityRules, _ dataset: Dataset, memoryLimit: Int) {
        self.rules = rules
        self.dataset = dataset
        counters = rules.repeatedKeys.map { _ in RepeatCounter(memoryLimit: memoryLimit) }
    }

    /// Counts a row that is written, or may be. `keys` are those of the rules about duplicates.
    mutating func count(_ violations: UInt64, _ keys: ArraySlice<RowKey?>, isCandidate: Bool) {
        add(violations, 1)
        if isCandidate { sawCandidates = true }
        for (counter, key) in zip(counters, keys) { counter.add(key) }
    }

    /// Takes back a row that was counted and lost after all.
    mutating func takeBack(_ line: RawSpan) { add(rules.violations(ofLine: line, &record), -1) }

    private mutating func add(_ violations: UInt64, _ difference: Int) {
        var rest = violations
        while rest != 0 {
            broken[rest.trailingZeroBitCount] += difference
            rest &= rest - 1
        }
    }

    /// One rule's result.
    struct Verdict {
        enum Outcome: String { case passed, failed, notRun }
        let rule: String
        let outcome: Outcome
        let severity: QualityRule.Severity
        let value: Double?
        /// What must hold, for messages.
        let demand: String
    }

    /// Judges all rules, for so many written rows, and lists those that only other tools run.
    func verdicts(rowCount: Int) -> [Verdict] {
        var verdicts: [Verdict] = []
        var rowRule = 0
        var repeatRule = 0
        for rule in rules.rules {
            var value: Double?
            switch rule.metric {
            case .rowCount: value = Double(rowCount)
            case .duplicateValues:
                if QualityRules.isSettled(rule, dataset) {
                    value = 0
                } else {
                    let count = sawCandidates ? nil : counters[repeatRule].count
                    value = count.map { share($0, rule, rowCount) }
                    repeatRule += 1
                }
            default:
                value = share(broken[rowRule], rule, rowCount)
                rowRule += 1
            }
            let outcome: Verdict.Outcome = value.map { rule.comparison.holds(for: $0) ? .passed : .failed } ?? .notRun
            verdicts.append(
                Verdict(
                    rule: rule.id, outcome: outcome, severity: rule.severity, value: value,
                    demand: rule.comparison.demand + (rule.unit == .percent ? " percent" : "")))
        }
        return verdicts
            + dataset.rulesNotRun.map {
                Verdict(rule: $0, outcome: .notRun, severity: .info, value: nil, demand: "")
            }
    }

    private func share(_ count: Int, _ rule: JudgedRule, _ rowCount: Int) -> Double {
        guard rule.unit == .percent else { return Double(count) }
        return rowCount == 0 ? 0 : Double(count) * 100 / Double(rowCount)
    }
}

/// Counts rows whose key was there before.
private final class RepeatCounter {
    private let memoryLimit: Int
    private var table: KeyTable? = KeyTable()
    private var repeated = 0

    init(memoryLimit: Int) { self.memoryLimit = memoryLimit }

    /// Nil when there were more keys than the memory holds: then nobody knows.
    var count: Int? { table == nil ? nil : repeated }

    func add(_ key: RowKey?) {
        guard let key, var keys = table.take() else { return }
        guard keys.mayGrow(within: memoryLimit) else { return }
        if !keys.insert(key) { repeated += 1 }
        table = consume keys
    }
}

extension QualityVerdicts.Verdict {
    /// One line for a person.
    var message: String {
        let shown = value.map { $0 == $0.rounded() && abs($0) < 1e15 ? String(Int64($0)) : String($0) } ?? "unknown"
        return "the quality rule \(rule) is broken: it is \(shown) and must be \(demand)"
    }

    var report: JSONValue {
        var object: JSONObject = ["rule": .string(rule), "verdict": .string(outcome.rawValue)]
        object["severity"] = .string(severity.rawValue)
        object["value"] = value.map { .number(JSONNumber.text($0)) } ?? .null
        return .object(object)
    }
}

/// Numbers for reports.
private enum JSONNumber {
    static func text(_ value: Double) -> String {
        var output = ByteBuffer()
        DoubleText.append(value, to: &output)
        return output.bytes.text
    }
}

extension Comparison {
    /// In words.
    fileprivate var demand: String {
        switch self {
        case .equal(let bound): "\(JSONNumber.text(bound))"
        case .notEqual(let bound): "anything but \(JSONNumber.text(bound))"
        case .greater(let bound): "greater than \(JSONNumber.text(bound))"
        case .greaterOrEqual(let bound): "at least \(JSONNumber.text(bound))"
        case .less(let bound): "less than \(JSONNumber.text(bound))"
        case .lessOrEqual(let bound): "at most \(JSONNumber.text(bound))"
        case .between(let low, let high): "between \(JSONNumber.text(low)) and \(JSONNumber.text(high))"
        case .notBetween(let low, let high): "outside \(JSONNumber.text(low)) to \(JSONNumber.text(high))"
        }
    }
}
