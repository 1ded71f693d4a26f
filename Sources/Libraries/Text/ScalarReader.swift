package import Bytes

/// Steps over the Unicode scalars of valid UTF-8.
package enum ScalarReader {
    /// The scalar that starts at `position`, and where the next one starts. Invalid bytes read as U+FFFD, one at a time.
    @inline(__always)
    package static func next(_ text: RawSpan, _ position: inout Int) -> UInt32 {
        let lead = text[position]
        let rest = text.byteCount - position
        if lead < 0x80 {
            position += 1
            return UInt32(lead)
        }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, lead < 0xF5, rest >= length else {
            position += 1
            return 0xFFFD
        }
        var value = UInt32(lead) & (0xFF >> UInt32(length + 1))
        for offset in 1..<length { value = value << 6 | UInt32(text[position + offset] & 0x3F) }
        position += length
        return value
    }

    /// The scalar that ends before `end`, and where it starts.
    @inline(__always)
    static func previous(_ text: RawSpan, _ end: inout Int) -> UInt32 {
        var start = end - 1
        while start > 0, end - start < 4, text[start] & 0xC0 == 0x80 { start -= 1 }
        var position = start
        let scalar = next(text, &position)
        if position != end {
            end -= 1
            return 0xFFFD
        }
        end = start
        return scalar
    }

    /// How many scalars valid UTF-8 holds.
    package static func count(_ text: RawSpan) -> Int {
        var count = 0
        for position in 0..<text.byteCount where text[position] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// Appends a scalar as UTF-8.
    package static func append(_ scalar: UInt32, to output: inout ByteBuffer) {
        switch scalar {
        case 0..<0x80:
            output.append(UInt8(truncatingIfNeeded: scalar))
        case 0x80..<0x800:
            output.append(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            output.append(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        default:
            output.append(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
            output.append(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
        }
    }
}
