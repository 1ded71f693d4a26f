internal import Bytes
internal import Contracts
internal import Text

extension FormatCheck {
    var code: RejectCode {
        switch self {
        case .email: .formatEmail
        case .uuid: .formatUUID
        case .luhn: .formatLuhn
        case .iban: .formatIBAN
        case .uri: .formatURI
        }
    }

    /// True when all of `text` follows the format.
    func accepts(_ text: RawSpan) -> Bool {
        switch self {
        case .email: EmailFormat.accepts(text)
        case .uuid: Self.isUUID(text)
        case .luhn: Self.isLuhn(text)
        case .iban: Self.isIBAN(text)
        case .uri: Self.isURI(text)
        }
    }

    /// RFC 9562 section 4: 8-4-4-4-12 hexadecimal digits.
    private static func isUUID(_ text: RawSpan) -> Bool {
        guard text.byteCount == 36 else { return false }
        for position in 0..<36 {
            let isHyphen = position == 8 || position == 13 || position == 18 || position == 23
            let byte = text[position]
            if isHyphen ? byte != 0x2D : !(byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6) { return false }
        }
        return true
    }

    /// ISO/IEC 7812-1 annex B: digits whose weighted sum ends in 0; at least two of them.
    private static func isLuhn(_ text: RawSpan) -> Bool {
        var sum = 0
        for offset in 0..<text.byteCount {
            let digit = Int(text[text.byteCount - 1 - offset] &- 0x30)
            guard digit < 10 else { return false }
            let weighted = offset % 2 == 1 ? digit * 2 : digit
            sum += weighted > 9 ? weighted - 9 : weighted
        }
        return text.byteCount >= 2 && sum % 10 == 0
    }

    /// ISO 13616: two letters, two check digits, up to 30 letters and digits, modulo 97 = 1 with the front moved behind.
    private static func isIBAN(_ text: RawSpan) -> Bool {
        guard text.byteCount >= 15, text.byteCount <= 34 else { return false }
        var remainder = 0
        for offset in 0..<text.byteCount {
            let position = (offset + 4) % text.byteCount
            let byte = text[position]
            let isLetter = byte &- 0x41 < 26
            guard position < 2 ? isLetter : position < 4 ? byte &- 0x30 < 10 : isLetter || byte &- 0x30 < 10 else {
                return false
            }
            remainder =
                isLetter ? (remainder * 100 + Int(byte) - 0x41 + 10) % 97 : (remainder * 10 + Int(byte) - 0x30) % 97
        }
        return remainder == 1
    }

    /// RFC 3986 section 3: a scheme, a colon, and no character that a URI cannot have.
    private static func isURI(_ text: RawSpan) -> Bool {
        var colon: Int?
        for position in 0..<text.byteCount {
            let byte = text[position]
            if byte <= 0x20 || byte >= 0x7F { return false }
            switch byte {
            case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: return false
            default: break
            }
            if colon == nil, byte == 0x3A { colon = position }
        }
        guard let colon, colon > 0, colon + 1 < text.byteCount, (text[0] | 0x20) &- 0x61 < 26 else { return false }
        for position in 1..<max(1, colon) {
            let byte = text[position]
            let isInside =
                (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x2B || byte == 0x2D || byte == 0x2E
            if !isInside { return false }
        }
        return true
    }
}

/// The addresses that mail servers use: an RFC 5321 mailbox with a dot-atom before the at sign and a host name with a
/// dot behind it. Quoted parts and address literals are refused: in a column of customers they are mistakes.
enum EmailFormat {
    private static let localLimit = 64
    private static let totalLimit = 254
    private static let labelLimit = 63

    static func accepts(_ text: RawSpan) -> Bool {
        var at = -1
        for position in 0..<text.byteCount where text[position] == 0x40 {
            if at >= 0 { return false }
            at = position
        }
        guard at > 0, at <= localLimit, text.byteCount <= totalLimit else { return false }
        return isLocal(text.extracting(0..<at)) && isHost(text.extracting(at + 1..<text.byteCount))
    }

    private static func isLocal(_ text: RawSpan) -> Bool {
        var previous: UInt8 = 0x2E
        for position in 0..<text.byteCount {
            let byte = text[position]
            switch byte {
            case 0x2E: if previous == 0x2E { return false }
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF: break
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F, 0x3D, 0x3F, 0x5E...0x60, 0x7B...0x7E: break
            default: return false
            }
            previous = byte
        }
        return previous != 0x2E
    }

    private static func isHost(_ text: RawSpan) -> Bool {
        var labelLength = 0
        var labels = 1
        var previous: UInt8 = 0x2E
        for position in 0..<text.byteCount {
            let byte = text[position]
            switch byte {
            case 0x2E:
                if labelLength == 0 || previous == 0x2D { return false }
                labels += 1
                labelLength = 0
            case 0x2D where labelLength == 0: return false
            case 0x2D, 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...0xFF:
                labelLength += 1
                if labelLength > labelLimit { return false }
            default: return false
            }
            previous = byte
        }
        return labels > 1 && labelLength > 0 && previous != 0x2D
    }
}
