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

    /// True when the key is new; it is remembered then.
    mutating func insert(_ key: RowKey) -> Bool {
        if key == Self.empty {
            defer { hasZero = true }
            return !hasZero
        }
        if count * 3 >= slots.count * 2 { grow() }
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
