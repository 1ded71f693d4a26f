internal import Bytes

/// Text of SQL made from outside data: every name and value of a statement goes through here.
enum SQLText {
    /// A quoted identifier: `"` is doubled, so any name is safe.
    static func identifier(_ name: String) -> String {
        var quoted = "\""
        for scalar in name.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar.value == 0 ? "\u{FFFD}" : scalar)
        }
        return quoted + "\""
    }

    /// A quoted name of several parts: database, schema, table.
    static func name(_ parts: String...) -> String { parts.map(identifier).joined(separator: ".") }

    /// A string literal, or NULL for nil.
    ///
    /// It never spans lines: the program reads its script line by line. SQL has no NUL in texts: it becomes U+FFFD.
    static func literal(_ text: String?) -> String {
        guard let text else { return "NULL" }
        var plain = ""
        var escaped = ""
        var needsEscapes = false
        for scalar in text.unicodeScalars {
            let safe = scalar.value == 0 ? "\u{FFFD}" : scalar
            switch safe.value {
            case 0x27:
                plain += "''"
                escaped += "''"
            case 0x5C:
                plain += "\\"
                escaped += "\\\\"
            case 0x01..<0x20, 0x7F:
                needsEscapes = true
                escaped += safe.value < 0x10 ? "\\x0" : "\\x"
                escaped += String(safe.value, radix: 16)
            default:
                plain.unicodeScalars.append(safe)
                escaped.unicodeScalars.append(safe)
            }
        }
        return needsEscapes ? "E'\(escaped)'" : "'\(plain)'"
    }

    static func literal(_ number: Int?) -> String { number.map(String.init) ?? "NULL" }

    /// A timestamp literal in UTC, or NULL for nil.
    static func literal(_ time: UTCTime?) -> String {
        guard let time else { return "NULL" }
        return "TIMESTAMP '\(time.text.dropLast())'"
    }

    static func list(_ texts: some Sequence<String>) -> String { texts.map { literal($0) }.joined(separator: ", ") }
}
