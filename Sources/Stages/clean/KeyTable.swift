internal import Glibc

/// The keys seen so far: open addressing over 128-bit fingerprints, 16 bytes a slot, at most two thirds full.
///
/// The table is 16 tables, chosen by the keys' top bits, which grow apart: when one of them doubles, old and new
/// together are a small part of the whole.
struct KeyTable: ~Copyable {
    private static let segmentBits = 4
    private static let firstCapacity = 256

    private struct Segment {
        var slots: UnsafeMutablePointer<RowKey>
        var capacity: Int
        var count = 0

        // Two thirds: fuller tables are searched for long, emptier ones cost memory.
        var isFull: Bool { count * 3 >= capacity * 2 }
    }

    private let segments: UnsafeMutableBufferPointer<Segment>
    private(set) var count = 0
    /// Bytes held.
    private(set) var byteCount: Int
    private var hasZero = false
    private var touched: UInt64 = 0

    init() {
        segments = .allocate(capacity: 1 << Self.segmentBits)
        for number in segments.indices {
            segments.initializeElement(
                at: number, to: Segment(slots: Self.allocate(Self.firstCapacity), capacity: Self.firstCapacity))
        }
        byteCount = segments.count * Self.firstCapacity * MemoryLayout<RowKey>.stride
    }

    deinit {
        for segment in segments { Self.release(segment.slots, segment.capacity) }
        segments.deallocate()
    }

    /// False when a new key could make the table grow beyond the memory.
    @inline(__always)
    func mayGrow(within memoryLimit: Int) -> Bool { byteCount * 2 <= memoryLimit || growsWithin(memoryLimit) }

    private func growsWithin(_ memoryLimit: Int) -> Bool {
        for segment in segments where segment.isFull {
            if byteCount + segment.capacity * 2 * MemoryLayout<RowKey>.stride > memoryLimit { return false }
        }
        return true
    }

    /// Touches the places of keys that will be inserted next, so that the processor fetches many of them at a time. Each
    /// insertion alone would wait for its own, since where it goes on depends on what is there (a million keys: 0.07 s
    /// without this, 0.03 s with it).
    mutating func prepare(for keys: some Sequence<RowKey>) {
        var sum: UInt64 = 0
        for key in keys {
            let segment = segments[Int(truncatingIfNeeded: key.high >> UInt64(64 - Self.segmentBits))]
            sum &+= segment.slots[Int(truncatingIfNeeded: key.low) & (segment.capacity - 1)].high
        }
        // Kept, or the compiler would see that nobody needs the sum.
        touched = sum
    }

    /// True when the key is new; it is remembered then.
    @inline(__always)
    mutating func insert(_ key: RowKey) -> Bool {
        let number = Int(truncatingIfNeeded: key.high >> UInt64(64 - Self.segmentBits))
        if segments[number].isFull { grow(number) }
        let (slots, mask) = (segments[number].slots, segments[number].capacity - 1)
        var place = Int(truncatingIfNeeded: key.low) & mask
        while slots[place] != Self.empty {
            if slots[place] == key { return false }
            place = (place + 1) & mask
        }
        if key == Self.empty {
            defer { hasZero = true }
            return !hasZero
        }
        slots[place] = key
        // Not `+=`: Swift 6.3.1 crashes on it when it compiles for the thread sanitizer.
        segments[number].count = segments[number].count + 1
        count += 1
        return true
    }

    func contains(_ key: RowKey) -> Bool {
        if key == Self.empty { return hasZero }
        let segment = segments[Int(truncatingIfNeeded: key.high >> UInt64(64 - Self.segmentBits))]
        let mask = segment.capacity - 1
        var place = Int(truncatingIfNeeded: key.low) & mask
        while segment.slots[place] != Self.empty {
            if segment.slots[place] == key { return true }
            place = (place + 1) & mask
        }
        return false
    }

    /// Takes all keys out, in no particular order; what they lay in is given back piece by piece, so that whoever takes
    /// them over has room for them.
    mutating func takeKeys<Failure: Error>(_ body: (RowKey) throws(Failure) -> Void) throws(Failure) {
        if hasZero { try body(Self.empty) }
        hasZero = false
        for number in segments.indices {
            let (slots, capacity) = (segments[number].slots, segments[number].capacity)
            for place in 0..<capacity where slots[place] != Self.empty { try body(slots[place]) }
            segments[number] = Segment(slots: Self.allocate(Self.firstCapacity), capacity: Self.firstCapacity)
            Self.release(slots, capacity)
            byteCount -= (capacity - Self.firstCapacity) * MemoryLayout<RowKey>.stride
        }
        count = 0
    }

    private static let empty = RowKey(high: 0, low: 0)

    /// Large tables lie on large pages where the system has them: keys go to random places, and with small pages the
    /// processor would have to look up where nearly every one of them is.
    private static let largePageByteCount = 2 << 20

    /// Zeroed memory, so that all slots are empty.
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<RowKey> {
        let byteCount = capacity * MemoryLayout<RowKey>.stride
        let memory = byteCount < largePageByteCount ? calloc(1, byteCount) : allocatePages(byteCount)
        guard let memory else { preconditionFailure("out of memory") }
        return memory.bindMemory(to: RowKey.self, capacity: capacity)
    }

    /// Fresh pages come zeroed from the system, and go back to it for sure, which `malloc` does not promise. A page more
    /// than needed is asked for, and what lies beside the large pages is given back at once.
    private static func allocatePages(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        let protection = PROT_READ | PROT_WRITE
        let kind = MAP_PRIVATE | MAP_ANONYMOUS
        guard let memory = mmap(nil, byteCount + largePageByteCount, protection, kind, -1, 0), memory != MAP_FAILED
        else {
            return nil
        }
        let front = -Int(bitPattern: memory) & (largePageByteCount - 1)
        if front > 0 { munmap(memory, front) }
        let start = memory + front
        if front < largePageByteCount { munmap(start + byteCount, largePageByteCount - front) }
        _ = madvise(start, byteCount, MADV_HUGEPAGE)
        return start
    }

    private static func release(_ slots: UnsafeMutablePointer<RowKey>, _ capacity: Int) {
        let byteCount = capacity * MemoryLayout<RowKey>.stride
        if byteCount < largePageByteCount { free(slots) } else { munmap(slots, byteCount) }
    }

    @inline(never)
    private mutating func grow(_ number: Int) {
        let old = segments[number]
        let capacity = old.capacity * 2
        let slots = Self.allocate(capacity)
        let mask = capacity - 1
        for source in 0..<old.capacity where old.slots[source] != Self.empty {
            let key = old.slots[source]
            var place = Int(truncatingIfNeeded: key.low) & mask
            while slots[place] != Self.empty { place = (place + 1) & mask }
            slots[place] = key
        }
        Self.release(old.slots, old.capacity)
        segments[number].slots = slots
        segments[number].capacity = capacity
        byteCount += old.capacity * MemoryLayout<RowKey>.stride
    }
}
