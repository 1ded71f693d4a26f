extension DateText {
    /// Appends `yyyy-MM-dd`.
    package static func appendDate(_ days: Int32, to output: inout ByteBuffer) {
        let (year, month, day) = civil(days: days)
        output.appendUninitialized(10) { target in
            putTwoDigits(year / 100, in: target, at: 0)
            putTwoDigits(year % 100, in: target, at: 2)
            target[4] = 0x2D
            putTwoDigits(month, in: target, at: 5)
            target[7] = 0x2D
            putTwoDigits(day, in: target, at: 8)
        }
    }

    /// Appends `HH:mm:ss`, and the fraction without trailing zeros where there is one.
    package static func appendTime(_ microseconds: Int64, to output: inout ByteBuffer) {
        precondition(microseconds >= 0 && microseconds < microsecondsPerDay)
        let seconds = Int(microseconds / 1_000_000)
        output.appendUninitialized(8) { target in
            putTwoDigits(seconds / 3600, in: target, at: 0)
            target[2] = 0x3A
            putTwoDigits(seconds / 60 % 60, in: target, at: 3)
            target[5] = 0x3A
            putTwoDigits(seconds % 60, in: target, at: 6)
        }
        var fraction = Int(microseconds % 1_000_000)
        if fraction == 0 { return }
        var digits = fractionDigits
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        output.append(0x2E)
        let start = output.count
        DecimalText.append(Int64(fraction), to: &output)
        output.insert(0x30, times: digits - (output.count - start), at: start)
    }

    /// Appends `yyyy-MM-ddTHH:mm:ss`, with a fraction where there is one, and `Z` for an instant.
    package static func appendTimestamp(_ microseconds: Int64, isInstant: Bool = false, to output: inout ByteBuffer) {
        let (days, time) = split(microseconds)
        appendDate(days, to: &output)
        output.append(0x54)
        appendTime(time, to: &output)
        if isInstant { output.append(0x5A) }
    }

    /// The day and the time of day of a timestamp.
    package static func split(_ microseconds: Int64) -> (days: Int32, timeOfDay: Int64) {
        let perDay = microsecondsPerDay
        var days = microseconds / perDay
        if microseconds % perDay < 0 { days -= 1 }
        return (Int32(days), microseconds - days * perDay)
    }

    @inline(__always)
    private static func putTwoDigits(_ value: Int, in target: UnsafeMutableRawBufferPointer, at offset: Int) {
        target[offset] = 0x30 + UInt8(value / 10)
        target[offset + 1] = 0x30 + UInt8(value % 10)
    }
}
