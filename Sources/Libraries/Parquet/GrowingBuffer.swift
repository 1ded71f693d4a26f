internal import Glibc

/// Raw memory that grows: where values, indices and encoded pages are put together.
///
/// An array would check bounds and uniqueness at every append; here the caller reserves once and then stores.
struct GrowingBuffer: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    @inline(__always) mutating func removeAll() { count = 0 }

    /// Makes room for `extra` more bytes and says where they start.
    @inline(__always) mutating func reserve(_ extra: Int) -> UnsafeMutableRawPointer {
        if extra > capacity - count { grow(extra) }
        return base + count
    }

    /// Counts bytes that were stored in reserved room.
    @inline(__always) mutating func advance(_ added: Int) { count += added }

    /// Forgets what lies behind the first `count` bytes.
    mutating func truncate(to count: Int) { self.count = min(self.count, count) }

    @inline(__always) mutating func append<Value: BitwiseCopyable>(_ value: Value) {
        reserve(MemoryLayout<Value>.size).storeBytes(of: value, as: Value.self)
        count += MemoryLayout<Value>.size
    }

    @inline(__always) mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        memcpy(reserve(bytes.count), source, bytes.count)
        count += bytes.count
    }

    /// Appends a part of another buffer.
    mutating func append(_ other: borrowing GrowingBuffer, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= other.count, "outside the buffer")
        append(UnsafeRawBufferPointer(start: other.base + range.lowerBound, count: range.count))
    }

    /// Appends a text with its length, four bytes, in front.
    @inline(__always) mutating func appendWithLength(_ text: UnsafeRawBufferPointer) {
        let target = reserve(4 + text.count)
        target.storeBytes(of: UInt32(truncatingIfNeeded: text.count), as: UInt32.self)
        if let source = text.baseAddress { memcpy(target + 4, source, text.count) }
        count += 4 + text.count
    }

    /// Replaces bytes that are already counted.
    mutating func store<Value: BitwiseCopyable>(_ value: Value, at offset: Int) {
        precondition(offset >= 0 && offset + MemoryLayout<Value>.size <= count, "outside the buffer")
        base.storeBytes(of: value, toByteOffset: offset, as: Value.self)
    }

    /// Appends an unsigned number in seven-bit groups, least significant first (ULEB128).
    mutating func appendVariable(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func grow(_ extra: Int) {
        capacity = max(capacity * 2, count + extra)
        let bigger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        memcpy(bigger, base, count)
        base.deallocate()
        base = bigger
    }
}
