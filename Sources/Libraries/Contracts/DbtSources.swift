/// The landing tables as a dbt source, made from the contracts: what they hold, and dbt's own tests for it.
///
/// A table is a dataset with source files; the columns are those of its Parquet files and the two that the load adds.
/// Landing tables are history, so keys repeat and uniqueness is no test here. Rows may be older than the contract, and a
/// foreign key may wait for a late file: what is no part of the key only warns, staging decides.
package struct DbtSources {
    /// The name of the source in the dbt project.
    package static let sourceName = "lnd"

    private var text = ""

    /// The whole YAML file, tables by name.
    package static func write(_ contracts: [Contract]) -> String {
        var sources = DbtSources()
        let tables = contracts.flatMap { contract in contract.datasets.map { (contract, $0) } }
            .filter { $1.source != nil }
            .sorted { $0.1.name.utf8.lexicographicallyPrecedes($1.1.name.utf8) }
        let names = Set(tables.map(\.1.name))
        sources.writeHead()
        for (contract, dataset) in tables { sources.write(dataset, of: contract, among: names) }
        return sources.text
    }

    private mutating func line(_ depth: Int, _ content: String) {
        text += String(repeating: "  ", count: depth) + content + "\n"
    }

    private mutating func writeHead() {
        line(0, "# Made by clean --sources from compose/contracts; edit the contracts, not this file.")
        line(0, "version: 2")
        line(0, "")
        line(0, "sources:")
        line(1, "- name: \(DbtSources.sourceName)")
        let description =
            "Landing tables. Every row of every delivery, also of superseded and quarantined ones; staging picks what counts."
        line(2, "description: \(DbtSources.quoted(description))")
        line(2, "database: \"{{ target.database }}\"")
        line(2, "schema: \"{{ var('landing_schema', '\(DbtSources.sourceName)') }}\"")
        line(2, "tables:")
    }

    private mutating func write(_ dataset: Dataset, of contract: Contract, among names: Set<String>) {
        line(3, "- name: \(dataset.name)")
        line(4, "description: \(DbtSources.quoted(dataset.description ?? contract.purpose ?? ""))")
        line(4, "config:")
        line(5, "loaded_at_field: _loaded_at")
        if let hours = DbtSources.freshHours(contract.serviceLevels) {
            line(5, "freshness:")
            line(6, "warn_after: {count: \(hours), period: hour}")
        }
        line(4, "columns:")
        for column in dataset.columns {
            writeColumn(column.name, column.type, column.description)
            guard case .field(let index) = column.role else { continue }
            writeRules(dataset, index, among: names)
        }
        writeColumn("_delivery", .string(maximumLength: nil), "The delivery the row came with (ops.deliveries).")
        line(6, "data_tests: [not_null]")
        writeColumn("_loaded_at", .timestamp(isInstant: false), "When the row was loaded, UTC.")
    }

    private mutating func writeColumn(_ name: String, _ type: LogicalType, _ description: String?) {
        line(5, "- name: \(name)")
        line(6, "data_type: \(DbtSources.dataType(type))")
        line(6, "description: \(DbtSources.quoted(description ?? ""))")
    }

    /// Classification and tests of a field.
    private mutating func writeRules(_ dataset: Dataset, _ index: Int, among names: Set<String>) {
        let field = dataset.fields[index]
        if let classification = field.classification, classification != "internal" {
            line(6, "config:")
            line(7, "meta: {classification: \(DbtSources.quoted(classification))\(DbtSources.tags(field))}")
        }
        let references = dataset.references.filter { $0.fields == [index] && names.contains($0.dataset) }
        let valid = field.limits.validValues
        guard field.isRequired || valid != nil || !references.isEmpty else { return }
        if field.primaryKeyPosition != nil, valid == nil, references.isEmpty {
            line(6, "data_tests: [not_null]")
            return
        }
        line(6, "data_tests:")
        if field.isRequired {
            line(7, field.primaryKeyPosition != nil ? "- not_null" : "- not_null: {config: {severity: warn}}")
        }
        if let valid {
            line(7, "- accepted_values:")
            line(9, "arguments:")
            line(10, "values: [\(valid.map(DbtSources.quoted).joined(separator: ", "))]")
            if !DbtSources.isText(field.type) { line(10, "quote: false") }
            line(9, "config: {severity: warn}")
        }
        for reference in references {
            line(7, "- relationships:")
            line(9, "arguments:")
            line(10, "to: source('\(DbtSources.sourceName)', '\(reference.dataset)')")
            line(10, "field: \(reference.columns.joined())")
            line(9, "config: {severity: warn}")
        }
    }

    private static func tags(_ field: Field) -> String {
        field.tags.isEmpty ? "" : ", tags: [\(field.tags.map(quoted).joined(separator: ", "))]"
    }

    private static func isText(_ type: LogicalType) -> Bool {
        if case .string = type { return true }
        return false
    }

    /// In words that both warehouses understand; the load decides what the columns really are.
    private static func dataType(_ type: LogicalType) -> String {
        switch type {
        case .string: "varchar"
        case .integer(.i64), .integer(.u32): "bigint"
        case .integer: "integer"
        case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
        case .double: "double"
        case .boolean: "boolean"
        case .date: "date"
        case .time: "time"
        case .timestamp(false): "timestamp"
        case .timestamp(true): "timestamp_tz"
        case .json: "variant"
        }
    }

    /// How old data may be: they come every `frequency`, and each time up to `latency` late.
    private static func freshHours(_ levels: [ServiceLevel]) -> Int? {
        func hours(_ property: String) -> Int? {
            guard let level = levels.first(where: { $0.property == property }), let value = Int(level.value), value > 0
            else { return nil }
            // A unit of "m" may be minutes or months: nothing is promised by it.
            let factor: Int? =
                switch level.unit {
                case "h", "hr", "hour", "hours": 1
                case "d", "day", "days": 24
                case "y", "yr", "year", "years": 24 * 365
                default: nil
                }
            return factor.flatMap { factor in
                let (hours, isTooLarge) = value.multipliedReportingOverflow(by: factor)
                return isTooLarge ? nil : hours
            }
        }
        let parts = [hours("frequency"), hours("latency")].compactMap { $0 }
        guard !parts.isEmpty else { return nil }
        let (sum, isTooLarge) = (parts.first ?? 0).addingReportingOverflow(parts.count == 2 ? parts[1] : 0)
        return isTooLarge ? nil : sum
    }

    /// A double-quoted YAML scalar in which dbt finds nothing to render.
    private static func quoted(_ value: String) -> String {
        var result = "\""
        var previous: Unicode.Scalar?
        for scalar in value.unicodeScalars {
            // "{{", "{%" and "{#" begin Jinja: the first of them is written as an expression that gives it back.
            if previous == "{", scalar == "{" || scalar == "%" || scalar == "#" {
                result.removeLast()
                result += "{{ '{\(scalar)' }}"
                previous = nil
                continue
            }
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
            previous = scalar
        }
        return result + "\""
    }
}
