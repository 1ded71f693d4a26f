internal import Bytes
internal import Contracts

/// A pattern of the simplest kind, `^[0-9a-f]{32}$`: characters of up to three ASCII ranges, so many of them. Columns of
/// keys have such patterns, and sixteen bytes at a time are compared here in the time that a regular expression needs
/// for one.
struct ByteRanges {
    static let rangeLimit = 3

    let minimumLength: Int
    let maximumLength: Int
    private let first: (UInt8, UInt8, UInt8)
    /// How far each range reaches beyond its first byte.
    private let span: (UInt8, UInt8, UInt8)

    /// Nil when the pattern is of another kind.
    init?(_ pattern: Pattern) {
        var reader = ByteRangesReader(pattern.text)
        guard let parsed = reader.parse(), let some = parsed.ranges.first, parsed.ranges.count <= Self.rangeLimit else {
            return nil
        }
        minimumLength = parsed.minimum
        maximumLength = parsed.maximum
        // Missing ranges repeat the first one.
        let ranges = parsed.ranges + Array(repeating: some, count: Self.rangeLimit - parsed.ranges.count)
        first = (ranges[0].first, ranges[1].first, ranges[2].first)
        span = (ranges[0].last - first.0, ranges[1].last - first.1, ranges[2].last - first.2)
    }

    /// All bytes that are inside.
    var bytes: [UInt8] { (UInt8(0)..<0x80).filter(allows) }

    func allows(_ byte: UInt8) -> Bool {
        byte &- first.0 <= span.0 || byte &- first.1 <= span.1 || byte &- first.2 <= span.2
    }

    /// True when the pattern matches all of `text`.
    @inline(__always)
    func accept(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        guard count >= minimumLength, count <= maximumLength else { return false }
        guard count >= 16 else {
            for position in 0..<count where !allows(text[position]) { return false }
            return true
        }
        var position = 0
        while position + 16 <= count {
            if !areInside(text.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)) { return false }
            position += 16
        }
        // The last sixteen bytes, some of them for the second time.
        return position == count
            || areInside(text.unsafeLoadUnaligned(fromByteOffset: count - 16, as: SIMD16<UInt8>.self))
    }

    @inline(__always)
    private func areInside(_ bytes: SIMD16<UInt8>) -> Bool {
        // Vectors on both sides: with a number on one side the compiler calls a function for each byte.
        typealias Vector = SIMD16<UInt8>
        let inside =
            ((bytes &- Vector(repeating: first.0)) .<= Vector(repeating: span.0))
            .| ((bytes &- Vector(repeating: first.1)) .<= Vector(repeating: span.1))
            .| ((bytes &- Vector(repeating: first.2)) .<= Vector(repeating: span.2))
        let halves = unsafeBitCast(inside, to: SIMD2<UInt64>.self)
        return halves[0] & halves[1] == .max
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
