package import Bytes

/// White space as Unicode's property White_Space has it (PropList.txt), no-break space included: that is what
/// spreadsheets and web pages leave around values.
package enum WhiteSpace {
    package static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x20, 0x09...0x0D: true
        case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Where the text is without white space at its ends.
    package static func trimmed(_ text: RawSpan) -> Range<Int> {
        var start = 0
        while start < text.byteCount {
            var next = start
            guard contains(ScalarReader.next(text, &next)) else { break }
            start = next
        }
        var end = text.byteCount
        while end > start {
            var previous = end
            guard contains(ScalarReader.previous(text, &previous)) else { break }
            end = previous
        }
        return start..<end
    }

    /// Appends the text with every run of white space as one space; at the ends too.
    package static func squeeze(_ text: RawSpan, into output: inout ByteBuffer) {
        var position = 0
        var isInRun = false
        while position < text.byteCount {
            let start = position
            let isSpace = contains(ScalarReader.next(text, &position))
            if !isSpace { output.append(text.extracting(start..<position)) }
            if isSpace, !isInRun { output.append(0x20) }
            isInRun = isSpace
        }
    }
}

/// Characters that nobody sees and that make equal texts differ.
package enum InvisibleCharacters {
    /// C0 without tab and line breaks, DEL, C1, soft hyphen, zero-width space, word joiner, byte order mark, and the
    /// marks of writing direction. U+200C and U+200D stay: scripts and emoji need them.
    package static func contains(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09, 0x0A, 0x0D: false
        case 0x00..<0x20, 0x7F..<0xA0: scalar != 0x85
        case 0xAD, 0x200B, 0x200E, 0x200F, 0x202A...0x202E, 0x2060, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// Appends the text without them.
    package static func strip(_ text: RawSpan, into output: inout ByteBuffer) {
        var position = 0
        while position < text.byteCount {
            let start = position
            if !contains(ScalarReader.next(text, &position)) { output.append(text.extracting(start..<position)) }
        }
    }
}
