internal import Glibc

/// What XML text has to go through before it is the text of a cell (22.9.2.19 ST_Xstring; XML 1.0 2.11, 4.6).
///
/// Decoded text is never longer than its XML, so it can be decoded in place.
enum CellText {
    /// What a piece of XML text holds, found in one pass.
    struct Traits: OptionSet {
        let rawValue: UInt8
        /// `&`, CR or `_x`: it has to be decoded.
        static let isEncoded = Traits(rawValue: 1)
        /// `"`, `\` or a control character: a JSON writer has to look at it.
        static let needsEscape = Traits(rawValue: 2)
        /// Bytes of 0x80 and above, to be checked for being UTF-8.
        static let isNotASCII = Traits(rawValue: 4)
        /// A control character that XML forbids.
        static let isIllegal = Traits(rawValue: 8)
    }

    /// Passes over text to the `<` that ends it and says what it holds. A NUL ends it as well: XML has none, and blocks
    /// have NULs behind them.
    @inline(__always)
    static func scan(_ start: Place, _ traits: inout Traits) -> Place {
        var place = start
        var seen: UInt64 = 0
        while true {
            let bytes = word(place)
            // 0x22 | 4 == 0x26: one test for the quote and the ampersand.
            let stop =
                matches(bytes | (Lanes.ones &* 4), 0x26) | matches(bytes, 0x3C) | matches(bytes, 0x5C)
                | matches(bytes, 0x5F) | controls(bytes)
            if stop == 0 {
                seen |= bytes
                place += 8
                continue
            }
            let plain = countBelow(stop)
            seen |= bytes & (plain == 0 ? 0 : UInt64.max >> UInt64(64 &- 8 &* plain))
            place += plain
            let byte = place[0]
            if byte == 0x3C || byte == 0 { break }
            traits.formUnion(special(byte, place[1]))
            place += 1
        }
        if seen & Lanes.tops != 0 { traits.insert(.isNotASCII) }
        return place
    }

    @inline(never)
    private static func special(_ byte: UInt8, _ following: UInt8) -> Traits {
        switch byte {
        case 0x22, 0x5C, 0x09, 0x0A: .needsEscape
        case 0x0D, 0x26: [.isEncoded, .needsEscape]
        case 0x5F: following == 0x78 ? [.isEncoded, .needsEscape] : []
        default: .isIllegal
        }
    }

    /// Decodes entities and line ends (CR LF and CR are LF), then `_xHHHH_`. Writes over the text or elsewhere and says
    /// where it ends; nil for an entity that XML does not define or a character that it forbids.
    static func decode(_ start: Place, _ end: Place, to room: Room) -> Room? {
        guard let middle = decodeXML(start, end, to: room) else { return nil }
        return decodeEscapes(room, middle)
    }

    /// The XML part of decoding.
    static func decodeXML(_ start: Place, _ end: Place, to room: Room) -> Room? {
        var place = start
        var output = room
        while place < end {
            let byte = place[0]
            place += 1
            if byte == 0x26 {
                guard let scalar = reference(&place, end) else { return nil }
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                    output[0] = unit
                    output += 1
                }
                continue
            }
            if byte == 0x0D, place < end, place[0] == 0x0A { continue }
            output[0] = byte == 0x0D ? 0x0A : byte
            output += 1
        }
        return output
    }

    /// Reads `amp;`, `#38;` or `#x26;` and what else may stand behind an ampersand.
    private static func reference(_ place: inout Place, _ end: Place) -> Unicode.Scalar? {
        let limit = min(end - place, 12)
        guard let semicolon = (0..<limit).first(where: { place[$0] == 0x3B }) else { return nil }
        let name = String(decoding: UnsafeBufferPointer(start: place, count: semicolon), as: UTF8.self)
        place += semicolon + 1
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard name.utf8.first == 0x23 else { return nil }
            let digits = name.dropFirst()
            let isHexadecimal = digits.utf8.first == 0x78
            let body = isHexadecimal ? digits.dropFirst() : digits
            guard body.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                let value = UInt32(body, radix: isHexadecimal ? 16 : 10), let scalar = Unicode.Scalar(value)
            else { return nil }
            let isLegal = value >= 0x20 ? value < 0xFFFE || value > 0xFFFF : value == 9 || value == 10 || value == 13
            return isLegal ? scalar : nil
        }
    }

    /// Replaces `_xHHHH_` by the UTF-16 unit it names, two of them by the character of a surrogate pair; a lone half is
    /// no character and stays as it is written. `_x005F_` is the underscore that protects such a text.
    static func decodeEscapes(_ start: Room, _ end: Room) -> Room {
        guard end > start, let first = memchr(start, 0x5F, end - start) else { return end }
        var place = first.assumingMemoryBound(to: UInt8.self)
        var output = place
        while place < end {
            guard place[0] == 0x5F, let unit = unit(place, end) else {
                output[0] = place[0]
                place += 1
                output += 1
                continue
            }
            var scalar = Unicode.Scalar(unit)
            var length = 7
            if unit & 0xFC00 == 0xD800, let low = self.unit(place + 7, end), low & 0xFC00 == 0xDC00 {
                scalar = Unicode.Scalar(0x10000 + (unit & 0x3FF) << 10 + (low & 0x3FF))
                length = 14
            }
            if let scalar, let encoded = UTF8.encode(scalar) {
                for byte in encoded {
                    output[0] = byte
                    output += 1
                }
            } else {
                memmove(output, place, length)
                output += length
            }
            place += length
        }
        return output
    }

    /// The number in `_xHHHH_` at `place`, or nil when none stands there.
    private static func unit(_ place: Room, _ end: Room) -> UInt32? {
        guard end - place >= 7, place[0] == 0x5F, place[1] == 0x78, place[6] == 0x5F else { return nil }
        var value: UInt32 = 0
        for index in 2..<6 {
            switch place[index] {
            case 0x30...0x39: value = value << 4 | UInt32(place[index] - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(place[index] - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(place[index] - 0x57)
            default: return nil
            }
        }
        // No characters, neither for XML nor for Unicode.
        return value >= 0xFFFE ? nil : value
    }

    /// The text without the space, tab, CR and LF at its ends.
    @inline(__always)
    static func trim(_ start: inout Place, _ end: inout Place) {
        while start < end, isSpace(start[0]) { start += 1 }
        while start < end, isSpace(end[-1]) { end -= 1 }
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }

    /// True when a JSON writer can copy the bytes as they are.
    static func isPlain(_ start: Place, _ end: Place) -> Bool {
        var place = start
        while place < end {
            if place[0] < 0x20 || place[0] == 0x22 || place[0] == 0x5C { return false }
            place += 1
        }
        return true
    }

    /// True for well-formed UTF-8 (RFC 3629) without U+FFFE and U+FFFF, which XML forbids.
    static func isUTF8(_ start: Place, _ end: Place) -> Bool {
        var place = start
        while place < end {
            let lead = place[0]
            if lead < 0x80 {
                place += 1
                continue
            }
            let count = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
            guard lead >= 0xC2, lead <= 0xF4, end - place >= count else { return false }
            for index in 1..<count where place[index] & 0xC0 != 0x80 { return false }
            let second = place[1]
            switch lead {
            case 0xE0 where second < 0xA0, 0xED where second > 0x9F, 0xF0 where second < 0x90, 0xF4 where second > 0x8F:
                return false
            case 0xEF where second == 0xBF && place[2] >= 0xBE:
                return false
            default:
                place += count
            }
        }
        return true
    }
}
