internal import Glibc

/// Bytes that grow at the end: where a row, a block or a value is put together before it goes on.
///
/// Unlike an array it is never copied by accident, appends without generic calls, and keeps its memory when emptied.
package struct ByteBuffer: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    /// How many bytes it holds.
    @usableFromInline package internal(set) var count = 0

    package init(capacity: Int = 256) {
        self.capacity = max(64, capacity)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    package var isEmpty: Bool { count == 0 }

    /// What it holds, until the next change.
    @inlinable
    package var bytes: RawSpan {
        @_lifetime(borrow self)
        get {
            let span = RawSpan(_unsafeStart: base, byteCount: count)
            return _overrideLifetime(span, borrowing: self)
        }
    }

    /// The bytes of a range that it holds, until the next change.
    @inlinable
    @_lifetime(borrow self)
    package func bytes(_ range: Range<Int>) -> RawSpan {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        let span = RawSpan(_unsafeStart: base + range.lowerBound, byteCount: range.count)
        return _overrideLifetime(span, borrowing: self)
    }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    package mutating func removeAll() { count = 0 }

    /// Forgets what lies behind the first `count` bytes.
    package mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= self.count)
        self.count = count
    }

    /// Makes room for `extra` more bytes, so that appending them does not move what is held.
    @inlinable @inline(__always)
    package mutating func reserve(_ extra: Int) {
        if capacity - count < extra { grow(extra) }
    }

    @usableFromInline @inline(never)
    mutating func grow(_ extra: Int) {
        let wanted = max(capacity * 2, count + extra)
        let bigger = UnsafeMutableRawPointer.allocate(byteCount: wanted, alignment: 16)
        memcpy(bigger, base, count)
        base.deallocate()
        base = bigger
        capacity = wanted
    }

    @inlinable @inline(__always)
    package mutating func append(_ byte: UInt8) {
        reserve(1)
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends a copy of `span`, which must not be part of this buffer.
    @inlinable @inline(__always)
    package mutating func append(_ span: RawSpan) {
        span.withUnsafeBytes { append($0) }
    }

    /// Appends a copy of `bytes`, which must not be part of this buffer.
    @inlinable
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        // 16 bytes more than needed, so that short pieces can be copied in whole words.
        reserve(bytes.count + 16)
        let target = base + count
        count += bytes.count
        guard bytes.count <= 64 else {
            target.copyMemory(from: start, byteCount: bytes.count)
            return
        }
        var done = 0
        while done + 8 <= bytes.count {
            target.storeBytes(
                of: start.loadUnaligned(fromByteOffset: done, as: UInt64.self), toByteOffset: done, as: UInt64.self)
            done += 8
        }
        while done < bytes.count {
            target.storeBytes(of: start.load(fromByteOffset: done, as: UInt8.self), toByteOffset: done, as: UInt8.self)
            done += 1
        }
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// Appends a text's UTF-8.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a copy of this buffer's own bytes.
    package mutating func appendCopy(of range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        reserve(range.count)
        (base + count).copyMemory(from: base + range.lowerBound, byteCount: range.count)
        count += range.count
    }

    /// Appends `length` bytes that `fill` writes, all of them.
    package mutating func appendUninitialized<Failure: Error>(
        _ length: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        reserve(length)
        try fill(UnsafeMutableRawBufferPointer(start: base + count, count: length))
        count += length
    }

    /// Appends the bytes of an integer as they are in memory.
    @inlinable @inline(__always)
    package mutating func appendWord<Word: FixedWidthInteger & BitwiseCopyable>(_ word: Word) {
        reserve(MemoryLayout<Word>.size)
        base.storeBytes(of: word, toByteOffset: count, as: Word.self)
        count += MemoryLayout<Word>.size
    }

    /// Puts `byte` in front of what stands at `place`, `times` times.
    package mutating func insert(_ byte: UInt8, times: Int, at place: Int) {
        precondition(place >= 0 && place <= count && times >= 0)
        reserve(times)
        memmove(base + place + times, base + place, count - place)
        memset(base + place, Int32(byte), times)
        count += times
    }
}
