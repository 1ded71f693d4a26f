/// The entries of one column that will become one page, still as they were given: values in PLAIN form (booleans one
/// byte each), and one level byte per entry where the column can be null or repeats.
struct PageBuffer: ~Copyable {
    var values: GrowingBuffer
    var definitionLevels: GrowingBuffer
    var repetitionLevels: GrowingBuffer
    /// Entries: values and nulls, and what stands for an empty or absent list.
    var entryCount = 0
    var valueCount = 0
    /// Records that begin in this page.
    var rowCount = 0

    init() {
        values = GrowingBuffer(capacity: 16 << 10)
        definitionLevels = GrowingBuffer(capacity: 1 << 10)
        repetitionLevels = GrowingBuffer(capacity: 64)
    }

    var nullCount: Int { entryCount - valueCount }

    mutating func removeAll() {
        values.removeAll()
        definitionLevels.removeAll()
        repetitionLevels.removeAll()
        entryCount = 0
        valueCount = 0
        rowCount = 0
    }
}

/// Where a page buffer lives: it wanders between the thread that fills it and the one that encodes it.
typealias PagePointer = UnsafeMutablePointer<PageBuffer>

extension UnsafeMutablePointer where Pointee == PageBuffer {
    static func make() -> PagePointer {
        let pointer = PagePointer.allocate(capacity: 1)
        pointer.initialize(to: PageBuffer())
        return pointer
    }

    func destroy() {
        deinitialize(count: 1)
        deallocate()
    }
}
