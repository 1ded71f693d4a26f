/// A small JSON document held whole: manifest lines, reports, settings. Rows of data never become one of these.
///
/// Objects keep the order of their members and numbers keep their spelling, so that what is passed through comes out
/// as it came in.
package enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The number's own characters.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }

    /// A string, or null for nil.
    package static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

    package var string: String? { if case .string(let text) = self { text } else { nil } }
    package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    package var array: [JSONValue]? { if case .array(let values) = self { values } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }
    package var isNull: Bool { self == .null }

    /// The member of an object, or nil: for anything else too.
    package subscript(key: String) -> JSONValue? { object?[key] }

    /// The document without any spaces.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var bytes: [UInt8] {
        var output: [UInt8] = []
        append(to: &output)
        return output
    }

    /// Appends the document without any spaces.
    package func append(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let text): JSONText.appendString(text, to: &output)
        case .array(let values):
            output.append(0x5B)
            for (index, value) in values.enumerated() {
                if index > 0 { output.append(0x2C) }
                value.append(to: &output)
            }
            output.append(0x5D)
        case .object(let object):
            output.append(0x7B)
            for (index, member) in object.members.enumerated() {
                if index > 0 { output.append(0x2C) }
                JSONText.appendString(member.key, to: &output)
                output.append(0x3A)
                member.value.append(to: &output)
            }
            output.append(0x7D)
        }
    }
}

/// The members of a JSON object in their order.
package struct JSONObject: Equatable, Sendable, ExpressibleByDictionaryLiteral {
    package struct Member: Equatable, Sendable {
        package var key: String
        package var value: JSONValue
    }

    package private(set) var members: [Member] = []

    package init() {}
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// Setting an existing key keeps its place; a new key goes to the end; nil removes.
    package subscript(key: String) -> JSONValue? {
        get { members.first { $0.key == key }?.value }
        set {
            let place = members.firstIndex { $0.key == key }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONValue {
    /// Reads one JSON text, with the same strictness as `RecordView`.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        self = try bytes.withUnsafeBufferPointer { (pointer) throws(JSONError) in
            try JSONValue(parsing: UnsafeRawBufferPointer(pointer))
        }
    }

    /// Reads one JSON text, with the same strictness as `RecordView`.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var scanner = JSONScanner(bytes)
        scanner.skipWhiteSpace()
        self = try Self.value(&scanner, depth: 1)
        scanner.skipWhiteSpace()
        if scanner.position != bytes.count { throw JSONError(.trailingBytes, at: scanner.position) }
    }

    private static func value(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> JSONValue {
        if depth > JSONScanner.depthLimit { throw scanner.failure(.tooDeep) }
        let start = scanner.position
        switch scanner.current {
        case 0x7B:
            var object = JSONObject()
            try scanner.forEachMember(depth: depth) { (scanner, key, hasEscapes) throws(JSONError) in
                let name = text(scanner.bytes, key, hasEscapes: hasEscapes)
                if object[name] != nil { throw JSONError(.duplicateKey, at: key.lowerBound) }
                object[name] = try value(&scanner, depth: depth + 1)
            }
            return .object(object)
        case 0x5B:
            return .array(try elements(&scanner, depth: depth))
        default:
            let kind = try scanner.skipValue(depth: depth)
            switch kind {
            case .null: return .null
            case .true: return .bool(true)
            case .false: return .bool(false)
            case .string, .escapedString:
                return .string(
                    text(scanner.bytes, start + 1..<scanner.position - 1, hasEscapes: kind == .escapedString))
            default: return .number(text(scanner.bytes, start..<scanner.position, hasEscapes: false))
            }
        }
    }

    private static func elements(_ scanner: inout JSONScanner, depth: Int) throws(JSONError) -> [JSONValue] {
        var values: [JSONValue] = []
        scanner.position += 1
        scanner.skipWhiteSpace()
        if scanner.current == 0x5D {
            scanner.position += 1
            return values
        }
        while true {
            scanner.skipWhiteSpace()
            values.append(try value(&scanner, depth: depth + 1))
            scanner.skipWhiteSpace()
            switch scanner.current {
            case 0x2C: scanner.position += 1
            case 0x5D:
                scanner.position += 1
                return values
            default: throw scanner.failure(.unexpectedByte)
            }
        }
    }

    private static func text(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, hasEscapes: Bool) -> String {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
        guard hasEscapes else { return String(decoding: raw, as: UTF8.self) }
        var plain: [UInt8] = []
        JSONText.unescape(raw, into: &plain)
        return String(decoding: plain, as: UTF8.self)
    }
}
