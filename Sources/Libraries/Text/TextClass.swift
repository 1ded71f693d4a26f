internal import Bytes

/// What kinds of characters a text has, found in one pass of eight bytes at a time. Most values have none that any
/// cleaning step would touch; for those this pass is all that the text pipeline costs.
package struct TextClass: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Whether the two have a class in common; without the calls that the protocol's own test makes across modules.
    @inlinable @inline(__always)
    package func overlaps(_ other: TextClass) -> Bool { rawValue & other.rawValue != 0 }

    /// Bytes of 0x80 and above: not ASCII.
    package static let nonASCII = TextClass(rawValue: 1)
    /// U+0000 to U+001F and U+007F, line breaks and tabs included.
    package static let control = TextClass(rawValue: 2)
    /// A to Z.
    package static let upper = TextClass(rawValue: 4)
    /// a to z.
    package static let lower = TextClass(rawValue: 8)
    /// An ASCII space.
    package static let space = TextClass(rawValue: 16)
    /// An ASCII space as the first or last byte.
    package static let outerSpace = TextClass(rawValue: 32)

    /// The kinds of characters in `text`.
    package init(of text: RawSpan) {
        let count = text.byteCount
        guard count > 0 else {
            self.init(rawValue: 0)
            return
        }
        var marks = Marks()
        var position = 0
        while position + 8 <= count {
            marks.add(text.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        if position < count {
            // The letter that no mark is set for fills up the last word.
            var last: UInt64 = 0x3030_3030_3030_3030
            while position < count {
                last = last << 8 | UInt64(text[position])
                position += 1
            }
            marks.add(last)
        }
        var found = marks.kinds
        if found.contains(.space), text[0] == 0x20 || text[count - 1] == 0x20 { found.insert(.outerSpace) }
        self = found
    }
}

/// Marks in the top bit of each byte. Every mark is exact for bytes below 0x80; bytes above are told by their own mark.
private struct Marks {
    private var high: UInt64 = 0
    private var control: UInt64 = 0
    private var upper: UInt64 = 0
    private var lower: UInt64 = 0
    private var space: UInt64 = 0

    @inline(__always)
    mutating func add(_ word: UInt64) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        // Seven bits a byte: adding at most 0x7F to each never carries into the next byte.
        let low = word & ~highs
        let ascii = ~word & highs
        high |= word & highs
        control |= ~(low &+ ones &* 0x60) & ascii | (low &+ ones) & ascii
        upper |= (low &+ ones &* 0x3F) & ~(low &+ ones &* 0x25) & ascii
        lower |= (low &+ ones &* 0x1F) & ~(low &+ ones &* 0x05) & ascii
        let spaces = low ^ ones &* 0x20
        space |= ~(spaces &+ ones &* 0x7F) & ascii
    }

    var kinds: TextClass {
        var kinds: TextClass = []
        if high != 0 { kinds.insert(.nonASCII) }
        if control != 0 { kinds.insert(.control) }
        if upper != 0 { kinds.insert(.upper) }
        if lower != 0 { kinds.insert(.lower) }
        if space != 0 { kinds.insert(.space) }
        return kinds
    }
}
