/// A value of a YAML document with the place where it begins. Scalars are texts: what they mean is decided by who reads them.
struct YAMLNode {
    /// Counted from 1.
    let line: Int
    let column: Int
    let content: Content

    indirect enum Content {
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Entry])
    }

    struct Entry {
        let key: YAMLNode
        let value: YAMLNode
    }

    /// What to call the value in a message.
    var kind: String {
        switch content {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension YAMLNode {
    /// What a YAML 1.1 reader, as most tools have, would make of this plain scalar if that is no text: a word for messages.
    ///
    /// The types of https://yaml.org/type/: null, bool, int, float, timestamp, merge, value.
    static func foreignType(ofPlain text: String) -> String? {
        if nulls.contains(text) { return "null" }
        if booleans.contains(text) { return "a boolean" }
        if text == "<<" || text == "=" { return "a YAML directive" }
        return numericType(Array(text.utf8))
    }

    private static let nulls: Set<String> = ["", "~", "null", "Null", "NULL"]
    private static let booleans: Set<String> = [
        "yes", "Yes", "YES", "no", "No", "NO", "true", "True", "TRUE", "false", "False", "FALSE",
        "on", "On", "ON", "off", "Off", "OFF",
    ]
    private static let infinities: Set<String> = [".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"]

    private static func numericType(_ text: [UInt8]) -> String? {
        var rest = text[...]
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if infinities.contains(String(decoding: rest, as: UTF8.self)) { return "a number" }
        guard let first = rest.first, isDigit(first) || first == UInt8(ascii: ".") else { return nil }
        if rest.count > 2, first == UInt8(ascii: "0"), let second = rest.dropFirst().first {
            if second == UInt8(ascii: "x") { return rest.dropFirst(2).allSatisfy(isHexDigit) ? "a number" : nil }
            if second == UInt8(ascii: "b") { return rest.dropFirst(2).allSatisfy(isDigit) ? "a number" : nil }
        }
        if isDate(rest) { return "a date" }
        var digitCount = 0
        var exponentSeen = false
        for (index, byte) in zip(rest.indices, rest) {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digitCount += 1
            case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"): continue
            case UInt8(ascii: "e") where !exponentSeen, UInt8(ascii: "E") where !exponentSeen: exponentSeen = true
            case UInt8(ascii: "+") where isExponentSign(rest, index),
                UInt8(ascii: "-") where isExponentSign(rest, index):
                continue
            default: return nil
            }
        }
        // Two or more dots, as in a version number, are a text; otherwise this errs on the side of asking for quotes.
        let dotCount = rest.count { $0 == UInt8(ascii: ".") }
        return digitCount > 0 && dotCount <= 1 ? "a number" : nil
    }

    private static func isExponentSign(_ text: ArraySlice<UInt8>, _ index: Int) -> Bool {
        index > text.startIndex && (text[index - 1] | 0x20) == UInt8(ascii: "e")
    }

    /// `yyyy-` and a digit is how every YAML timestamp begins.
    private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.count >= 8, text.prefix(4).allSatisfy(isDigit) else { return false }
        let rest = text.dropFirst(4)
        guard rest.first == UInt8(ascii: "-"), let month = rest.dropFirst().first, isDigit(month) else { return false }
        return rest.allSatisfy { isDigit($0) || "-:.+ TtZz".utf8.contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
}
