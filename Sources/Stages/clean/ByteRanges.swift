internal import Bytes
internal import Contracts

/// A pattern of the simplest kind, `^[0-9a-f]{32}$`: characters of up to three ASCII ranges, so many of them. Columns of
/// keys have such patterns, and eight bytes at a time are compared here in the time that a regular expression needs for
/// one.
struct ByteRanges {
    static let rangeLimit = 3

    let minimumLength: Int
    let maximumLength: Int
    /// For each range: 0x80 - first and 0x7F - last in every byte. Added to seven bits, they carry into the top bit where
    /// a byte is at least the first, and where it is beyond the last.
    private var first = (UInt64(0), UInt64(0), UInt64(0))
    private var beyond = (UInt64(0), UInt64(0), UInt64(0))

    /// Nil when the pattern is of another kind.
    init?(_ pattern: Pattern) {
        var reader = ByteRangesReader(pattern.text)
        guard let parsed = reader.parse(), parsed.ranges.count <= Self.rangeLimit else { return nil }
        minimumLength = parsed.minimum
        maximumLength = parsed.maximum
        var ranges = parsed.ranges
        // A range that no byte is in.
        while ranges.count < Self.rangeLimit { ranges.append((1, 0)) }
        first = (
            Self.spread(0x80 - ranges[0].first), Self.spread(0x80 - ranges[1].first),
            Self.spread(0x80 - ranges[2].first)
        )
        beyond = (
            Self.spread(0x7F - ranges[0].last), Self.spread(0x7F - ranges[1].last), Self.spread(0x7F - ranges[2].last)
        )
    }

    /// All bytes that are inside.
    var bytes: [UInt8] { (UInt8(0)..<0x80).filter(allows) }

    func allows(_ byte: UInt8) -> Bool { marks(UInt64(byte)) & 0x80 != 0 }

    private static func spread(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// True when the pattern matches all of `text`.
    @inline(__always)
    func accept(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        guard count >= minimumLength, count <= maximumLength else { return false }
        guard count >= 8 else {
            var word: UInt64 = 0
            var position = 0
            while position < count {
                word = word << 8 | UInt64(text[position])
                position += 1
            }
            // Bytes that are not there need not be inside.
            let missing = count == 0 ? UInt64.max : ~UInt64(0) << UInt64(count * 8)
            return (marks(word) | missing) & Self.highs == Self.highs
        }
        var position = 0
        while position + 8 <= count {
            let word = text.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            if marks(word) & Self.highs != Self.highs { return false }
            position += 8
        }
        if position == count { return true }
        return marks(text.unsafeLoadUnaligned(fromByteOffset: count - 8, as: UInt64.self)) & Self.highs == Self.highs
    }

    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// The top bit of each byte that is inside a range.
    @inline(__always)
    private func marks(_ word: UInt64) -> UInt64 {
        let low = word & ~Self.highs
        let inside =
            (low &+ first.0) & ~(low &+ beyond.0) | (low &+ first.1) & ~(low &+ beyond.1)
            | (low &+ first.2) & ~(low &+ beyond.2)
        return inside & ~word
    }
}

/// Reads `^[...]{n}$` and its like: one set of characters or `\d`, and how often.
private struct ByteRangesReader {
    /// A count without a limit: no text is longer.
    private static let unlimited = 1 << 30

    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func parse() -> (ranges: [(first: UInt8, last: UInt8)], minimum: Int, maximum: Int)? {
        guard take(0x5E) else { return nil }
        let ranges: [(first: UInt8, last: UInt8)]
        if take(0x5B) {
            guard let set = set() else { return nil }
            ranges = set
        } else if take(0x5C), take(0x64) {
            ranges = [(0x30, 0x39)]
        } else {
            return nil
        }
        guard let (minimum, maximum) = count(), take(0x24), position == bytes.count else { return nil }
        return (ranges, minimum, maximum)
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Letters and digits alone or as ranges, and a few marks that mean themselves.
    private mutating func set() -> [(first: UInt8, last: UInt8)]? {
        var ranges: [(first: UInt8, last: UInt8)] = []
        while position < bytes.count, bytes[position] != 0x5D {
            guard Self.isPlain(bytes[position]) else { return nil }
            let first = bytes[position]
            position += 1
            var last = first
            if position + 1 < bytes.count, bytes[position] == 0x2D, bytes[position + 1] != 0x5D {
                guard Self.isPlain(bytes[position + 1]), bytes[position + 1] >= first else { return nil }
                last = bytes[position + 1]
                position += 2
            }
            ranges.append((first, last))
        }
        return take(0x5D) && !ranges.isEmpty ? ranges : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte == 0x5F || byte == 0x2E || byte == 0x20
    }

    private mutating func count() -> (Int, Int)? {
        if take(0x2B) { return (1, Self.unlimited) }
        if take(0x2A) { return (0, Self.unlimited) }
        guard take(0x7B) else { return (1, 1) }
        guard let minimum = number() else { return nil }
        if take(0x7D) { return (minimum, minimum) }
        guard take(0x2C) else { return nil }
        if take(0x7D) { return (minimum, Self.unlimited) }
        guard let maximum = number(), maximum >= minimum, take(0x7D) else { return nil }
        return (minimum, maximum)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while position < bytes.count, bytes[position] &- 0x30 < 10, (value ?? 0) < 100_000 {
            value = (value ?? 0) * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        return value
    }
}
