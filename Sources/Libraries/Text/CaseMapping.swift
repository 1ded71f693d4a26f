package import Bytes

/// Lower and upper case by Unicode's default mapping: no locale (Turkish i is not special), no context (a final sigma
/// is not special). The length can change: ß becomes SS.
package enum CaseMapping {
    package static func appendLower(_ text: RawSpan, to output: inout ByteBuffer) {
        append(text, from: 0x41, to: &output) { $0.properties.lowercaseMapping }
    }

    package static func appendUpper(_ text: RawSpan, to output: inout ByteBuffer) {
        append(text, from: 0x61, to: &output) { $0.properties.uppercaseMapping }
    }

    /// ASCII letters from `first` on change their case by one bit; other characters ask the standard library's tables.
    private static func append(
        _ text: RawSpan, from first: UInt8, to output: inout ByteBuffer, mapping: (Unicode.Scalar) -> String
    ) {
        var position = 0
        while position < text.byteCount {
            let byte = text[position]
            if byte < 0x80 {
                output.append(byte &- first < 26 ? byte ^ 0x20 : byte)
                position += 1
                continue
            }
            guard let scalar = Unicode.Scalar(ScalarReader.next(text, &position)) else { continue }
            output.append(mapping(scalar))
        }
    }
}
