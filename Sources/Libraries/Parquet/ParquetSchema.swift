/// How values are stored (parquet.thrift, enum Type).
enum PhysicalType: Int {
    case boolean = 0
    case int32 = 1
    case int64 = 2
    case double = 5
    case byteArray = 6
    case fixedLengthByteArray = 7
}

/// What a column's values mean. Each has one physical form, the one that most readers understand.
package enum ParquetType: Equatable, Sendable {
    case boolean
    case int32
    case int64
    case double
    /// UTF-8 text.
    case string
    /// Days since 1970-01-01.
    case date
    /// Microseconds since midnight, wall clock.
    case time
    /// Microseconds since 1970-01-01T00:00:00: in UTC for an instant, else as a clock on the wall shows it.
    case timestamp(isInstant: Bool)
    /// Unscaled two's complement: 32 bits to 9 digits, 64 to 18, else as many bytes as the precision needs.
    case decimal(precision: Int, scale: Int)

    var physical: PhysicalType {
        switch self {
        case .boolean: .boolean
        case .int32, .date: .int32
        case .int64, .time, .timestamp: .int64
        case .double: .double
        case .string: .byteArray
        case .decimal(let precision, _): precision <= 9 ? .int32 : precision <= 18 ? .int64 : .fixedLengthByteArray
        }
    }

    /// The bytes of a value, or nil where they differ from value to value.
    var fixedByteCount: Int? {
        switch physical {
        case .boolean: 1
        case .int32: 4
        case .int64, .double: 8
        case .byteArray: nil
        case .fixedLengthByteArray: decimalByteCount
        }
    }

    /// The fewest bytes whose two's complement holds all decimals of the precision.
    private var decimalByteCount: Int {
        guard case .decimal(let precision, _) = self else { return 0 }
        var limit: Int128 = 1
        for _ in 0..<precision { limit *= 10 }
        var byteCount = 1
        while byteCount < 16, Int128(1) << (8 * byteCount - 1) <= limit - 1 { byteCount += 1 }
        return byteCount
    }
}

/// A field of a record: a value, a list or a group of fields.
package struct ParquetField: Equatable, Sendable {
    package indirect enum Shape: Equatable, Sendable {
        case value(ParquetType)
        case list(ParquetField)
        case group([ParquetField])
    }

    package let name: String
    package let isRequired: Bool
    package let shape: Shape

    package init(_ name: String, _ type: ParquetType, isRequired: Bool = false) {
        self.init(name, shape: .value(type), isRequired: isRequired)
    }

    package init(_ name: String, shape: Shape, isRequired: Bool = false) {
        self.name = name
        self.shape = shape
        self.isRequired = isRequired
    }
}

/// The columns of a file: the leaves of its fields, in order, with the levels that nesting gives them.
package struct ParquetSchema: Sendable {
    /// A reader keeps state per column; nobody has this many on purpose.
    package static let leafLimit = 16_384
    package static let depthLimit = 32

    package let fields: [ParquetField]
    package let leaves: [ParquetLeaf]

    package init(_ fields: [ParquetField]) throws(ParquetError) {
        self.fields = fields
        if fields.isEmpty { throw .schema("a Parquet file needs at least one column") }
        var leaves: [ParquetLeaf] = []
        try Self.collect(fields, path: [], definition: 0, repetition: 0, into: &leaves)
        self.leaves = leaves
    }

    private static func collect(
        _ fields: [ParquetField], path: [String], definition: Int, repetition: Int, into leaves: inout [ParquetLeaf]
    ) throws(ParquetError) {
        if path.count > depthLimit { throw .schema("columns are nested deeper than \(depthLimit) levels") }
        var names = Set<String>()
        for field in fields {
            if field.name.isEmpty { throw .schema("a column needs a name") }
            if !names.insert(field.name).inserted { throw .schema("two columns have the name \(field.name)") }
            let fieldPath = path + [field.name]
            let fieldDefinition = definition + (field.isRequired ? 0 : 1)
            switch field.shape {
            case .value(let type):
                try check(type, of: field.name)
                guard leaves.count < leafLimit else { throw .schema("more than \(leafLimit) columns") }
                leaves.append(
                    ParquetLeaf(
                        path: fieldPath, type: type, maximumDefinition: fieldDefinition,
                        maximumRepetition: repetition))
            case .list(let element):
                try collect(
                    [ParquetField("element", shape: element.shape, isRequired: element.isRequired)],
                    path: fieldPath + ["list"], definition: fieldDefinition + 1, repetition: repetition + 1,
                    into: &leaves)
            case .group(let members):
                if members.isEmpty { throw .schema("column \(field.name) is a group without fields") }
                try collect(
                    members, path: fieldPath, definition: fieldDefinition, repetition: repetition, into: &leaves)
            }
        }
    }

    private static func check(_ type: ParquetType, of name: String) throws(ParquetError) {
        guard case .decimal(let precision, let scale) = type else { return }
        guard 1...38 ~= precision, 0...precision ~= scale else {
            throw .schema("column \(name): decimal(\(precision),\(scale)) is not possible")
        }
    }
}

/// One column as stored.
package struct ParquetLeaf: Equatable, Sendable {
    /// The names from the record down to the value.
    package let path: [String]
    package let type: ParquetType
    /// How many of the fields on the way may be absent or repeat: the definition level of a value that is there.
    package let maximumDefinition: Int
    /// How many lists lie on the way.
    package let maximumRepetition: Int

    /// What messages call the column.
    package var name: String { path.joined(separator: ".") }
}
