/// The keys that each version of the standard (v3.0, v3.1, v3.2) lets an element have.
///
/// Taken from the standard's JSON Schemas; what a version adds is listed with it, and nothing was ever removed.
struct ODCSKeys {
    /// 0 for v3.0, and so on.
    let minor: Int

    /// The versions this reader knows.
    static let minorVersions: KeyValuePairs<String, Int> = [
        "v3.0.0": 0, "v3.0.1": 0, "v3.0.2": 0, "v3.1.0": 1, "v3.2.0": 2,
    ]

    private func keys(_ first: Set<String>, since1: Set<String> = [], since2: Set<String> = []) -> Set<String> {
        first.union(minor >= 1 ? since1 : []).union(minor >= 2 ? since2 : [])
    }

    var contract: Set<String> {
        keys(
            [
                "version", "kind", "apiVersion", "id", "name", "tenant", "tags", "status", "servers", "dataProduct",
                "description", "domain", "schema", "support", "price", "team", "roles", "slaDefaultElement",
                "slaProperties", "authoritativeDefinitions", "customProperties", "contractCreatedTs",
            ], since2: ["context"])
    }

    private var element: Set<String> {
        keys(
            [
                "name", "physicalType", "description", "businessName", "authoritativeDefinitions", "tags",
                "customProperties",
            ], since1: ["id"], since2: ["deprecated", "synonyms"])
    }

    var schemaObject: Set<String> {
        element.union(
            keys(
                ["logicalType", "physicalName", "dataGranularityDescription", "properties", "quality"],
                since1: ["relationships"], since2: ["context"]))
    }

    var property: Set<String> {
        element.union(
            keys(
                [
                    "primaryKey", "primaryKeyPosition", "logicalType", "logicalTypeOptions", "physicalName", "required",
                    "unique", "partitioned", "partitionKeyPosition", "classification", "encryptedName",
                    "transformSourceObjects", "transformLogic", "transformDescription", "examples",
                    "criticalDataElement", "quality", "items", "properties",
                ], since1: ["relationships"], since2: ["enum", "semanticType"]))
    }

    var quality: Set<String> {
        keys(
            [
                "authoritativeDefinitions", "businessImpact", "customProperties", "description", "dimension", "method",
                "name", "schedule", "scheduler", "severity", "tags", "type", "unit", "rule", "query", "engine",
                "implementation",
            ], since1: ["id", "metric", "arguments"]
        ).union(ODCSKeys.operators)
    }

    static let operators: Set<String> = [
        "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo", "mustBeLessThan",
        "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
    ]

    var customProperty: Set<String> {
        keys(["property", "value"], since1: ["id", "description"], since2: ["vendor"])
    }

    var relationship: Set<String> { keys(["type", "from", "to", "customProperties"], since2: ["id"]) }

    /// The options that a logical type may have; nil for a type that is no logical type of this version.
    func options(of logicalType: String) -> Set<String>? {
        let range: Set<String> = ["format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
        return switch logicalType {
        case "string": ["minLength", "maxLength", "pattern", "format"]
        case "integer", "number": range.union(["multipleOf"])
        case "boolean": []
        case "date": range
        case "timestamp", "time": minor >= 1 ? range.union(["timezone", "defaultTimezone"]) : nil
        case "object": ["maxProperties", "minProperties", "required"]
        case "array": ["maxItems", "minItems", "uniqueItems"]
        case "map": minor >= 2 ? [] : nil
        default: nil
        }
    }
}
