/// How values of one column are cleaned: the rules of the schema object and of the property, merged.
///
/// Effects come in this order: operations, null tokens, map, parse by type, checks, mask.
package struct FieldCleaning: Equatable, Sendable {
    /// Other names of the column in the input.
    package let aliases: [String]
    /// The schema's, then the property's.
    package let operations: [TextOperation]
    /// Compared with the text after the operations.
    package let nullTokens: [String]
    package let ignoresNullTokenCase: Bool
    /// An explicit empty text stays a value.
    package let keepsEmptyString: Bool
    /// Exact, applied once.
    package let map: [ValueMapping]
    package let parse: ParseSettings
    package let check: FormatCheck?
    package let onFail: FailureAction
    /// Canonical text for null.
    package let defaultValue: String?
    package let mask: MaskSettings?
}

package struct ValueMapping: Equatable, Sendable {
    package let from: String
    package let to: String
}

/// One step of the text pipeline.
package enum TextOperation: Equatable, Sendable {
    case nfc, nfkc
    /// Removes control, zero-width and direction characters.
    case controlStrip
    case trim, squeeze
    case lower, upper
    case fixMojibake
    /// Removes these characters wherever they are.
    case stripChars(String)
    /// Only texts of digits that are shorter.
    case padLeft(width: Int, with: Unicode.Scalar)
    case replace(Pattern, with: String)
    case extract(Pattern, group: Int)
}

/// Formats with rules of their own that a text may have to follow.
package enum FormatCheck: String, Equatable, Sendable {
    case email, uuid, luhn, iban, uri
}

/// What happens when a value fails.
package enum FailureAction: Equatable, Sendable {
    /// The row is refused.
    case reject
    /// The value becomes null, counted as a warning.
    case null
    /// The text stays, counted as a warning.
    case keep
}

/// How a value is made unreadable.
package struct MaskSettings: Equatable, Sendable {
    package enum Method: Equatable, Sendable {
        case hmacSHA256, redact
        /// Keeps so many characters.
        case truncate(Int)
    }

    package let method: Method
    /// The name under which the key is found, never the key.
    package let keyReference: String?
}

extension MaskSettings {
    /// The hexadecimal digits of HMAC-SHA-256, in lower case.
    static let hmacLength = 64

    static func isHMACShaped(_ text: String) -> Bool {
        text.utf8.count == hmacLength && text.utf8.allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
    }

    /// Texts of that shape: one digit again and again, and mixtures.
    static let hmacSamples: [String] = {
        let digits = Array("0123456789abcdef")
        var state: UInt64 = 1
        let mixtures = (0..<64).map { _ in
            String(
                (0..<hmacLength).map { _ in
                    // The numbers of Knuth's MMIX; any mixture would do.
                    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    return digits[Int(state >> 60)]
                })
        }
        return digits.map { String(repeating: $0, count: hmacLength) } + mixtures
    }()
}

/// How text becomes a value of the column's type.
package struct ParseSettings: Equatable, Sendable {
    /// ASCII point or comma.
    package let decimalSeparator: UInt8
    /// Nil: no grouping is read.
    package let groupSeparator: Unicode.Scalar?
    /// Prefixes and suffixes, each removed at most once.
    package let strip: [String]
    package let isPercent: Bool
    package let allowsParentheses: Bool
    package let allowsTrailingMinus: Bool
    package let excessScale: ExcessScale
    package let allowsIntegralDecimal: Bool
    package let base: Int
    /// In order; ISO 8601 is tried last without being listed.
    package let formats: [DateFormat]
    package let language: Language
    /// With two-digit years: the first of the hundred years meant.
    package let pivotYear: Int?
    package let excelSerial: ExcelSerial?
    package let epoch: EpochUnit?
    /// In lower case.
    package let trueValues: [String]
    package let falseValues: [String]
}

/// What happens to more decimals than the column has.
package enum ExcessScale: Equatable, Sendable {
    case reject
    /// Half to even.
    case round
    case truncate
}

/// The language of the names of months and days.
package enum Language: String, Equatable, Sendable {
    case en, pt
}

/// Which day Excel's serial numbers count from.
package enum ExcelSerial: Equatable, Sendable {
    case base1900, base1904
}

package enum EpochUnit: Equatable, Sendable {
    case seconds, milliseconds, microseconds
}
