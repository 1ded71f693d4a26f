typealias Place = UnsafePointer<UInt8>
typealias Room = UnsafeMutablePointer<UInt8>

// Eight bytes at a time in a plain UInt64, least significant byte first: byte 0 is the lowest. Whoever reads words
// must own 8 bytes behind the text: blocks and the strings' arena have that slack.

@inline(__always) func word(_ place: Place) -> UInt64 { UnsafeRawPointer(place).loadUnaligned(as: UInt64.self) }
@inline(__always) func half(_ place: Place) -> UInt32 { UnsafeRawPointer(place).loadUnaligned(as: UInt32.self) }
@inline(__always) func put(_ word: UInt64, _ place: Room) {
    UnsafeMutableRawPointer(place).storeBytes(of: word, as: UInt64.self)
}

/// The text, of at most 8 bytes, as a word, for a compare against `word(place)`.
@inline(__always) func literal(_ text: StaticString) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<text.utf8CodeUnitCount { word |= UInt64(text.utf8Start[index]) << UInt64(8 * index) }
    return word
}

/// Four bytes of text, for a compare against `half(place)`.
@inline(__always) func half(_ text: StaticString) -> UInt32 { UInt32(truncatingIfNeeded: literal(text)) }

/// True when the text, of any length, stands at `place`. Reads no byte behind the first that differs.
@inline(__always) func stands(_ text: StaticString, at place: Place) -> Bool {
    for index in 0..<text.utf8CodeUnitCount where place[index] != text.utf8Start[index] { return false }
    return true
}

enum Lanes {
    static let ones: UInt64 = 0x0101_0101_0101_0101
    static let tops: UInt64 = 0x8080_8080_8080_8080
}

/// Marks (0x80) each byte that is not `0`...`9`. Only the lowest mark is exact; higher ones may be carries.
@inline(__always) func nonDigits(_ word: UInt64) -> UInt64 {
    let flipped = word ^ 0x3030_3030_3030_3030
    return ((flipped &+ 0x7676_7676_7676_7676) | flipped) & Lanes.tops
}

/// Marks the bytes that are not `+`...`9`: signs, digits, the point, and `,` and `/`, which lie between them. The lowest
/// mark is exact.
@inline(__always) func nonNumeric(_ word: UInt64) -> UInt64 {
    ((word &+ 0x4646_4646_4646_4646) | ~((word | Lanes.tops) &- 0x2B2B_2B2B_2B2B_2B2B) | word) & Lanes.tops
}

/// Marks the bytes that equal `byte`. Only the lowest mark is exact.
@inline(__always) func matches(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let flipped = word ^ (Lanes.ones &* UInt64(byte))
    return (flipped &- Lanes.ones) & ~flipped & Lanes.tops
}

/// Marks the bytes below 0x20. Only the lowest mark is exact.
@inline(__always) func controls(_ word: UInt64) -> UInt64 { (word &- Lanes.ones &* 0x20) & ~word & Lanes.tops }

/// How many bytes lie below the lowest mark; 8 without a mark.
@inline(__always) func countBelow(_ marks: UInt64) -> Int { marks.trailingZeroBitCount >> 3 }

/// The number that the first `count` (1...8) bytes of `word`, all digits, spell.
@inline(__always) func decimal(_ word: UInt64, count: Int) -> UInt64 {
    var digits = (word ^ 0x3030_3030_3030_3030) << UInt64(truncatingIfNeeded: (8 &- count) &* 8)
    digits = (digits &* 10) &+ (digits >> 8)
    return
        ((digits & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        &+ ((digits >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001) >> 32
}

/// Powers of ten that fit into 64 bits. A literal array is laid out at compile time.
let powersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10000, 100000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]
