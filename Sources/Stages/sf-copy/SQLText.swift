internal import Bytes

/// Text of SQL made from outside data, as DuckDB reads it.
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
}

/// Text of SQL made from outside data, as Snowflake reads it.
enum SnowflakeText {
    /// A string literal, or NULL for nil: `'` and `\` are doubled, other control characters are written as escapes.
    static func literal(_ text: String?) -> String {
        guard let text else { return "NULL" }
        var quoted = "'"
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0: quoted += "\u{FFFD}"
            case 0x27: quoted += "''"
            case 0x5C: quoted += "\\\\"
            case 0x0A: quoted += "\\n"
            case 0x0D: quoted += "\\r"
            case 0x09: quoted += "\\t"
            case 0x01..<0x20, 0x7F:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "'"
    }
}
