internal import Bytes

/// Values as contracts write them, independent of how workbooks do: `12.5`, `2018-01-31`, `2018-01-31T12:30:00`, `true`.
///
/// Bounds, defaults, examples and valid values are checked with it once, when a contract is read.
enum CanonicalText {
    /// A number in JSON's grammar.
    static func isNumber(_ text: String) -> Bool {
        read(text) { DecimalText.read($0, precision: DecimalText.maximumPrecision, scale: 0) } != .notANumber
    }

    /// The value, or nil where the text is none of that type. Texts, booleans and JSON have no value that is compared.
    static func value(_ text: String, _ type: LogicalType) -> BoundValue? {
        switch type {
        case .integer(let width):
            guard case .value(let value) = read(text, DecimalText.readInteger), value >= width.minimum,
                value <= width.maximum
            else { return nil }
            return .integer(value)
        case .decimal(let precision, let scale):
            guard case .value(let value) = read(text, { DecimalText.read($0, precision: precision, scale: scale) })
            else {
                return nil
            }
            return .decimal(value)
        case .double:
            guard isNumber(text), let value = Double(text), value.isFinite else { return nil }
            return .double(value)
        case .date: return read(text, DateText.readDate).map { .date($0) }
        case .time: return read(text, DateText.readTime).map { .time($0) }
        case .timestamp(let isInstant): return timestamp(text, isInstant).map { .timestamp($0) }
        case .string, .boolean, .json: return nil
        }
    }

    /// Whether the text is a value of the type, also for the types without an order.
    static func isValid(_ text: String, _ type: LogicalType) -> Bool {
        switch type {
        case .string(let limit): limit.map { text.unicodeScalars.count <= $0 } ?? true
        case .boolean: text == "true" || text == "false"
        case .json: true
        default: value(text, type) != nil
        }
    }

    /// A date, which is its midnight, or date and time; instants have an offset.
    private static func timestamp(_ text: String, _ isInstant: Bool) -> Int64? {
        if !isInstant, let days = read(text, DateText.readDate) { return Int64(days) * DateText.microsecondsPerDay }
        return read(text) { DateText.readTimestamp($0, offset: isInstant ? .required : .forbidden) }
    }

    private static func read<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        Array(text.utf8).withUnsafeBytes(body)
    }
}
