/// Texts inside a URL (RFC 3986 section 2): every byte of the UTF-8 that is not unreserved becomes `%` and two
/// hexadecimal digits, upper case.
///
///     pct-encoded = "%" HEXDIG HEXDIG
///     unreserved  = ALPHA / DIGIT / "-" / "." / "_" / "~"
package enum PercentEncoding {
    /// One path segment, or one name or value of a query: `/`, `&`, `=`, `+` and the space are encoded too.
    package static func encode(_ text: String) -> String { encode(text, keepingSlashes: false) }

    /// A path of several segments: the slashes stay.
    package static func encodePath(_ text: String) -> String { encode(text, keepingSlashes: true) }

    /// A body of the media type `application/x-www-form-urlencoded`. Spaces become `%20`, which every server reads.
    package static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    /// The text that an encoded one stands for; nil when a `%` is not followed by two digits or the bytes are not
    /// UTF-8. A `+` stays a `+`.
    package static func decode(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digitValue), let low = rest.popFirst().flatMap(digitValue) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// True when a `%` is not followed by two hexadecimal digits.
    package static func hasStrayPercent(_ text: some StringProtocol) -> Bool {
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else { continue }
            guard let high = rest.popFirst(), let low = rest.popFirst(), digitValue(high) != nil, digitValue(low) != nil
            else { return true }
        }
        return false
    }

    private static func encode(_ text: String, keepingSlashes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) || keepingSlashes && byte == UInt8(ascii: "/") {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func digitValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 0x30
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 0x37
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 0x57
        default: nil
        }
    }
}
