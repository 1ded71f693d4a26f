/// What a column holds, independent of the programs and databases that store it.
package enum LogicalType: Hashable, Sendable {
    /// Text of at most so many Unicode scalars; nil is without limit.
    case string(maximumLength: Int?)
    case integer(IntegerWidth)
    /// An exact decimal with `precision` digits, `scale` of them after the point; 1...38 and 0...precision.
    case decimal(precision: Int, scale: Int)
    case double
    case boolean
    case date
    case time
    /// A point in time (`isInstant`), or what a clock on the wall showed.
    case timestamp(isInstant: Bool)
    /// Any JSON value, kept as its text.
    case json

    /// How the contract writes the type, for messages and rules: `DECIMAL(12,2)`.
    package var contractName: String {
        switch self {
        case .string(let length?): "VARCHAR(\(length))"
        case .string(nil): "VARCHAR"
        case .integer(.i32): "INTEGER"
        case .integer(.i64): "BIGINT"
        case .integer(let width): "INTEGER(\(width.rawValue))"
        case .decimal(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .double: "DOUBLE"
        case .boolean: "BOOLEAN"
        case .date: "DATE"
        case .time: "TIME"
        case .timestamp(false): "TIMESTAMP_NTZ(6)"
        case .timestamp(true): "TIMESTAMP_TZ(6)"
        case .json: "VARIANT"
        }
    }
}

/// The range of an integer column, named as in ODCS's `format`.
package enum IntegerWidth: String, Hashable, Sendable, CaseIterable {
    case i8, i16, i32, i64, u8, u16, u32

    package var minimum: Int64 {
        switch self {
        case .i8: Int64(Int8.min)
        case .i16: Int64(Int16.min)
        case .i32: Int64(Int32.min)
        case .i64: Int64.min
        case .u8, .u16, .u32: 0
        }
    }

    package var maximum: Int64 {
        switch self {
        case .i8: Int64(Int8.max)
        case .i16: Int64(Int16.max)
        case .i32: Int64(Int32.max)
        case .i64: Int64.max
        case .u8: Int64(UInt8.max)
        case .u16: Int64(UInt16.max)
        case .u32: Int64(UInt32.max)
        }
    }
}

/// The physical types a contract may name: `VARCHAR(n) | DECIMAL(p,s) | NUMBER(p,s) | INTEGER | BIGINT | DOUBLE | BOOLEAN | DATE |
/// TIME | TIMESTAMP_NTZ(6) | TIMESTAMP_TZ(6) | TIMESTAMP_LTZ(6) | VARIANT`.
enum PhysicalType: Equatable {
    case varchar(Int?)
    case decimal(Int, Int)
    case integer
    case bigint
    case double
    case boolean
    case date
    case time
    case timestamp
    case timestampWithZone
    case variant

    /// Nil for any other text. Case and spaces do not matter.
    init?(_ text: String) {
        let compact = text.uppercased().filter { $0 != " " }
        let parts = compact.split(separator: "(", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.first else { return nil }
        var arguments: [Int] = []
        if parts.count == 2 {
            guard parts[1].hasSuffix(")") else { return nil }
            for part in parts[1].dropLast().split(separator: ",", omittingEmptySubsequences: false) {
                guard part.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(part) else { return nil }
                arguments.append(value)
            }
        }
        switch (String(name), arguments.count) {
        case ("VARCHAR", 0): self = .varchar(nil)
        case ("VARCHAR", 1): self = .varchar(arguments[0])
        case ("DECIMAL", 2), ("NUMBER", 2): self = .decimal(arguments[0], arguments[1])
        case ("INTEGER", 0): self = .integer
        case ("BIGINT", 0): self = .bigint
        case ("DOUBLE", 0): self = .double
        case ("BOOLEAN", 0): self = .boolean
        case ("DATE", 0): self = .date
        case ("TIME", 0): self = .time
        case ("TIMESTAMP_NTZ", 0...1) where arguments.first ?? 6 == 6: self = .timestamp
        case ("TIMESTAMP_TZ", 0...1), ("TIMESTAMP_LTZ", 0...1):
            guard arguments.first ?? 6 == 6 else { return nil }
            self = .timestampWithZone
        case ("VARIANT", 0): self = .variant
        default: return nil
        }
    }

    static let spellings =
        "VARCHAR(n), DECIMAL(p,s), INTEGER, BIGINT, DOUBLE, BOOLEAN, DATE, TIME, TIMESTAMP_NTZ(6), TIMESTAMP_TZ(6), "
        + "TIMESTAMP_LTZ(6), VARIANT"
}
