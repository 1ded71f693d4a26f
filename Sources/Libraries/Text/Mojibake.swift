package import Bytes

/// UTF-8 that somebody read as Windows-1252 and stored as UTF-8 again: `São` seen as `SÃ£o`.
package enum Mojibake {
    /// Appends what the text was before, if all of it can be taken back: every character is one of Windows-1252, the
    /// bytes are valid UTF-8, and the result differs. Says whether it did.
    package static func appendRepaired(_ text: RawSpan, to output: inout ByteBuffer) -> Bool {
        let start = output.count
        var position = 0
        while position < text.byteCount {
            guard let byte = byte(for: ScalarReader.next(text, &position)) else {
                output.truncate(to: start)
                return false
            }
            output.append(byte)
        }
        let end = output.count
        if isUTF8(output.bytes(start..<end)), end - start != text.byteCount { return true }
        output.truncate(to: start)
        return false
    }

    private static func isUTF8(_ bytes: RawSpan) -> Bool {
        bytes.withUnsafeBytes { String(validating: $0, as: UTF8.self) != nil }
    }

    /// The byte that Windows-1252 shows as this character; the five bytes without one stand for themselves, as
    /// browsers have it (WHATWG Encoding, index windows-1252).
    private static func byte(for scalar: UInt32) -> UInt8? {
        switch scalar {
        case 0..<0x80, 0xA0...0xFF, 0x81, 0x8D, 0x8F, 0x90, 0x9D: UInt8(truncatingIfNeeded: scalar)
        default: high.firstIndex(of: scalar).map { UInt8(0x80 + $0) }
        }
    }

    private static let high: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]
}
