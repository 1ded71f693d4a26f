/// Base64 with padding, and the URL-safe form without (RFC 4648 sections 4 and 5).
///
///     "foob" -> "Zm9vYg=="      URL-safe: "Zm9vYg", with "-" and "_" for "+" and "/"
package enum Base64 {
    private static let plainAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let padding = UInt8(ascii: "=")

    package static func encode(_ bytes: RawSpan) -> String {
        text(bytes, alphabet: plainAlphabet, padded: true)
    }

    package static func encode(_ bytes: [UInt8]) -> String { encode(bytes.span.bytes) }

    /// The URL-safe form without padding, as JSON web tokens have it.
    package static func encodeURL(_ bytes: [UInt8]) -> String {
        text(bytes.span.bytes, alphabet: urlAlphabet, padded: false)
    }

    /// The bytes of a padded text, or nil when it is not one. Strict: no spaces, and unused bits are zero, so that one
    /// content has one text.
    package static func decode(_ text: String) -> [UInt8]? {
        var digits = Array(text.utf8)
        defer { wipe(&digits) }
        guard digits.count % 4 == 0 else { return nil }
        for _ in 0..<2 where digits.last == padding { digits.removeLast() }
        return bytes(digits, isURLSafe: false)
    }

    /// The bytes of a URL-safe text without padding, or nil when it is not one.
    package static func decodeURL(_ text: String) -> [UInt8]? { bytes(Array(text.utf8), isURLSafe: true) }

    private static func text(_ bytes: RawSpan, alphabet: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.byteCount + 2) / 3 * 4)
        var position = 0
        while position < bytes.byteCount {
            let count = min(3, bytes.byteCount - position)
            var group: UInt32 = 0
            for offset in 0..<3 { group = group << 8 | (offset < count ? UInt32(bytes[position + offset]) : 0) }
            for digit in 0..<4 {
                if digit <= count {
                    text.append(alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)])
                } else if padded {
                    text.append(padding)
                }
            }
            position += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ digits: [UInt8], isURLSafe: Bool) -> [UInt8]? {
        guard digits.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 4 * 3 + 2)
        var group: UInt32 = 0
        var bitCount: UInt32 = 0
        for digit in digits {
            guard let value = value(of: digit, isURLSafe: isURLSafe) else { return nil }
            group = group << 6 | value
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> bitCount))
                group &= (1 << bitCount) - 1
            }
        }
        return group == 0 ? bytes : nil
    }

    private static func value(of digit: UInt8, isURLSafe: Bool) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - 0x41)
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - 0x61) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - 0x30) + 52
        case isURLSafe ? UInt8(ascii: "-") : UInt8(ascii: "+"): 62
        case isURLSafe ? UInt8(ascii: "_") : UInt8(ascii: "/"): 63
        default: nil
        }
    }

    /// What is decoded here is often a key.
    private static func wipe(_ bytes: inout [UInt8]) {
        for index in bytes.indices { bytes[index] = 0 }
    }
}
