internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// One rule over all rows: what is measured, and what it must be.
struct JudgedRule: Sendable {
    let id: String
    let fields: [Int]
    let metric: QualityRule.Metric
    let comparison: Comparison
    let unit: QualityRule.Unit
    let severity: QualityRule.Severity

    init(_ rule: QualityRule) {
        id = rule.id
        fields = rule.fields
        metric = rule.metric
        comparison = rule.comparison
        unit = rule.unit
        severity = rule.severity
    }

    /// No row repeats these columns.
    init(unique fields: [Int], _ dataset: Dataset) {
        id = "unique(\(fields.map { dataset.fields[$0].name }.joined(separator: ",")))"
        self.fields = fields
        metric = .duplicateValues
        comparison = .equal(0)
        unit = .rows
        severity = .error
    }
}

/// The contract's quality rules that rows decide, made ready: which of them a row breaks, and by which keys rows repeat.
///
/// Beside the rules that are written down, a column that is `unique` and a primary key must not repeat; that is no rule
/// where dropping duplicates has seen to it.
struct QualityRules {
    /// Rules on rows are bits of one word.
    private static let rowRuleLimit = 64

    /// A rule that says something of single rows: a value is null, missing or invalid.
    private struct RowRule {
        let rule: JudgedRule
        let tokens: TokenSet?
        let valid: TokenSet?
        let matcher: PatternMatcher?

        /// Whether one value breaks the rule. Nulls are invalid to no rule but the one about nulls.
        func isBroken(by json: RawSpan?) -> Bool {
            guard let json else { return rule.metric == .nullValues }
            let isQuoted = json[0] == 0x22
            let text = isQuoted ? json.extracting(1..<json.byteCount - 1) : json
            if let tokens { return tokens.contains(text) }
            if let valid, !valid.contains(text) { return true }
            if let matcher { return matcher.match(text) != .found }
            return false
        }
    }

    /// All rules, in the order of the report.
    let rules: [JudgedRule]
    /// Columns that must not repeat, one list for each rule about duplicates.
    let repeatedKeys: [[Int]]
    private let rowRules: [RowRule]

    /// - Throws: a bad configuration for more rules than there is room for.
    init(_ dataset: Dataset) throws(StageFailure) {
        rules = dataset.qualityRules.map(JudgedRule.init) + Self.impliedRules(dataset)
        repeatedKeys = rules.filter { $0.metric == .duplicateValues && !Self.isSettled($0, dataset) }.map(\.fields)
        var rowRules: [RowRule] = []
        for rule in rules {
            var tokens: TokenSet?
            var valid: TokenSet?
            var matcher: PatternMatcher?
            switch rule.metric {
            case .rowCount, .duplicateValues: continue
            case .nullValues: break
            case .missingValues(let texts): tokens = TokenSet(texts)
            case .invalidValues(let values, let pattern):
                valid = values.map { TokenSet($0) }
                do throws(PatternError) {
                    matcher = try pattern.map { pattern throws(PatternError) in try pattern.makeMatcher() }
                } catch {
                    throw .badConfiguration("the quality rule \(rule.id): a pattern \(error)")
                }
            }
            rowRules.append(RowRule(rule: rule, tokens: tokens, valid: valid, matcher: matcher))
        }
        guard rowRules.count <= Self.rowRuleLimit else {
            throw .badConfiguration(
                dataset.place.message("has more than \(Self.rowRuleLimit) quality rules about values", "remove some"))
        }
        self.rowRules = rowRules
    }

    /// Fields whose values have to be known when a row is written.
    var fields: [Int] { rowRules.flatMap(\.rule.fields) + repeatedKeys.flatMap { $0 } }
    var judgesRows: Bool { !rowRules.isEmpty || !repeatedKeys.isEmpty }

    private static func impliedRules(_ dataset: Dataset) -> [JudgedRule] {
        var keys = dataset.fields.indices.filter { dataset.fields[$0].isUnique }.map { [$0] }
        if !dataset.primaryKey.isEmpty, !keys.contains(dataset.primaryKey) { keys.append(dataset.primaryKey) }
        let written = dataset.qualityRules.filter { $0.metric == .duplicateValues }.map { Set($0.fields) }
        return keys.filter { !written.contains(Set($0)) }.map { JudgedRule(unique: $0, dataset) }
    }

    /// Dropping duplicates by the same columns, or by some of them, leaves none.
    static func isSettled(_ rule: JudgedRule, _ dataset: Dataset) -> Bool {
        guard let dedupe = dataset.rows.dedupe, !dedupe.isExact, !dedupe.keys.isEmpty else { return false }
        return Set(dedupe.keys).isSubset(of: rule.fields)
    }

    /// The rules that a written row breaks, one bit each.
    func violations(_ output: borrowing ByteBuffer, _ ranges: [Range<Int>]) -> UInt64 {
        var broken: UInt64 = 0
        for (number, rule) in rowRules.enumerated() {
            for field in rule.rule.fields {
                let isBroken =
                    ranges[field].isEmpty ? rule.isBroken(by: nil) : rule.isBroken(by: output.bytes(ranges[field]))
                if isBroken { broken |= 1 << UInt64(number) }
            }
        }
        return broken
    }

    /// The same for a row that was written before, given as its line.
    func violations(ofLine line: RawSpan, _ record: inout RecordView) -> UInt64 {
        guard (try? record.parse(line)) != nil else { return 0 }
        let fields = record.fields
        var broken: UInt64 = 0
        for (number, rule) in rowRules.enumerated() {
            for field in rule.rule.fields where field < fields.count {
                let isNull = fields[field].kind == .null
                let isBroken =
                    isNull ? rule.isBroken(by: nil) : rule.isBroken(by: line.extracting(fields[field].fullValue))
                if isBroken { broken |= 1 << UInt64(number) }
            }
        }
        return broken
    }
}
