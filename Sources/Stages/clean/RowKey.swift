internal import Bytes

/// A 128-bit fingerprint of a key's bytes. Two different keys among n rows share one by accident with a probability of
/// about n² / 2^129: one in 7 * 10^22 for a hundred million rows.
struct RowKey: Hashable, Sendable {
    let high: UInt64
    let low: UInt64
}

/// Folds bytes into a `RowKey` by 64 x 64 bit multiplications (the principle of wyhash), in two independent lanes.
struct RowKeyHasher {
    private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    /// Adds one part of a key. Its length is added too, so that ("ab","c") and ("a","bc") differ.
    @inline(__always)
    mutating func add(_ part: RawSpan) {
        let count = part.byteCount
        mix(UInt64(truncatingIfNeeded: count) ^ 0xA076_1D64_78BD_642F)
        var position = 0
        while position + 8 <= count {
            mix(part.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            position += 8
        }
        guard position < count else { return }
        var last: UInt64 = 0
        while position < count {
            last = last << 8 | UInt64(part[position])
            position += 1
        }
        mix(last)
    }

    @inline(__always)
    private mutating func mix(_ word: UInt64) {
        first = Self.fold(first ^ word, 0xE703_7ED1_A0B4_28DB)
        second = Self.fold(second &+ word, 0x8EBC_6AF0_9C88_C6E3) ^ word
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (high, low) = left.multipliedFullWidth(by: right)
        return high ^ low
    }

    func finish() -> RowKey {
        RowKey(
            high: Self.fold(first ^ 0x2D35_8DCC_AA6C_78A5, second | 1),
            low: Self.fold(second ^ 0x8BB8_4B93_962E_ACC9, first | 1))
    }
}
