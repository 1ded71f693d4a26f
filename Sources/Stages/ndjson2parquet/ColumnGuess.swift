import Bytes
import Contracts
import NDJSON

/// What the values of one column have been so far, and so the type that holds them all.
///
///     only null                                  VARCHAR
///     true, false                                BOOLEAN
///     whole numbers of 64 bits                   BIGINT
///     whole numbers to 38 digits                 DECIMAL(38,0)
///     numbers, some with a point or an exponent  DOUBLE
///     2018-01-31                                 DATE
///     12:30:00                                   TIME
///     2018-01-31T12:30:00                        TIMESTAMP_NTZ(6)
///     2018-01-31T12:30:00Z, with an offset       TIMESTAMP_TZ(6)
///     other texts, or texts of several of these  VARCHAR
///     objects, arrays, or several of the above   VARIANT: each value's JSON text
///
/// Texts never become numbers: leading zeros stay.
///
/// With nesting, arrays and objects are looked into instead: ARRAY of what all elements are, OBJECT of the members in
/// the order of their first appearance. An object without members, and arrays among objects, stay VARIANT.
struct ColumnGuess {
    private struct Found: OptionSet {
        let rawValue: UInt16

        static let boolean = Found(rawValue: 1)
        static let integer = Found(rawValue: 2)
        static let longInteger = Found(rawValue: 4)
        static let fraction = Found(rawValue: 8)
        static let date = Found(rawValue: 16)
        static let time = Found(rawValue: 32)
        static let timestamp = Found(rawValue: 64)
        static let instant = Found(rawValue: 128)
        static let text = Found(rawValue: 256)
        static let other = Found(rawValue: 512)

        static let numbers: Found = [.integer, .longInteger, .fraction]
        static let texts: Found = [.date, .time, .timestamp, .instant, .text]
    }

    /// Deeper lists and groups stay JSON text.
    private static let depthLimit = 8

    private var found: Found = []
    private let nestsTo: Int
    private var hasArrays = false
    private var hasObjects = false
    /// At most one: of the elements of arrays.
    private var element: [ColumnGuess] = []
    private var members: [(name: String, guess: ColumnGuess)] = []

    /// `nests` says that arrays and objects are looked into.
    init(nests: Bool = false) { nestsTo = nests ? Self.depthLimit : 0 }

    private init(nestsTo: Int) { self.nestsTo = nestsTo }

    /// Looks at one more value, given without the quotes of a string.
    mutating func add(_ kind: JSONKind, _ value: UnsafeRawBufferPointer) {
        if nestsTo > 0, addNested(kind, value) { return }
        switch kind {
        case .null: return
        case .true, .false: found.insert(.boolean)
        case .number: found.insert(Self.number(value))
        case .string: found.insert(found.contains(.text) ? .text : Self.text(value))
        case .escapedString: found.insert(.text)
        case .array, .object: found.insert(.other)
        }
    }

    private mutating func addNested(_ kind: JSONKind, _ value: UnsafeRawBufferPointer) -> Bool {
        switch kind {
        case .array:
            guard let elements = try? JSONWalk.elements(of: value) else { return false }
            hasArrays = true
            if element.isEmpty { element.append(ColumnGuess(nestsTo: nestsTo - 1)) }
            for item in elements { element[0].add(item.kind, UnsafeRawBufferPointer(rebasing: value[item.value])) }
        case .object:
            guard let fields = try? JSONWalk.members(of: value) else { return false }
            hasObjects = true
            for field in fields {
                let name = RowBinder.name(of: field, in: value)
                let place = members.firstIndex { $0.name == name } ?? members.endIndex
                if place == members.endIndex { members.append((name, ColumnGuess(nestsTo: nestsTo - 1))) }
                members[place].guess.add(field.kind, UnsafeRawBufferPointer(rebasing: value[field.value]))
            }
        default: return false
        }
        return true
    }

    /// What the column holds.
    var shape: ColumnShape {
        switch (found.isEmpty, hasArrays, hasObjects) {
        case (_, false, false): return .value(type)
        case (true, true, false): return .list(element[0].shape)
        case (true, false, true):
            if members.isEmpty || members.contains(where: { $0.name.isEmpty }) { return .value(.json) }
            return .group(members.map { ColumnShape.Member(name: $0.name, shape: $0.guess.shape) })
        default: return .value(.json)
        }
    }

    private static func number(_ value: UnsafeRawBufferPointer) -> Found {
        let isPlain = value.allSatisfy { $0 &- 0x30 < 10 || $0 == 0x2D }
        guard isPlain else {
            return DoubleText.parse(RawSpan(_unsafeBytes: value)) == nil ? .other : .fraction
        }
        switch DecimalText.readInteger(value) {
        case .value: return .integer
        case .tooLarge:
            if case .value = DecimalText.read(value, precision: 38, scale: 0) { return .longInteger }
            return .other
        case .fraction, .notANumber: return .other
        }
    }

    private static func text(_ value: UnsafeRawBufferPointer) -> Found {
        if DateText.readDate(value) != nil { return .date }
        if DateText.readTime(value) != nil { return .time }
        if DateText.readTimestamp(value, offset: .forbidden) != nil { return .timestamp }
        if DateText.readTimestamp(value, offset: .required) != nil { return .instant }
        return .text
    }

    /// The type of the values so far, lists and groups aside.
    var type: LogicalType {
        switch found {
        case []: .string(maximumLength: nil)
        case .boolean: .boolean
        case .integer: .integer(.i64)
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp(isInstant: false)
        case .instant: .timestamp(isInstant: true)
        default: mixedType
        }
    }

    private var mixedType: LogicalType {
        if found.isSubset(of: .texts) { return .string(maximumLength: nil) }
        guard found.isSubset(of: .numbers) else { return .json }
        if !found.contains(.fraction) { return .decimal(precision: 38, scale: 0) }
        // A double holds a long whole number only roughly; its digits are worth more than its type.
        return found.contains(.longInteger) ? .json : .double
    }
}
