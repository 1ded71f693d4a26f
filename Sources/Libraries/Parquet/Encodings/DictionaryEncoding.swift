internal import Glibc

/// The distinct values of a chunk, in the order in which they came, and the number of each
/// (parquet-format Encodings.md, "Dictionary Encoding"). What is stored depends on the values alone, not on the hash.
protocol ValueDictionary: AnyObject {
    var count: Int { get }
    /// The values in PLAIN form: the body of the dictionary page.
    var plainBytes: UnsafeRawBufferPointer { get }
    /// Appends the numbers (four bytes each) of the next `count` values of `page`, from byte `position` on. Says
    /// false, with some numbers missing, when the values outgrow `byteLimit` or collide too often to go on.
    func append(
        _ page: UnsafeRawBufferPointer, position: inout Int, count: Int, byteLimit: Int, to indices: inout GrowingBuffer
    ) -> Bool
    /// Forgets the newest values. No value may be added afterwards: this is for leaving the dictionary.
    func truncate(to count: Int)
}

/// Open addressing with linear probing. A slot holds the value's number + 1 and 32 bits of its hash; 0 is free.
private struct HashSlots: ~Copyable {
    /// Probes beyond this share of the values mean that somebody chose values that collide.
    static let probesPerValue = 16

    private(set) var slots: UnsafeMutablePointer<UInt64>
    private(set) var mask: Int

    init() {
        mask = 1023
        slots = .allocate(capacity: 1024)
        slots.initialize(repeating: 0, count: 1024)
    }

    deinit { slots.deallocate() }

    @inline(__always) static func slot(hash: UInt64, number: Int) -> UInt64 {
        hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: number + 1)
    }

    /// Doubles the table; the place of a slot comes from the hash bits that it keeps.
    mutating func grow() {
        let oldSlots = slots
        let oldCount = mask + 1
        let newCount = oldCount * 2
        slots = .allocate(capacity: newCount)
        slots.initialize(repeating: 0, count: newCount)
        mask = newCount - 1
        for index in 0..<oldCount where oldSlots[index] != 0 {
            var place = Self.place(of: oldSlots[index], mask: mask)
            while slots[place] != 0 { place = (place + 1) & mask }
            slots[place] = oldSlots[index]
        }
        oldSlots.deallocate()
    }

    /// The upper half of the hash says where to look first.
    @inline(__always) static func place(of hash: UInt64, mask: Int) -> Int {
        Int(truncatingIfNeeded: hash >> 32) & mask
    }

    @inline(__always) static func number(_ slot: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: slot) &- 1 }
}

/// Mixes by multiplying to 128 bits and folding; fixed constants, so that the work is the same on each run.
private enum FixedHash {
    static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    @inline(__always) static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always) static func hash(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: count) ^ first
        var offset = 0
        while offset + 16 <= count {
            let low = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            let high = bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)
            state = mix(low ^ second, high ^ state)
            offset += 16
        }
        var rest: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &rest) { target in
            if let base = target.baseAddress { memcpy(base, bytes + offset, count - offset) }
        }
        return mix(rest.0 ^ second, rest.1 ^ state)
    }
}

/// Numbers of four or eight bytes.
final class WordDictionary<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>: ValueDictionary {
    private(set) var count = 0
    private var slots = HashSlots()
    private var values = GrowingBuffer(capacity: 4096)
    private var probeCount = 0
    private var lookUpCount = 0

    var plainBytes: UnsafeRawBufferPointer { values.bytes }

    func append(
        _ page: UnsafeRawBufferPointer, position: inout Int, count wanted: Int, byteLimit: Int,
        to indices: inout GrowingBuffer
    ) -> Bool {
        let width = MemoryLayout<Word>.size
        let target = indices.reserve(wanted * 4).assumingMemoryBound(to: UInt32.self)
        lookUpCount += wanted
        var previous: Word = 0
        var previousNumber: UInt32?
        for index in 0..<wanted {
            let word = page.loadUnaligned(fromByteOffset: position, as: Word.self)
            position += width
            if word == previous, let previousNumber {
                target[index] = previousNumber
                continue
            }
            let number = number(of: word)
            target[index] = number
            previous = word
            previousNumber = number
        }
        indices.advance(wanted * 4)
        return values.count <= byteLimit && probeCount <= HashSlots.probesPerValue * lookUpCount
    }

    @inline(__always) private func number(of word: Word) -> UInt32 {
        let hash = FixedHash.mix(UInt64(word) ^ FixedHash.first, FixedHash.second)
        var place = HashSlots.place(of: hash, mask: slots.mask)
        while true {
            let slot = slots.slots[place]
            if slot == 0 { break }
            let number = HashSlots.number(slot)
            if values.base.load(fromByteOffset: Int(number) * MemoryLayout<Word>.size, as: Word.self) == word {
                return number
            }
            probeCount += 1
            place = (place + 1) & slots.mask
        }
        slots.slots[place] = HashSlots.slot(hash: hash, number: count)
        values.append(word)
        count += 1
        if count * 2 > slots.mask { slots.grow() }
        return UInt32(truncatingIfNeeded: count - 1)
    }

    func truncate(to count: Int) {
        self.count = min(self.count, count)
        values.truncate(to: self.count * MemoryLayout<Word>.size)
    }
}

/// Texts, and decimals of a fixed length.
final class BytesDictionary: ValueDictionary {
    /// Nil: each value has its length, four bytes, in front.
    private let fixedByteCount: Int?
    private(set) var count = 0
    private var slots = HashSlots()
    private var values = GrowingBuffer(capacity: 16 << 10)
    /// Where in `values` each value begins, its length included (four bytes each).
    private var starts = GrowingBuffer(capacity: 4096)
    private var probeCount = 0
    private var lookUpCount = 0

    init(fixedByteCount: Int?) { self.fixedByteCount = fixedByteCount }

    var plainBytes: UnsafeRawBufferPointer { values.bytes }

    func append(
        _ page: UnsafeRawBufferPointer, position: inout Int, count wanted: Int, byteLimit: Int,
        to indices: inout GrowingBuffer
    ) -> Bool {
        guard let base = page.baseAddress else { return true }
        let target = indices.reserve(wanted * 4).assumingMemoryBound(to: UInt32.self)
        var previousNumber: UInt32?
        for index in 0..<wanted {
            let value = base + position
            // The length belongs to what is compared and stored, so that a value is one run of bytes.
            let byteCount = fixedByteCount ?? 4 + Int(value.loadUnaligned(as: UInt32.self))
            position += byteCount
            if let previousNumber, isEqual(previousNumber, value, byteCount) {
                target[index] = previousNumber
                continue
            }
            let number = number(of: value, byteCount)
            target[index] = number
            previousNumber = number
            // One page of long texts must not take the dictionary far beyond its limit.
            if values.count > byteLimit { return false }
        }
        lookUpCount += wanted
        indices.advance(wanted * 4)
        return probeCount <= HashSlots.probesPerValue * lookUpCount
    }

    @inline(__always)
    private func isEqual(_ number: UInt32, _ value: UnsafeRawPointer, _ byteCount: Int) -> Bool {
        let start = Int(starts.base.load(fromByteOffset: Int(number) * 4, as: UInt32.self))
        return start + byteCount <= values.count && memcmp(values.base + start, value, byteCount) == 0
    }

    @inline(__always)
    private func number(of value: UnsafeRawPointer, _ byteCount: Int) -> UInt32 {
        let hash = FixedHash.hash(value, byteCount)
        var place = HashSlots.place(of: hash, mask: slots.mask)
        while true {
            let slot = slots.slots[place]
            if slot == 0 { break }
            if slot >> 32 == hash >> 32, isEqual(HashSlots.number(slot), value, byteCount) {
                return HashSlots.number(slot)
            }
            probeCount += 1
            place = (place + 1) & slots.mask
        }
        slots.slots[place] = HashSlots.slot(hash: hash, number: count)
        starts.append(UInt32(truncatingIfNeeded: values.count))
        values.append(UnsafeRawBufferPointer(start: value, count: byteCount))
        count += 1
        if count * 2 > slots.mask { slots.grow() }
        return UInt32(truncatingIfNeeded: count - 1)
    }

    func truncate(to count: Int) {
        guard count < self.count else { return }
        self.count = count
        values.truncate(to: Int(starts.base.load(fromByteOffset: count * 4, as: UInt32.self)))
        starts.truncate(to: count * 4)
    }
}
