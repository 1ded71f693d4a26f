/// The part of regular expressions on which PCRE2, RE2, Snowflake and JSON Schema agree, so that a contract means the same to all.
///
/// Outside are look-around, back references, atomic and named groups, flags, possessive quantifiers, and escapes other than
/// `\d \D \w \W \s \S \b \B \t \n \r \f \v` and escaped marks.
enum PatternSubset {
    /// - Throws: ``PatternError/outsideCommonLanguage(construct:)`` for the first construct outside.
    static func check(_ pattern: String) throws(PatternError) {
        let text = Array(pattern.utf8)
        var index = 0
        var isInSet = false
        while index < text.count {
            let next = index + 1 < text.count ? text[index + 1] : nil
            switch text[index] {
            case UInt8(ascii: "\\"):
                if let next { try checkEscape(next) }
                index += 1
            case UInt8(ascii: "[") where isInSet:
                if let next, ":.=".utf8.contains(next) { throw .outsideCommonLanguage(construct: "a POSIX class") }
            case UInt8(ascii: "["):
                isInSet = true
                // A "]" at the beginning of a set is taken differently by different readers.
                let first = next == UInt8(ascii: "^") && index + 2 < text.count ? text[index + 2] : next
                if first == UInt8(ascii: "]") { throw .outsideCommonLanguage(construct: "] at the beginning of a set") }
            case UInt8(ascii: "]") where isInSet:
                isInSet = false
            case UInt8(ascii: "(") where !isInSet && next == UInt8(ascii: "?"):
                guard index + 2 < text.count, text[index + 2] == UInt8(ascii: ":") else {
                    throw .outsideCommonLanguage(construct: "a group with (? other than (?:")
                }
            case UInt8(ascii: "(") where !isInSet && next == UInt8(ascii: "*"):
                throw .outsideCommonLanguage(construct: "a verb (*")
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "}"):
                if !isInSet, next == UInt8(ascii: "+") {
                    throw .outsideCommonLanguage(construct: "a possessive quantifier")
                }
            default: break
            }
            index += 1
        }
    }

    private static func checkEscape(_ byte: UInt8) throws(PatternError) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            throw .outsideCommonLanguage(construct: "a back reference or octal escape")
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            guard "dDwWsSbBtnrfv".utf8.contains(byte) else {
                throw .outsideCommonLanguage(construct: "\\" + String(UnicodeScalar(byte)))
            }
        default: break
        }
    }
}
