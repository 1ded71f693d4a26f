internal import NDJSON

/// A result of SQL API v2 ("jsonv2"): every value is a text, its meaning stands in the type of its column.
///
///     {"resultSetMetaData": {"rowType": [{"name": "DELIVERED_AT", "type": "timestamp_ntz", "scale": 6}],
///                            "partitionInfo": [{"rowCount": 1}]},
///      "data": [["1793520000.123000000"]], "statementHandles": ["..."]}
struct SnowflakeAnswer {
    struct Column: Equatable {
        /// Lower case, as our own answers name theirs.
        let name: String
        let type: String
    }

    let handle: String
    /// Of the single statements of a request with several.
    let children: [String]
    let columns: [Column]
    let partitionCount: Int
    /// Of the first partition.
    let data: [JSONValue]

    init(_ document: JSONObject) {
        handle = document["statementHandle"]?.string ?? ""
        children = (document["statementHandles"]?.array ?? []).compactMap(\.string)
        let metadata = document["resultSetMetaData"]
        columns = (metadata?["rowType"]?.array ?? []).map { column in
            Column(name: (column["name"]?.string ?? "").lowercased(), type: column["type"]?.string ?? "text")
        }
        partitionCount = metadata?["partitionInfo"]?.array?.count ?? 1
        data = document["data"]?.array ?? []
    }

    /// Rows as objects; those of other partitions have the same columns.
    func rows(_ data: [JSONValue]) -> [JSONObject] {
        data.map { row in
            var object = JSONObject()
            for (column, value) in zip(columns, row.array ?? []) {
                object[column.name] = Self.value(value.string, type: column.type)
            }
            return object
        }
    }

    /// Times become whole milliseconds since 1970 (rounded down), as DuckDB's answers have them.
    static func value(_ text: String?, type: String) -> JSONValue {
        guard let text else { return .null }
        switch type {
        case "fixed": return .number(text)
        case "boolean": return .bool(text == "true")
        case "timestamp_ntz", "timestamp_ltz", "timestamp_tz":
            return milliseconds(text).map { .integer($0) } ?? .string(text)
        case "variant", "object", "array": return (try? JSONValue(parsing: Array(text.utf8))) ?? .string(text)
        default: return .string(text)
        }
    }

    /// From `-1.500000000`, or `1.500000000 1440` with an offset that does not change the moment.
    static func milliseconds(_ text: String) -> Int? {
        let number = text.prefix { $0 != " " }
        let parts = number.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let seconds = Int(first) else { return nil }
        let digits = parts.count == 2 ? parts[1] : "0"
        guard digits.utf8.count <= 9, let fraction = Int(digits) else { return nil }
        var nanoseconds = fraction
        for _ in digits.utf8.count..<9 { nanoseconds *= 10 }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return nil }
        // The fraction of a negative number counts downwards.
        return number.hasPrefix("-") ? whole - (nanoseconds + 999_999) / 1_000_000 : whole + nanoseconds / 1_000_000
    }
}
