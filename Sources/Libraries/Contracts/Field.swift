/// One column of a contract.
package struct Field: Sendable {
    package let name: String
    package let type: LogicalType
    package let description: String?
    /// Nulls are refused.
    package let isRequired: Bool
    package let isUnique: Bool
    /// Counted from 1.
    package let primaryKeyPosition: Int?
    package let classification: String?
    package let tags: [String]
    package let limits: Limits
    package let cleaning: FieldCleaning
    /// IANA name of the zone in which text without an offset is an instant.
    package let defaultTimezone: String?
    package let place: FindingPlace
}

/// What values of a column may be, after parsing.
package struct Limits: Equatable, Sendable {
    /// In Unicode scalars.
    package let minimumLength: Int?
    /// The smaller of `maxLength` and the n of `VARCHAR(n)`.
    package let maximumLength: Int?
    /// Searched for, unless it is anchored.
    package let pattern: Pattern?
    package let minimum: Bound?
    package let maximum: Bound?
    package let multipleOf: Bound?
    /// Canonical texts; nil allows everything.
    package let validValues: [String]?
}

/// An end of a range.
package struct Bound: Equatable, Sendable {
    package let value: BoundValue
    /// The bound itself is outside.
    package let isExclusive: Bool
    /// As written in the contract, for messages.
    package let text: String
}

/// A value in the form in which values of its type are compared.
package enum BoundValue: Equatable, Sendable {
    case integer(Int64)
    /// Unscaled, at the scale of the column.
    case decimal(Int128)
    case double(Double)
    /// Days since 1970-01-01.
    case date(Int32)
    /// Microseconds since 1970-01-01T00:00:00, in UTC for instants and on the wall clock otherwise.
    case timestamp(Int64)
    /// Microseconds since midnight.
    case time(Int64)

    /// Whether the value is smaller; values of different types are not compared.
    package func isLess(than other: BoundValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left < right
        case (.decimal(let left), .decimal(let right)): left < right
        case (.double(let left), .double(let right)): left < right
        case (.date(let left), .date(let right)): left < right
        case (.timestamp(let left), .timestamp(let right)): left < right
        case (.time(let left), .time(let right)): left < right
        default: false
        }
    }
}
