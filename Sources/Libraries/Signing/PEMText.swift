/// The parts of a PEM text, in order (RFC 7468): what stands between the lines
///
///     -----BEGIN label-----
///     -----END label-----
///
/// Anything around them is ignored, as files with explanations are common.
struct PEMText {
    struct Part {
        let label: String
        /// The part with its two lines.
        let range: Range<Int>
    }

    private(set) var parts: [Part] = []

    /// Finds the parts of a text; none when it is no PEM.
    init(_ bytes: UnsafeRawBufferPointer) {
        var open: (label: String, start: Int)?
        var position = 0
        while position < bytes.count {
            let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.count
            let line = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
            if let label = Self.label(line, "-----BEGIN ") {
                open = (label, position)
            } else if let label = Self.label(line, "-----END "), let begun = open, begun.label == label {
                parts.append(Part(label: label, range: begun.start..<min(end + 1, bytes.count)))
                open = nil
            }
            position = end + 1
        }
    }

    private static func label(_ line: UnsafeRawBufferPointer, _ start: String) -> String? {
        guard line.count < 100, line.starts(with: start.utf8) else { return nil }
        var text = String(decoding: line.dropFirst(start.utf8.count), as: UTF8.self)
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.hasSuffix("-----") ? String(text.dropLast(5)) : nil
    }
}
