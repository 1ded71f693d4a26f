internal import Glibc

extension RawSpan {
    /// The byte at `offset`. Bounds are checked.
    @inlinable @inline(__always)
    package subscript(_ offset: Int) -> UInt8 { unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

    /// True when the bytes are those of `other`.
    @inlinable
    package func equals(_ other: RawSpan) -> Bool {
        if byteCount != other.byteCount { return false }
        var offset = 0
        while offset + 8 <= byteCount {
            let left = unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if left != other.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < byteCount {
            if self[offset] != other[offset] { return false }
            offset += 1
        }
        return true
    }

    /// The bytes as an array, for what must outlive the span.
    package var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The bytes as text; what is not UTF-8 becomes U+FFFD.
    package var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// The first place of `byte` from `start` on, or nil.
    package func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        precondition(start >= 0 && start <= byteCount)
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, let found = memchr(base + start, Int32(byte), bytes.count - start)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
