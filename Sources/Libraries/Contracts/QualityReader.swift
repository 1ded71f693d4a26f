/// Reads quality rules: what must be judged over all rows, and what only other tools run.
struct QualityReader {
    private let keys: ODCSKeys
    private let columns: ColumnNames

    init(_ keys: ODCSKeys, _ columns: ColumnNames) {
        self.keys = keys
        self.columns = columns
    }

    /// The rules of the schema object, then of its columns.
    func rules(of schema: MappingReader, _ drafts: [FieldDraft]) -> (run: [QualityRule], notRun: [String]) {
        var run: [QualityRule] = []
        var notRun: [String] = []
        for rule in schema.mappings("quality", namedBy: "id", keys: keys.quality) { add(rule, nil, &run, &notRun) }
        for draft in drafts {
            guard let index = columns.index(of: draft.field.name) else { continue }
            for rule in draft.reader.mappings("quality", namedBy: "id", keys: keys.quality) {
                if !QualityReader.isHardInvalidValues(rule) { add(rule, index, &run, &notRun) }
            }
        }
        return (run, notRun)
    }

    /// Whether a rule forbids single values, so that each row is judged by it: `invalidValues` that must be 0.
    static func isHardInvalidValues(_ rule: MappingReader) -> Bool {
        guard case .scalar("invalidValues", _)? = rule["metric"]?.content,
            case .scalar("0", true)? = rule["mustBe"]?.content
        else { return false }
        if case .scalar("error", _)? = rule["severity"]?.content { return true }
        return rule["severity"] == nil
    }

    private func add(_ rule: MappingReader, _ field: Int?, _ run: inout [QualityRule], _ notRun: inout [String]) {
        let name = rule.text("id") ?? rule.text("name") ?? rule.text("metric") ?? rule.text("type") ?? "quality"
        let type = rule.choice("type", ["library": true, "text": false, "sql": false, "custom": false])
        guard type ?? true, rule["metric"] != nil else {
            notRun.append(name)
            return
        }
        let metricName = rule.choice(
            "metric", ["nullValues": 0, "missingValues": 1, "invalidValues": 2, "duplicateValues": 3, "rowCount": 4])
        let arguments = rule.mapping("arguments", keys: ["missingValues", "validValues", "pattern", "properties"])
        var fields = field.map { [$0] } ?? []
        if let arguments, arguments["properties"] != nil { fields += columns.indexes(arguments, "properties") }
        let metric: QualityRule.Metric
        switch metricName {
        case 0: metric = .nullValues
        case 1: metric = .missingValues(arguments?.texts("missingValues", isEmptyAllowed: true) ?? [])
        case 2:
            let pattern =
                arguments?["pattern"] == nil ? nil : arguments.flatMap { CleaningReader.pattern($0, "pattern") }
            metric = .invalidValues(valid: arguments?.texts("validValues"), pattern: pattern)
        case 3: metric = .duplicateValues
        case 4: metric = .rowCount
        default: return
        }
        if metric != .rowCount, fields.isEmpty, arguments?["properties"] == nil {
            rule.report("arguments", "names no columns", "add properties, or move the rule to a property")
        }
        guard let comparison = comparison(rule) else { return }
        run.append(
            QualityRule(
                id: name, fields: fields, metric: metric, comparison: comparison,
                unit: rule.choice("unit", ["rows": QualityRule.Unit.rows, "percent": .percent]) ?? .rows,
                severity: rule.choice(
                    "severity", ["info": QualityRule.Severity.info, "warning": .warning, "error": .error]) ?? .error))
    }

    private func comparison(_ rule: MappingReader) -> Comparison? {
        let present = ODCSKeys.operators.filter { rule[$0] != nil }
        guard present.count == 1, let key = present.first else {
            rule.log.add(
                rule.node, rule.path, present.isEmpty ? "compares with nothing" : "compares in several ways",
                "write exactly one of mustBe, mustBeLessThan and so on")
            return nil
        }
        if key == "mustBeBetween" || key == "mustNotBeBetween" {
            let ends = (rule.list(key) ?? []).compactMap { node -> Double? in
                guard case .scalar(let text, true) = node.content, CanonicalText.isNumber(text) else { return nil }
                return Double(text)
            }
            guard ends.count == 2, ends[0] <= ends[1] else {
                rule.report(key, "is no pair of numbers", "write [least, most]")
                return nil
            }
            return key == "mustBeBetween" ? .between(ends[0], ends[1]) : .notBetween(ends[0], ends[1])
        }
        guard let value = rule.number(key).flatMap({ Double($0) }) else { return nil }
        switch key {
        case "mustBe": return .equal(value)
        case "mustNotBe": return .notEqual(value)
        case "mustBeGreaterThan": return .greater(value)
        case "mustBeGreaterOrEqualTo": return .greaterOrEqual(value)
        case "mustBeLessThan": return .less(value)
        default: return .lessOrEqual(value)
        }
    }
}
