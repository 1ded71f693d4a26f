internal import Glibc

/// Searches in raw bytes that C offers only as extensions that Swift does not see.
package enum ByteScan {
    /// The place of the first `byte` from `start` on, or nil.
    package static func firstIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int = 0) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress else { return nil }
        return memchr(base + start, Int32(byte), bytes.count - start).map { UnsafeRawPointer($0) - base }
    }

    /// The place of the last `byte`, or nil. Reads backwards, so it costs only as much as lies behind the place.
    package static func lastIndex(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = bytes.count
        while index > 0 {
            index -= 1
            if bytes[index] == byte { return index }
        }
        return nil
    }
}
