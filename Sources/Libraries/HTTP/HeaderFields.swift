/// The header of a request or an answer: fields in their order, found by name whatever the case.
///
/// Printing it shows the names, and the values only of fields that are known to be harmless.
package struct HeaderFields: Equatable, Sendable {
    package struct Field: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    /// The first value of a field. Setting it replaces all of them; nil removes.
    package subscript(name: String) -> String? {
        get { fields.first { Self.areSame($0.name, name) }?.value }
        set {
            let place = fields.firstIndex { Self.areSame($0.name, name) }
            fields.removeAll { Self.areSame($0.name, name) }
            guard let newValue else { return }
            fields.insert(Field(name: name, value: newValue), at: min(place ?? fields.count, fields.count))
        }
    }

    /// All values of a field, in order.
    package func values(_ name: String) -> [String] {
        fields.filter { Self.areSame($0.name, name) }.map(\.value)
    }

    /// Adds one more value.
    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Removes the fields for which `isUnwanted` is true of the lower-case name.
    mutating func removeAll(where isUnwanted: (String) -> Bool) {
        fields.removeAll { isUnwanted($0.name.lowercased()) }
    }

    /// Compares names as HTTP does: ASCII letters of either case are one.
    static func areSame(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
    }

    /// Why this cannot be the header of a request, or nil: `field-name = token`, no control characters in values
    /// (RFC 9110 section 5), and nothing that the transport decides itself.
    var problem: String? {
        for field in fields {
            if field.name.isEmpty || !field.name.utf8.allSatisfy(Self.isTokenByte) {
                return "a header field has an illegal name"
            }
            if !field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) {
                return "the header field \(field.name) has a control character in its value"
            }
            if Self.transportFields.contains(field.name.lowercased()) {
                return "the header field \(field.name) is set by the transport"
            }
        }
        return nil
    }

    private static let transportFields: Set<String> = [
        "accept-encoding", "connection", "content-length", "expect", "host", "transfer-encoding",
    ]

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}

extension HeaderFields: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Fields whose values may be shown. Everything else could be a secret or carry one.
    private static let harmlessFields: Set<String> = [
        "accept", "accept-ranges", "content-encoding", "content-length", "content-range", "content-type", "date",
        "etag", "if-match", "if-none-match", "last-modified", "range", "retry-after", "server", "transfer-encoding",
        "user-agent", "x-ms-client-request-id", "x-ms-date", "x-ms-error-code", "x-ms-range", "x-ms-request-id",
        "x-ms-version",
    ]

    package var description: String {
        let texts = fields.map { field in
            "\(field.name): \(Self.harmlessFields.contains(field.name.lowercased()) ? field.value : "***")"
        }
        return "[\(texts.joined(separator: ", "))]"
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
