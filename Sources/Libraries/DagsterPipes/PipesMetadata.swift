package import NDJSON

/// A value that Dagster shows with an asset or a check. On the wire it is always `{"raw_value": v, "type": t}`; another
/// form, or a value that does not fit its type, silently ends the reading of messages, so nothing else can be made.
package enum PipesMetadata: Equatable, Sendable {
    case text(String)
    case markdown(String)
    case url(String)
    case path(String)
    case integer(Int)
    case float(Double)
    case bool(Bool)
    case json(JSONValue)
    /// Columns by name and type, and rows of as many values each; values are texts, numbers and booleans.
    case table([Column], [[JSONValue]])

    /// A column of a table.
    package struct Column: Equatable, Sendable {
        package enum Kind: String, Sendable { case string, int, float, bool }
        package let name: String
        package let kind: Kind

        package init(_ name: String, _ kind: Kind = .string) {
            self.name = name
            self.kind = kind
        }
    }

    /// A longer table is cut: the event log holds every message.
    package static let tableRowLimit = 200

    /// The form on the wire.
    package var wire: JSONValue {
        switch self {
        case .text(let text): Self.wire(.string(text), "text")
        case .markdown(let text): Self.wire(.string(text), "md")
        case .url(let text): Self.wire(.string(text), "url")
        case .path(let text): Self.wire(.string(text), "path")
        case .integer(let value): Self.wire(.integer(value), "int")
        case .bool(let value): Self.wire(.bool(value), "bool")
        case .json(let value):
            // The type takes objects and lists only.
            value.object != nil || value.array != nil
                ? Self.wire(value, "json") : Self.wire(.string(value.text), "text")
        case .float(let value):
            // A float without a decimal point is refused; Swift always writes one, or an exponent. JSON has no infinity.
            value.isFinite ? Self.wire(.number("\(value)"), "float") : Self.wire(.string("\(value)"), "text")
        case .table(let columns, let rows): Self.wire(Self.table(columns, rows), "table")
        }
    }

    private static func wire(_ value: JSONValue, _ type: String) -> JSONValue {
        .object(["raw_value": value, "type": .string(type)])
    }

    private static func table(_ columns: [Column], _ rows: [[JSONValue]]) -> JSONValue {
        let records = rows.prefix(tableRowLimit).map { row in
            var record = JSONObject()
            for (column, value) in zip(columns, row) {
                // Null is not among the values of a table.
                record[column.name] = value.isNull ? .string("") : value
            }
            return JSONValue.object(record)
        }
        let schema = columns.map { JSONValue.object(["name": .string($0.name), "type": .string($0.kind.rawValue)]) }
        return .object(["records": .array(records), "schema": .array(schema)])
    }
}
