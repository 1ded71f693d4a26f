/// The keys seen so far: open addressing over 128-bit fingerprints, 16 bytes a slot, at most two thirds full.
struct KeyTable: ~Copyable {
    private static let firstCapacity = 1 << 12

    private var slots: UnsafeMutableBufferPointer<RowKey>
    private(set) var count = 0
    private var hasZero = false

    init() {
        slots = Self.allocate(Self.firstCapacity)
    }

    deinit { slots.deallocate() }

    /// Bytes held.
    var byteCount: Int { slots.count * MemoryLayout<RowKey>.stride }

    private var isFull: Bool { count * 3 >= slots.count * 2 }

    /// False when the next new key would make the table grow beyond the memory: the old and the new one, of twice its
    /// size, are held for a moment then.
    func mayGrow(within memoryLimit: Int) -> Bool { !isFull || byteCount * 3 <= memoryLimit }

    /// True when the key is new; it is remembered then.
    mutating func insert(_ key: RowKey) -> Bool {
        if key == Self.empty {
            defer { hasZero = true }
            return !hasZero
        }
        if isFull { grow() }
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: key.low) & mask
        while slots[place] != Self.empty {
            if slots[place] == key { return false }
            place = (place + 1) & mask
        }
        slots[place] = key
        count += 1
        return true
    }

    func contains(_ key: RowKey) -> Bool {
        if key == Self.empty { return hasZero }
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: key.low) & mask
        while slots[place] != Self.empty {
            if slots[place] == key { return true }
            place = (place + 1) & mask
        }
        return false
    }

    /// All keys, in no particular order.
    borrowing func visitKeys<Failure: Error>(_ body: (RowKey) throws(Failure) -> Void) throws(Failure) {
        if hasZero { try body(Self.empty) }
        for key in slots where key != Self.empty { try body(key) }
    }

    private static let empty = RowKey(high: 0, low: 0)

    private static func allocate(_ capacity: Int) -> UnsafeMutableBufferPointer<RowKey> {
        let slots = UnsafeMutableBufferPointer<RowKey>.allocate(capacity: capacity)
        slots.initialize(repeating: empty)
        return slots
    }

    private mutating func grow() {
        let bigger = Self.allocate(slots.count * 2)
        let mask = bigger.count - 1
        for key in slots where key != Self.empty {
            var place = Int(truncatingIfNeeded: key.low) & mask
            while bigger[place] != Self.empty { place = (place + 1) & mask }
            bigger[place] = key
        }
        slots.deallocate()
        slots = bigger
    }
}
