/// The text of a `t="d"` cell (18.18.11): ISO 8601, which writers fill in more or less.
///
///     2014-02-14T08:27:48.765Z    2014-02-14T08:27    2014-02-14    08:27:48    PT0H11M0.000S
enum ISODate {
    /// The date, time or both in our one form: seconds always, a fraction only when not zero, no zone (the wall time
    /// stays). Nil for what is none of these, durations among it: they stay as they are stored.
    static func normalized(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        var reader = Reader(bytes: bytes)
        var output: [UInt8] = []
        if let date = reader.pattern("0000-00-00") {
            output = date
            if reader.isAtEnd { return output }
            guard reader.take([0x54, 0x74, 0x20]) != nil else { return nil }
            output.append(0x54)
        }
        guard let hours = reader.pattern("00:00") else { return nil }
        output += hours
        output += reader.pattern(":00") ?? Array(":00".utf8)
        if reader.take([0x2E]) != nil {
            var digits = reader.digits()
            while digits.last == 0x30 { digits.removeLast() }
            if !digits.isEmpty { output += [0x2E] + digits }
        }
        if reader.take([0x5A, 0x7A]) == nil, reader.take([0x2B, 0x2D]) != nil {
            guard reader.pattern("00:00") != nil || reader.pattern("0000") != nil || reader.pattern("00") != nil else {
                return nil
            }
        }
        return reader.isAtEnd ? output : nil
    }

    private struct Reader {
        let bytes: UnsafeRawBufferPointer
        var next = 0

        var isAtEnd: Bool { next == bytes.count }

        /// Takes text of this shape, `0` standing for any digit.
        mutating func pattern(_ shape: StaticString) -> [UInt8]? {
            guard bytes.count - next >= shape.utf8CodeUnitCount else { return nil }
            for index in 0..<shape.utf8CodeUnitCount {
                let wanted = shape.utf8Start[index]
                let byte = bytes[next + index]
                guard wanted == 0x30 ? byte >= 0x30 && byte <= 0x39 : byte == wanted else { return nil }
            }
            defer { next += shape.utf8CodeUnitCount }
            return Array(bytes[next..<next + shape.utf8CodeUnitCount])
        }

        mutating func take(_ choices: [UInt8]) -> UInt8? {
            guard next < bytes.count, choices.contains(bytes[next]) else { return nil }
            next += 1
            return bytes[next - 1]
        }

        mutating func digits() -> [UInt8] {
            let start = next
            while next < bytes.count, bytes[next] >= 0x30, bytes[next] <= 0x39 { next += 1 }
            return Array(bytes[start..<next])
        }
    }
}

extension SheetCell {
    /// The text of an `isoDate` cell in our form; `needsEscape` says whether it may hold anything at all.
    package func isoText() -> (bytes: [UInt8], needsEscape: Bool) {
        if let normalized = ISODate.normalized(bytes) { return (normalized, false) }
        return (Array(bytes), true)
    }
}
