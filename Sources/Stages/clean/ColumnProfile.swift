internal import Bytes
internal import Contracts
internal import NDJSON
internal import Text

/// What one column holds: before cleaning in all records, afterwards in the rows that passed.
struct ColumnProfile {
    private static let sampleLimit = 5
    private static let topValueLimit = 20
    private static let topShapeLimit = 10
    private static let shapeLimit = 1000
    /// Longer values are cut where they are shown.
    private static let shownLimit = 100

    private var present = 0
    private var absent = 0
    private var nullsBefore = 0
    private var nullsAfter = 0
    private var operationChanges: [Int]
    private var formatHits: [Int]
    private var isoHits = 0
    private var failures: [RejectCode: (count: Int, samples: [String])] = [:]
    private var distinct = DistinctCounter()
    private var shapes: [String: Int] = [:]
    private var smallest: (order: [UInt8], json: [UInt8])?
    private var largest: (order: [UInt8], json: [UInt8])?
    private var lengths: (minimum: Int, maximum: Int, sum: Int) = (.max, 0, 0)
    /// Unscaled; nil when it grew too large.
    private var sum: Int128? = 0
    private var values = 0

    private let field: Field

    init(_ field: Field) {
        self.field = field
        operationChanges = Array(repeating: 0, count: field.cleaning.operations.count)
        formatHits = Array(repeating: 0, count: field.cleaning.parse.formats.count)
    }

    mutating func seeAbsent() { absent += 1 }

    /// Looks at a value as it came.
    mutating func see(_ value: RawSpan, _ kind: JSONKind, _ cleaner: FieldCleaner, _ workspace: inout Workspace) {
        present += 1
        if kind == .null { nullsBefore += 1 }
        guard kind.isString else { return }
        workspace.text.removeAll()
        if kind == .escapedString {
            JSONText.unescape(value, into: &workspace.text)
        } else {
            workspace.text.append(value)
        }
        cleaner.steps.countChanges(&workspace, &operationChanges)
        guard !formatHits.isEmpty else { return }
        countFormat(workspace.text, cleaner)
    }

    private mutating func countFormat(_ text: borrowing ByteBuffer, _ cleaner: FieldCleaner) {
        if DateText.parseTimestamp(text.bytes) != nil {
            isoHits += 1
        } else if let format = cleaner.dates.formatIndex(of: text.bytes) {
            formatHits[format] += 1
        }
    }

    /// Looks at a reason for refusing a row.
    mutating func see(_ failure: Failure, _ value: JSONValue) {
        var entry = failures[failure.code] ?? (0, [])
        entry.count += 1
        if entry.samples.count < Self.sampleLimit { entry.samples.append(Self.shown(value.string ?? value.text)) }
        failures[failure.code] = entry
    }

    /// Looks at a value of a row that passed, as canonical JSON.
    mutating func seeClean(_ json: RawSpan) {
        values += 1
        distinct.add(json)
        var order = ByteBuffer()
        OrderKey.append(json, field.type, to: &order)
        let bytes = order.bytes.array
        if smallest.map({ bytes.lexicographicallyPrecedes($0.order) }) ?? true { smallest = (bytes, json.array) }
        if largest.map({ $0.order.lexicographicallyPrecedes(bytes) }) ?? true { largest = (bytes, json.array) }
        switch field.type {
        case .string: seeText(json)
        case .integer: add(DecimalNumber.parse(json)?.integer)
        case .decimal(_, let scale):
            if case .value(let value)? = DecimalNumber.parse(json)?.scaled(precision: 38, scale: scale) { add(value) }
        default: break
        }
    }

    mutating func seeCleanNull() { nullsAfter += 1 }

    private mutating func seeText(_ json: RawSpan) {
        var text = ByteBuffer()
        JSONText.unescape(json.extracting(1..<json.byteCount - 1), into: &text)
        let length = ScalarReader.count(text.bytes)
        lengths = (min(lengths.minimum, length), max(lengths.maximum, length), lengths.sum + length)
        let shape = ValueShape.shape(of: text.bytes.text)
        if shapes[shape] != nil || shapes.count < Self.shapeLimit { shapes[shape, default: 0] += 1 }
    }

    private mutating func add(_ value: Int128?) {
        guard let value, let present = sum else { return }
        let (total, overflow) = present.addingReportingOverflow(value)
        sum = overflow ? nil : total
    }

    /// The column as a part of the report. Values are left out where they are hidden.
    func report(isHidden: Bool) -> JSONValue {
        var object: JSONObject = ["absent": .integer(absent), "distinct": .integer(distinct.count)]
        if !distinct.isExact { object["distinct_error_percent"] = .number(DistinctCounter.estimateError) }
        object["failures"] = .object(failureReport(isHidden))
        if !formatHits.isEmpty { object["formats"] = .object(formatReport()) }
        if isHidden { object["hidden"] = .bool(true) }
        if case .string = field.type, values > 0 { object["length"] = .object(lengthReport()) }
        if !isHidden {
            object["maximum"] = largest.map { Self.value($0.json) } ?? .null
            object["minimum"] = smallest.map { Self.value($0.json) } ?? .null
        }
        object["nulls_after"] = .integer(nullsAfter)
        object["nulls_before"] = .integer(nullsBefore)
        object["operations"] = .object(operationReport())
        object["present"] = .integer(present)
        if case .string = field.type { object["shapes"] = .array(shapeReport()) }
        if let sumText { object["sum"] = .number(sumText) }
        if !isHidden { object["top"] = .array(topReport()) }
        if distinct.uncountedValues > 0 { object["top_uncounted"] = .integer(distinct.uncountedValues) }
        object["values"] = .integer(values)
        return .object(object)
    }

    private func failureReport(_ isHidden: Bool) -> JSONObject {
        var object = JSONObject()
        for (code, entry) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let samples = isHidden ? [] : entry.samples.map { JSONValue.string($0) }
            object[code.rawValue] = .object(["count": .integer(entry.count), "samples": .array(samples)])
        }
        return object
    }

    private func formatReport() -> JSONObject {
        var object: JSONObject = ["ISO 8601": .integer(isoHits)]
        for (format, count) in zip(field.cleaning.parse.formats, formatHits) { object[format.text] = .integer(count) }
        return object
    }

    private func operationReport() -> JSONObject {
        var object = JSONObject()
        for (number, count) in operationChanges.enumerated() {
            object["\(number + 1) \(field.cleaning.operations[number].name)"] = .integer(count)
        }
        return object
    }

    private func lengthReport() -> JSONObject {
        // Two decimals, without binary fractions.
        let hundredths = lengths.sum * 100 / values
        let fraction = hundredths % 100
        return [
            "maximum": .integer(lengths.maximum),
            "mean": .number("\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"),
            "minimum": .integer(lengths.minimum),
        ]
    }

    private func shapeReport() -> [JSONValue] {
        let ordered = shapes.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        return ordered.prefix(Self.topShapeLimit).map {
            .object(["count": .integer($0.value), "shape": .string($0.key)])
        }
    }

    private func topReport() -> [JSONValue] {
        distinct.mostFrequent(Self.topValueLimit).map {
            .object(["count": .integer($0.count), "value": Self.value($0.value)])
        }
    }

    private var sumText: String? {
        let scale: Int
        switch field.type {
        case .integer: scale = 0
        case .decimal(_, let digits): scale = digits
        default: return nil
        }
        guard let sum, values > 0 else { return nil }
        var output = ByteBuffer()
        DecimalText.append(sum, scale: scale, to: &output)
        return output.bytes.text
    }

    /// A value from its canonical JSON, cut if it is long.
    private static func value(_ json: [UInt8]) -> JSONValue {
        let value = (try? JSONValue(parsing: json)) ?? .null
        if let text = value.string { return .string(shown(text)) }
        return value
    }

    private static func shown(_ text: String) -> String {
        text.count > shownLimit ? text.prefix(shownLimit) + "…" : text
    }
}

extension TextOperation {
    /// As contracts spell it.
    fileprivate var name: String {
        switch self {
        case .nfc: "nfc"
        case .nfkc: "nfkc"
        case .controlStrip: "controlStrip"
        case .trim: "trim"
        case .squeeze: "squeeze"
        case .lower: "lower"
        case .upper: "upper"
        case .fixMojibake: "fixMojibake"
        case .stripChars: "stripChars"
        case .padLeft: "padLeft"
        case .replace: "replace"
        case .extract: "extract"
        }
    }
}
