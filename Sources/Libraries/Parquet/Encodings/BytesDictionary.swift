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
        guard let base = page.baseAddress, wanted > 0 else { return true }
        let target = indices.reserve(wanted * 4).assumingMemoryBound(to: UInt32.self)
        // Local, because every use of an object's variables is checked at run time.
        let fixedByteCount = fixedByteCount ?? 0
        var (table, mask, known) = (slots.slots, slots.mask, Known(values, starts))
        var previous: UInt32?
        var probes = 0
        for index in 0..<wanted {
            let value = base + position
            // The length belongs to what is compared and stored, so that a value is one run of bytes.
            let byteCount = fixedByteCount > 0 ? fixedByteCount : 4 + Int(value.loadUnaligned(as: UInt32.self))
            position += byteCount
            if let previous, known.isEqual(previous, value, byteCount) {
                target[index] = previous
                continue
            }
            let hash = FixedHash.hash(value, byteCount)
            var place = HashSlots.place(of: hash, mask: mask)
            while true {
                let slot = table[place]
                if slot == 0 {
                    table[place] = HashSlots.slot(hash: hash, number: count)
                    previous = add(UnsafeRawBufferPointer(start: value, count: byteCount))
                    (table, mask, known) = (slots.slots, slots.mask, Known(values, starts))
                    // One page of long texts must not take the dictionary far beyond its limit.
                    if known.byteCount > byteLimit { return false }
                    break
                }
                if slot >> 32 == hash >> 32, known.isEqual(HashSlots.number(slot), value, byteCount) {
                    previous = HashSlots.number(slot)
                    break
                }
                probes += 1
                place = (place + 1) & mask
            }
            target[index] = previous ?? 0
        }
        lookUpCount += wanted
        probeCount += probes
        indices.advance(wanted * 4)
        return probeCount <= HashSlots.probesPerValue * lookUpCount
    }

    @inline(never) private func add(_ value: UnsafeRawBufferPointer) -> UInt32 {
        starts.append(UInt32(truncatingIfNeeded: values.count))
        values.append(value)
        count += 1
        slots.growIfNeeded(for: count)
        return UInt32(truncatingIfNeeded: count - 1)
    }

    func truncate(to count: Int) {
        guard count < self.count else { return }
        self.count = count
        values.truncate(to: Int(starts.base.load(fromByteOffset: count * 4, as: UInt32.self)))
        starts.truncate(to: count * 4)
    }

    /// The values so far, until one is added.
    private struct Known {
        let values: UnsafeMutableRawPointer
        let byteCount: Int
        let starts: UnsafeMutableRawPointer

        init(_ values: borrowing GrowingBuffer, _ starts: borrowing GrowingBuffer) {
            self.values = values.base
            byteCount = values.count
            self.starts = starts.base
        }

        @inline(__always)
        func isEqual(_ number: UInt32, _ value: UnsafeRawPointer, _ count: Int) -> Bool {
            let start = Int(starts.load(fromByteOffset: Int(number) * 4, as: UInt32.self))
            if start + count > byteCount { return false }
            let other = values + start
            if count < 8 {
                for offset in 0..<count
                where other.load(fromByteOffset: offset, as: UInt8.self)
                    != value.load(fromByteOffset: offset, as: UInt8.self)
                {
                    return false
                }
                return true
            }
            // The last eight bytes may overlap the eight before.
            var offset = 0
            while offset < count {
                let place = min(offset, count - 8)
                let word = other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                if word != value.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
                offset += 8
            }
            return true
        }
    }
}
