/// Numbers of four or eight bytes.
final class WordDictionary: ValueDictionary {
    private let isWide: Bool
    private(set) var count = 0
    private var slots = HashSlots()
    private var values = GrowingBuffer(capacity: 4096)
    private var probeCount = 0
    private var lookUpCount = 0

    init(isWide: Bool) { self.isWide = isWide }

    var plainBytes: UnsafeRawBufferPointer { values.bytes }

    func append(
        _ page: UnsafeRawBufferPointer, position: inout Int, count: Int, byteLimit: Int,
        to indices: inout GrowingBuffer
    ) -> Bool {
        lookUpCount += count
        if isWide {
            append(page, &position, count, to: &indices, as: UInt64.self)
        } else {
            append(page, &position, count, to: &indices, as: UInt32.self)
        }
        return values.count <= byteLimit && probeCount <= HashSlots.probesPerValue * lookUpCount
    }

    private func append<Word: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ page: UnsafeRawBufferPointer, _ position: inout Int, _ wanted: Int, to indices: inout GrowingBuffer,
        as type: Word.Type
    ) {
        guard let base = page.baseAddress, wanted > 0 else { return }
        let width = MemoryLayout<Word>.size
        let words = base + position
        let target = indices.reserve(wanted * 4).assumingMemoryBound(to: UInt32.self)
        // Local, because every use of an object's variables is checked at run time.
        var (table, mask, known) = (slots.slots, slots.mask, values.base)
        var previous = words.loadUnaligned(as: Word.self) &+ 1
        var previousNumber: UInt32 = 0
        var probes = 0
        for index in 0..<wanted {
            let word = words.loadUnaligned(fromByteOffset: index * width, as: Word.self)
            if word != previous {
                let hash = FixedHash.mix(UInt64(word) ^ FixedHash.first, FixedHash.second)
                var place = HashSlots.place(of: hash, mask: mask)
                while true {
                    let slot = table[place]
                    if slot == 0 {
                        table[place] = HashSlots.slot(hash: hash, number: count)
                        previousNumber = add(word)
                        (table, mask, known) = (slots.slots, slots.mask, values.base)
                        break
                    }
                    previousNumber = HashSlots.number(slot)
                    if known.load(fromByteOffset: Int(previousNumber) * width, as: Word.self) == word { break }
                    probes += 1
                    place = (place + 1) & mask
                }
                previous = word
            }
            target[index] = previousNumber
        }
        position += wanted * width
        probeCount += probes
        indices.advance(wanted * 4)
    }

    @inline(never) private func add<Word: BitwiseCopyable>(_ word: Word) -> UInt32 {
        values.append(word)
        count += 1
        slots.growIfNeeded(for: count)
        return UInt32(truncatingIfNeeded: count - 1)
    }

    func truncate(to count: Int) {
        self.count = min(self.count, count)
        values.truncate(to: self.count * (isWide ? 8 : 4))
    }
}
