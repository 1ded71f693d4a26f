import Glibc

/// The bytes of records on their way out. Unlike the buffers of Bytes it lives in this module, because only then do
/// its parts become part of the loop that writes cells (0.15 s of 0.9 s for 7,000,000 cells, 2026-11-25).
///
/// Writers reserve once for many bytes and then write without a check at each. What is reserved has `slack` bytes more
/// behind it, so that copies may overrun.
struct RecordBuffer: ~Copyable {
    static let slack = 64

    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var used = 0

    init(capacity: Int) {
        self.capacity = max(64, capacity)
        base = .allocate(capacity: self.capacity + Self.slack)
    }

    deinit { base.deallocate() }

    var count: Int { used }
    /// What has been written. Valid until the next change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: used) }

    /// Makes sure that `count` more bytes can be written.
    @inline(__always)
    mutating func reserve(_ count: Int) {
        if count > capacity &- used { grow(count) }
    }

    @inline(never)
    private mutating func grow(_ count: Int) {
        let bigger = max(capacity * 2, used + count)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: bigger + Self.slack)
        moved.update(from: base, count: used)
        base.deallocate()
        base = moved
        capacity = bigger
    }

    /// Forgets what lies behind the first `count` bytes.
    mutating func truncate(to count: Int) { used = min(used, count) }

    /// Writes over a byte that has been written.
    mutating func replace(at offset: Int, with byte: UInt8) {
        precondition(offset >= 0 && offset < used)
        base[offset] = byte
    }

    /// The place of the next byte. Write no more than was reserved, then `advance(to:)` where you stopped.
    var place: UnsafeMutablePointer<UInt8> { base + used }

    mutating func advance(to place: UnsafeMutablePointer<UInt8>) {
        used = place - base
        assert(used <= capacity + Self.slack, "more was written than reserved")
    }

    /// Appends one byte, which must be reserved.
    @inline(__always)
    mutating func append(reserved byte: UInt8) {
        base[used] = byte
        used &+= 1
    }

    /// Appends a short text, which must be reserved.
    @inline(__always)
    mutating func append(reserved text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { base[used &+ index] = text.utf8Start[index] }
        used &+= text.utf8CodeUnitCount
    }

    /// Appends a number of at most 20 bytes, which must be reserved.
    mutating func append(reservedInteger value: Int) {
        var rest = value.magnitude
        var length = value < 0 ? 2 : 1
        var power = rest / 10
        while power > 0 {
            power /= 10
            length += 1
        }
        if value < 0 { base[used] = 0x2D }
        var place = used + length
        repeat {
            place -= 1
            base[place] = 0x30 + UInt8(rest % 10)
            rest /= 10
        } while rest > 0
        used += length
    }

    /// Appends bytes, which must be reserved. Reads up to 31 bytes behind them: they must be readable.
    @inline(__always)
    mutating func append(reserved start: UnsafePointer<UInt8>, count: Int) {
        // 32 bytes a turn, without a call: keys and cells are short.
        let source = UnsafeRawPointer(start)
        let target = UnsafeMutableRawPointer(base + used)
        var index = 0
        repeat {
            let words = source.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            target.storeBytes(of: words, toByteOffset: index, as: SIMD4<UInt64>.self)
            index &+= 32
        } while index < count
        used &+= count
    }

    /// Appends a copy of bytes, growing as needed.
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(base + used, start, bytes.count)
        used += bytes.count
    }

    /// Appends a copy of bytes, growing as needed.
    mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

    /// Appends the content of a JSON string, escaped, growing as needed. `bytes` must be UTF-8.
    mutating func append(escaping bytes: UnsafeRawBufferPointer) {
        // Six bytes for one at most: a control character.
        reserve(bytes.count * 6)
        for byte in bytes {
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                append(reserved: byte)
                continue
            }
            append(reserved: 0x5C)
            switch byte {
            case 0x22, 0x5C: append(reserved: byte)
            case 0x08: append(reserved: 0x62)
            case 0x09: append(reserved: 0x74)
            case 0x0A: append(reserved: 0x6E)
            case 0x0C: append(reserved: 0x66)
            case 0x0D: append(reserved: 0x72)
            default:
                append(reserved: "u00")
                append(reserved: 0x30 + (byte >> 4))
                append(reserved: byte & 0xF < 10 ? 0x30 + byte & 0xF : 0x57 + byte & 0xF)
            }
        }
    }
}
