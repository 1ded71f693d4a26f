internal import Bytes
internal import Glibc
internal import StageKit

/// Rows that may be duplicates of each other, remembered by key until all of them are known, in bounded memory.
///
/// Records are thrown into 256 partitions by their keys' top bits, so that equal keys meet in one partition. When the
/// memory is used up, what the partitions hold goes to a temporary file. At the end each partition is decided alone;
/// one with too many different keys is partitioned again by the next bits.
///
///     record = key (16 bytes), row number (8), length of the order (4), order
///
/// The order is a text of bytes that sorts as the values of `orderBy` do (see `OrderKey`).
final class CandidateStore {
    /// How a key's winner is chosen among its rows.
    enum Rule { case first, last, greatestFirst, greatestLast, greatestOnly }

    /// The row number of a record whose row has been written already: no later row of its key can win.
    static let writtenRow = UInt64.max

    private static let partitionCount = 256
    private static let headByteCount = 28
    /// 256 partitions of 256 partitions of ... : equal bits beyond this depth are equal keys.
    private static let levelLimit = 15

    private let rule: Rule
    private let memoryLimit: Int
    private let level: Int
    /// What each partition holds in memory: plain memory, since every row comes here.
    private let held: UnsafeMutableBufferPointer<ByteBuffer>
    /// Where the rest of each partition is in the temporary file.
    private var extents: [[Range<Int>]]
    private var recordCounts: [Int]
    private var heldByteCount = 0
    private var spill: SpillFile?

    init(_ rule: Rule, memoryLimit: Int, level: Int = 0) {
        self.rule = rule
        self.memoryLimit = memoryLimit
        self.level = level
        held = .allocate(capacity: Self.partitionCount)
        for number in held.indices { held.initializeElement(at: number, to: ByteBuffer(capacity: 64)) }
        extents = Array(repeating: [], count: Self.partitionCount)
        recordCounts = Array(repeating: 0, count: Self.partitionCount)
    }

    deinit { held.deinitialize().deallocate() }

    var hasSpilled: Bool { spill != nil }

    /// Remembers one row.
    func add(_ key: RowKey, row: UInt64, order: RawSpan) throws(IOError) {
        let number = Self.partitionNumber(key, level)
        held[number].appendWord(key.high)
        held[number].appendWord(key.low)
        held[number].appendWord(row)
        held[number].appendWord(UInt32(order.byteCount))
        held[number].append(order)
        recordCounts[number] += 1
        heldByteCount += Self.headByteCount + order.byteCount
        if heldByteCount > memoryLimit { try spillAll() }
    }

    private static func partitionNumber(_ key: RowKey, _ level: Int) -> Int {
        let word = level < 8 ? key.high : key.low
        return Int(truncatingIfNeeded: word >> UInt64(56 - level % 8 * 8)) & (partitionCount - 1)
    }

    private func spillAll() throws(IOError) {
        let file: SpillFile
        if let spill {
            file = spill
        } else {
            file = try SpillFile()
            spill = file
        }
        for number in held.indices where !held[number].isEmpty {
            extents[number].append(
                try held[number].withUnsafeBytes { bytes throws(IOError) in try file.append(bytes) })
            held[number] = ByteBuffer(capacity: 64)
        }
        heldByteCount = 0
    }

    /// Decides every key: tells `losers` all rows but the winners.
    func resolve(_ losers: inout LoserSet) throws(IOError) {
        for number in held.indices {
            try resolve(number, &losers)
            held[number] = ByteBuffer(capacity: 64)
        }
    }

    private func resolve(_ number: Int, _ losers: inout LoserSet) throws(IOError) {
        // A table's slot takes about three times a key. Too many keys for the memory go through another partitioning.
        let mayNotFit = recordCounts[number] * 3 * WinnerTable.slotByteCount > memoryLimit
        if mayNotFit, level < Self.levelLimit, recordCounts[number] > Self.partitionCount {
            let finer = CandidateStore(rule, memoryLimit: memoryLimit / 2, level: level + 1)
            try forEachRecord(number) { record throws(IOError) in
                try finer.add(record.key, row: record.row, order: record.order)
            }
            return try finer.resolve(&losers)
        }
        var table = WinnerTable(rule, expecting: recordCounts[number])
        try forEachRecord(number) { record throws(IOError) in
            table.add(record.key, row: record.row, order: record.order, &losers)
        }
        table.finish(&losers)
    }

    private struct Record: ~Escapable {
        let key: RowKey
        let row: UInt64
        let order: RawSpan

        @_lifetime(copy bytes)
        init(_ bytes: RawSpan, at start: Int) {
            func word(_ offset: Int) -> UInt64 {
                bytes.unsafeLoadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
            }
            key = RowKey(high: word(0), low: word(8))
            row = word(16)
            let length = Int(bytes.unsafeLoadUnaligned(fromByteOffset: start + 24, as: UInt32.self))
            order = bytes.extracting(start + headByteCount..<start + headByteCount + length)
        }
    }

    /// In the order in which they came: first what was spilled, extent by extent.
    private func forEachRecord(_ number: Int, _ body: (borrowing Record) throws(IOError) -> Void)
        throws(IOError)
    {
        var extent = ByteBuffer()
        for range in extents[number] {
            guard let spill else { break }
            extent.removeAll()
            try extent.appendUninitialized(range.count) { buffer throws(IOError) in
                var done = 0
                while done < buffer.count {
                    let free = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
                    let count = try spill.read(into: free, at: range.lowerBound + done)
                    if count == 0 {
                        throw .corrupt(path: "a temporary file", reason: "is shorter than what was written")
                    }
                    done += count
                }
            }
            try Self.forEachRecord(extent, body)
        }
        try Self.forEachRecord(held[number], body)
    }

    private static func forEachRecord(
        _ buffer: borrowing ByteBuffer, _ body: (borrowing Record) throws(IOError) -> Void
    ) throws(IOError) {
        let bytes = buffer.bytes
        var position = 0
        while position < bytes.byteCount {
            let record = Record(bytes, at: position)
            position += headByteCount + record.order.byteCount
            try body(record)
        }
    }
}
