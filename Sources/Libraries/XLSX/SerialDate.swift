/// Serial numbers as dates and times (18.17.4), by integers alone.
///
///     1900 system: 1 is 1900-01-01, 60 is a 29 February that never was, 61 is 1900-03-01
///     1904 system: 0 is 1904-01-01
///
/// A day's fraction is rounded to milliseconds, half up.
enum SerialDate {
    /// No date, time or duration is longer.
    static let byteLimit = 48

    private static let millisecondsPerDay: UInt64 = 86_400_000
    /// The day behind 9999-12-31, counted from 1899-12-30.
    private static let dayLimit: UInt64 = 2_958_466
    private static let days1904: UInt64 = 1462

    struct Serial {
        var days: UInt64
        var milliseconds: UInt64
        /// The milliseconds were rounded up to a whole day.
        var isRoundedUp = false
    }

    /// Appends `2018-01-31`, `2018-01-31T12:30:00`, `12:30:00` or `PT26H30M`, with milliseconds only when there are
    /// some. Nil when the text is no number, or no such day exists (negative, 60 in the 1900 system, after 9999).
    @inline(never)
    static func append(
        _ start: Place, _ end: Place, kind: NumberFormat.Kind, is1904: Bool, to room: Room
    ) -> Room? {
        if kind == .duration { return appendDuration(start, end, to: room) }
        guard var serial = serial(start, end) else { return nil }
        // A value below one day has no date to speak of; in the 1904 system 0 is a day.
        if kind == .time || kind == .dateOrTime || !is1904 {
            if serial.days == 0 { return appendTime(serial.milliseconds, to: room) }
            // The last half of the day's last millisecond stays in the day.
            if serial.days == 1, serial.isRoundedUp { return appendTime(millisecondsPerDay - 1, to: room) }
        }
        if is1904 { serial.days += days1904 }
        guard serial.days < dayLimit, is1904 || serial.days != 60 else { return nil }
        let days = UInt32(truncatingIfNeeded: serial.days) + (serial.days < 60 && !is1904 ? 1 : 0)
        let place = appendDate(days, to: room)
        if serial.milliseconds == 0, kind == .date || kind == .dateOrTime { return place }
        place[0] = 0x54
        return appendTime(serial.milliseconds, to: place + 1)
    }

    /// The serial in whole milliseconds; nil for what is negative or no number.
    private static func serial(_ start: Place, _ end: Place) -> Serial? {
        var serial: Serial
        let first = word(start)
        if end - start > 6, end - start <= 22, countBelow(nonDigits(first)) == 5, start[5] == 0x2E,
            let fraction = fraction(start + 6, end)
        {
            // The common shape: five digits, a point and up to 16 more.
            serial = Serial(days: decimal(first, count: 5), milliseconds: fraction)
        } else if let number = ShortDecimal(start, end) {
            guard !number.isNegative || number.mantissa == 0 else { return nil }
            let unit = powersOfTen[number.scale]
            serial = Serial(
                days: number.mantissa / unit, milliseconds: milliseconds(number.mantissa % unit, over: unit))
        } else if let value = NumberText.value(start, end), value >= 0, value < 1e9 {
            let days = value.rounded(.down)
            serial = Serial(
                days: UInt64(days), milliseconds: UInt64(((value - days) * Double(millisecondsPerDay)).rounded()))
        } else {
            return nil
        }
        if serial.milliseconds == millisecondsPerDay {
            serial = Serial(days: serial.days + 1, milliseconds: 0, isRoundedUp: true)
        }
        return serial
    }

    /// Digits behind the point, in milliseconds of a day.
    @inline(__always)
    private static func fraction(_ start: Place, _ end: Place) -> UInt64? {
        var place = start
        var fraction: UInt64 = 0
        var scale = 0
        while place < end {
            let bytes = word(place)
            let count = min(countBelow(nonDigits(bytes)), end - place)
            if count == 0 { return nil }
            fraction = fraction &* powersOfTen[count] &+ decimal(bytes, count: count)
            scale += count
            place += count
        }
        return milliseconds(fraction, over: powersOfTen[scale])
    }

    /// `fraction / unit` of a day in milliseconds, half up. The 128-bit product keeps this exact for 19 digits.
    @inline(__always)
    private static func milliseconds(_ fraction: UInt64, over unit: UInt64) -> UInt64 {
        let product = fraction.multipliedFullWidth(by: millisecondsPerDay)
        let (low, carry) = product.low.addingReportingOverflow(unit / 2)
        return unit.dividingFullWidth((product.high + (carry ? 1 : 0), low)).quotient
    }

    /// Days since 1899-12-30 as `2018-01-31`; civil calendar after Neri and Schneider (2022), in eras of 400 years from
    /// 1 March of year 0.
    private static func appendDate(_ days: UInt32, to room: Room) -> Room {
        let quarterDays = 4 &* (days &+ 693_899) &+ 3
        let century = quarterDays / 146_097
        let rest = (quarterDays % 146_097) | 3
        let product = UInt64(rest) &* 2_939_745
        let dayOfYear = UInt32(truncatingIfNeeded: product) / 2_939_745 / 4
        let monthAndDay = 2141 &* dayOfYear &+ 197_913
        let isNextYear = dayOfYear >= 306
        let year = Int(100 &* century &+ UInt32(product >> 32) &+ (isNextYear ? 1 : 0))
        let month = Int(monthAndDay >> 16) - (isNextYear ? 12 : 0)
        let day = Int((monthAndDay & 0xFFFF) / 2141) + 1
        appendPair(year / 100, to: room)
        appendPair(year % 100, to: room + 2)
        room[4] = 0x2D
        appendPair(month, to: room + 5)
        room[7] = 0x2D
        appendPair(day, to: room + 8)
        return room + 10
    }

    /// `12:30:00`, with `.500` only when there are milliseconds.
    private static func appendTime(_ milliseconds: UInt64, to room: Room) -> Room {
        let seconds = Int(milliseconds / 1000)
        appendPair(seconds / 3600, to: room)
        room[2] = 0x3A
        appendPair(seconds / 60 % 60, to: room + 3)
        room[5] = 0x3A
        appendPair(seconds % 60, to: room + 6)
        return appendFraction(Int(milliseconds % 1000), to: room + 8)
    }

    private static func appendFraction(_ milliseconds: Int, to room: Room) -> Room {
        if milliseconds == 0 { return room }
        room[0] = 0x2E
        room[1] = 0x30 + UInt8(milliseconds / 100)
        appendPair(milliseconds % 100, to: room + 2)
        return room + 4
    }

    /// Two digits; the multiplication divides by ten for all numbers below 100.
    @inline(__always)
    private static func appendPair(_ value: Int, to room: Room) {
        let tens = (value &* 103) >> 10
        let digits = 0x3030 &+ tens &+ (value &- tens &* 10) << 8
        UnsafeMutableRawPointer(room).storeBytes(of: UInt16(truncatingIfNeeded: digits), as: UInt16.self)
    }

    /// ISO 8601 hours, minutes and seconds, without those that are zero: `PT26H30M`, `PT0S`.
    private static func appendDuration(_ start: Place, _ end: Place, to room: Room) -> Room? {
        var (start, isNegative) = (start, false)
        if start < end, start[0] == 0x2D {
            start += 1
            isNegative = true
        }
        guard let serial = serial(start, end), serial.days < 1 << 40 else { return nil }
        let milliseconds = serial.days * millisecondsPerDay + serial.milliseconds
        let parts: [(UInt64, UInt8)] = [
            (milliseconds / 3_600_000, 0x48), (milliseconds / 60_000 % 60, 0x4D),
            (milliseconds / 1000 % 60, 0x53),
        ]
        var text = isNegative && milliseconds > 0 ? "-PT" : "PT"
        for (value, letter) in parts {
            let fraction = letter == 0x53 ? milliseconds % 1000 : 0
            guard value > 0 || fraction > 0 || (letter == 0x53 && milliseconds == 0) else { continue }
            text += String(value)
            if fraction > 0 { text += "." + String(fraction + 1000).dropFirst() }
            text.unicodeScalars.append(Unicode.Scalar(letter))
        }
        var place = room
        for byte in text.utf8 {
            place[0] = byte
            place += 1
        }
        return place
    }
}
