/// Writes JSON in the one form that all our stages use: UTF-8, no spaces, only `"`, `\` and controls escaped.
package enum JSONText {
    /// Appends a quoted string. `bytes` must be valid UTF-8; U+2028 and other non-ASCII stay as they are.
    package static func appendString(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        output.append(0x22)
        appendEscaped(bytes, to: &output)
        output.append(0x22)
    }

    /// Appends a quoted string.
    package static func appendString(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendString(UnsafeRawBufferPointer($0), to: &output) }
    }

    /// Appends a quoted string.
    package static func appendString(_ bytes: [UInt8], to output: inout [UInt8]) {
        bytes.withUnsafeBytes { appendString($0, to: &output) }
    }

    /// Appends the content of a string, escaped, without quotes.
    package static func appendEscaped(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var start = 0
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                position += 1
                continue
            }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
            appendEscape(of: byte, to: &output)
            position += 1
            start = position
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
    }

    static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        output.append(0x5C)
        switch byte {
        case 0x22, 0x5C: output.append(byte)
        case 0x08: output.append(0x62)
        case 0x09: output.append(0x74)
        case 0x0A: output.append(0x6E)
        case 0x0C: output.append(0x66)
        case 0x0D: output.append(0x72)
        default:
            output.append(contentsOf: [0x75, 0x30, 0x30, 0x30 + (byte >> 4)])
            let low = byte & 0xF
            output.append(low < 10 ? 0x30 + low : 0x57 + low)
        }
    }

    /// Appends an integer.
    package static func appendInteger(_ value: some BinaryInteger, to output: inout [UInt8]) {
        output.append(contentsOf: String(value).utf8)
    }

    /// Appends the shortest text that reads back as the same double, integers without `.0`. The value must be finite.
    package static func appendDouble(_ value: Double, to output: inout [UInt8]) {
        precondition(value.isFinite, "JSON has no infinity and no NaN")
        let text = value.description
        output.append(contentsOf: text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...])
    }

    /// Appends what a string's content stands for. `bytes` must have passed the scanner: escapes are known good.
    package static func unescape(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            guard byte == 0x5C, position < bytes.count else {
                output.append(byte)
                continue
            }
            let kind = bytes[position]
            position += 1
            switch kind {
            case 0x62: output.append(0x08)
            case 0x66: output.append(0x0C)
            case 0x6E: output.append(0x0A)
            case 0x72: output.append(0x0D)
            case 0x74: output.append(0x09)
            case 0x75: appendCodePoint(bytes, &position, to: &output)
            default: output.append(kind)
            }
        }
    }

    /// Reads the four digits after `\u`, and the second half of a pair where the first asks for it.
    private static func appendCodePoint(
        _ bytes: UnsafeRawBufferPointer, _ position: inout Int, to output: inout [UInt8]
    ) {
        var scanner = JSONScanner(bytes)
        scanner.position = position
        var value = (try? scanner.hexQuad()) ?? 0xFFFD
        if value & 0xFC00 == 0xD800 {
            scanner.position += 2
            let low = (try? scanner.hexQuad()) ?? 0xDC00
            value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
        }
        position = scanner.position
        if let scalar = Unicode.Scalar(value) {
            output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }
}
