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
struct HashSlots: ~Copyable {
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

    /// Doubles the table when `count` values fill half of it; the place of a slot comes from the hash bits it keeps.
    mutating func growIfNeeded(for count: Int) {
        guard count * 2 > mask else { return }
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
enum FixedHash {
    static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let second: UInt64 = 0xE703_7ED1_A0B4_28DB

    @inline(__always) static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always) static func hash(_ bytes: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: count) ^ first
        if count >= 16 {
            // The last sixteen bytes may overlap the sixteen before.
            var offset = 0
            while offset < count {
                let place = min(offset, count - 16)
                let low = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                let high = bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
                state = mix(low ^ second, high ^ state)
                offset += 16
            }
            return state
        }
        var low: UInt64 = 0
        var high: UInt64 = 0
        for offset in 0..<count {
            let byte = UInt64(bytes.load(fromByteOffset: offset, as: UInt8.self))
            if offset < 8 { low |= byte << UInt64(8 * offset) } else { high |= byte << UInt64(8 * offset - 64) }
        }
        return mix(low ^ second, high ^ state)
    }
}
