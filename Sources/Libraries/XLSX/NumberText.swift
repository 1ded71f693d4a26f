internal import Glibc

// A cell's number is decimal text of a binary64, usually with up to 17 significant digits: 66.659999999999997 is how
// Excel stores 66.66. What goes out is the shortest decimal text with the same binary64.

/// Decimal text as `mantissa / 10^scale`; at most 19 significant digits, no exponent.
struct ShortDecimal {
    var mantissa: UInt64 = 0
    var scale = 0
    var digitCount = 0
    var isNegative = false
    /// No zero before a digit and none at the end of a fraction: JSON's own form.
    var isPlain = true

    /// Nil for an exponent, for 20 digits and more and for what is no number.
    init?(_ start: Place, _ end: Place) {
        var place = start
        if place < end, place[0] == 0x2D {
            isNegative = true
            place += 1
        }
        let whole = place
        while place < end, place[0] &- 0x30 < 10 {
            add(place[0])
            place += 1
        }
        let wholeCount = place - whole
        if wholeCount == 0 || (wholeCount > 1 && whole[0] == 0x30) { isPlain = false }
        if place < end, place[0] == 0x2E {
            place += 1
            let fraction = place
            while place < end, place[0] &- 0x30 < 10 {
                add(place[0])
                place += 1
            }
            scale = place - fraction
            if scale == 0 || place[-1] == 0x30 { isPlain = false }
        }
        guard place == end, wholeCount + scale > 0, digitCount <= 19, scale <= 19 else { return nil }
        if mantissa == 0, isNegative { isPlain = false }
    }

    @inline(__always) private mutating func add(_ digit: UInt8) {
        mantissa = mantissa &* 10 &+ UInt64(digit &- 0x30)
        if mantissa != 0 { digitCount &+= 1 }
    }

    /// The nearest binary64, ties to even.
    var magnitude: Double { Self.quotient(mantissa, scale) }

    /// Up to 2^53 one division is exact (Clinger 1990); above, a 128 by 64 bit division gives 62 quotient bits or more
    /// and the remainder decides ties.
    static func quotient(_ mantissa: UInt64, _ scale: Int) -> Double {
        if mantissa <= 1 << 53 { return Double(mantissa) / Double(powersOfTen[scale]) }
        let divisor = powersOfTen[scale]
        let shift = divisor.leadingZeroBitCount
        let top = UInt64(mantissa.leadingZeroBitCount)
        // (mantissa << top >> 1) < 2^63 <= divisor << shift, so the quotient fits into 64 bits.
        let dividend = ((mantissa << top) >> 1, (mantissa << top) << 63)
        let (quotient, remainder) = (divisor << UInt64(shift)).dividingFullWidth(dividend)
        // A sticky low bit makes Double(...) round correctly.
        let sticky = quotient | (remainder == 0 ? 0 : 1)
        return Double(sticky) * Double(bitPattern: UInt64(1023 + shift - Int(top) - 63) << 52)
    }
}

/// Numbers as text.
enum NumberText {
    /// No number's text is longer.
    static let byteLimit = 32

    /// Appends a number cell's text as the shortest JSON number with the same binary64, integers below 10^21 without an
    /// exponent. Nil when it is no number (or no finite one).
    @inline(never)
    static func append(_ start: Place, _ end: Place, to room: Room) -> Room? {
        if isShortAndPlain(start, end) {
            put(word(start), room)
            return room + (end - start)
        }
        guard let number = ShortDecimal(start, end) else {
            guard let value = value(start, end) else { return nil }
            return append(value, to: room)
        }
        if number.digitCount <= 15 {
            // Two decimals of up to 15 digits never share a binary64, so this text is the shortest but for its zeros.
            if number.isPlain {
                memcpy(room, start, end - start)
                return room + (end - start)
            }
            return append(number.mantissa, scale: number.scale, isNegative: number.isNegative, to: room)
        }
        let value = number.magnitude
        let excess = number.digitCount - 15
        if number.scale >= excess {
            let rounded = (number.mantissa + powersOfTen[excess] / 2) / powersOfTen[excess]
            if ShortDecimal.quotient(rounded, number.scale - excess) == value {
                return append(rounded, scale: number.scale - excess, isNegative: number.isNegative, to: room)
            }
        }
        return append(number.isNegative ? -value : value, to: room)
    }

    /// True for what most numbers look like: at most eight bytes in JSON's own form, `1`, `58`, `58.9`, `0.25`. One test
    /// for all digits: half the time of looking at each (2026-11-26).
    @inline(__always)
    private static func isShortAndPlain(_ start: Place, _ end: Place) -> Bool {
        let count = end - start
        guard count <= 8, count > 0 else { return false }
        let bytes = word(start)
        let whole = countBelow(nonDigits(bytes))
        if whole >= count { return start[0] != 0x30 || count == 1 }
        guard whole > 0, start[whole] == 0x2E, start[0] != 0x30 || whole == 1, end[-1] != 0x30 else { return false }
        let fraction = count - whole - 1
        return fraction > 0 && countBelow(nonDigits(word(start + whole + 1))) >= fraction
    }

    /// The finite binary64 that decimal text, with or without an exponent, stands for; nil when it is no such text.
    static func value(_ start: Place, _ end: Place) -> Double? {
        // Double(String) also reads `nan`, `inf` and hexadecimal, which no workbook means.
        var place = start
        while place < end {
            switch place[0] {
            case 0x30...0x39, 0x2B, 0x2D, 0x2E, 0x45, 0x65: place += 1
            default: return nil
            }
        }
        let text = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    private static func append(_ value: Double, to room: Room) -> Room {
        if value == 0 {
            room[0] = 0x30
            return room + 1
        }
        var text = value.description
        if abs(value) < 1e21, value == value.rounded(.towardZero), let plain = plainInteger(text) {
            text = plain
        } else if text.hasSuffix(".0") {
            text.removeLast(2)
        }
        return text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return room }
            memcpy(room, start, bytes.count)
            return room + bytes.count
        }
    }

    /// `1.5e+16` as `15000000000000000`; nil for text without an exponent.
    private static func plainInteger(_ text: String) -> String? {
        let parts = text.split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1].drop { $0 == "+" }), exponent >= 0 else { return nil }
        let isNegative = text.hasPrefix("-")
        let digits = parts[0].filter { $0.isNumber }
        let zeros = exponent + 1 - digits.utf8.count
        guard zeros >= 0 else { return nil }
        return (isNegative ? "-" : "") + digits + String(repeating: "0", count: zeros)
    }

    private static func append(_ mantissa: UInt64, scale: Int, isNegative: Bool, to room: Room) -> Room {
        var mantissa = mantissa
        var scale = scale
        while scale > 0, mantissa % 10 == 0 {
            mantissa /= 10
            scale -= 1
        }
        var length = scale + 1
        while length < 20, mantissa >= powersOfTen[length] { length += 1 }
        var next = room
        if isNegative, mantissa != 0 {
            next[0] = 0x2D
            next += 1
        }
        let end = next + length + (scale > 0 ? 1 : 0)
        var place = end
        for index in 0..<length {
            if index == scale, scale > 0 {
                place -= 1
                place[0] = 0x2E
            }
            place -= 1
            place[0] = 0x30 + UInt8(mantissa % 10)
            mantissa /= 10
        }
        return end
    }
}
