package import Bytes

extension JSONText {
    /// Appends a quoted string. `text` must be valid UTF-8; U+2028 and other non-ASCII stay as they are.
    package static func appendString(_ text: RawSpan, to output: inout ByteBuffer) {
        output.append(0x22)
        var start = 0
        var position = 0
        while position < text.byteCount {
            let byte = text[position]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C {
                output.append(text.extracting(start..<position))
                var escape: [UInt8] = []
                appendEscape(of: byte, to: &escape)
                output.append(escape)
                start = position + 1
            }
            position += 1
        }
        output.append(text.extracting(start..<text.byteCount))
        output.append(0x22)
    }

    /// Appends what the content of a string, as the scanner found it, stands for.
    package static func unescape(_ text: RawSpan, into output: inout ByteBuffer) {
        var plain: [UInt8] = []
        text.withUnsafeBytes { unescape($0, into: &plain) }
        output.append(plain)
    }

    /// Appends one JSON value that the scanner has accepted, without spaces and with its strings escaped in our one
    /// form. Numbers keep their spelling.
    package static func appendCompact(_ value: RawSpan, kind: JSONKind, to output: inout ByteBuffer) {
        switch kind {
        case .string:
            output.append(0x22)
            output.append(value)
            output.append(0x22)
        case .escapedString:
            var plain: [UInt8] = []
            value.withUnsafeBytes { unescape($0, into: &plain) }
            appendString(plain.span.bytes, to: &output)
        case .object, .array:
            // Rare, so a tree is fine; what the scanner has accepted parses.
            let tree = value.withUnsafeBytes { try? JSONValue(parsing: $0) }
            output.append((tree ?? .null).bytes)
        default:
            output.append(value)
        }
    }
}
