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
    private var partitions: [Partition]
    private var heldByteCount = 0
    private var spill: SpillFile?

    /// One part of the keys: what is in memory, and where the rest is in the temporary file.
    private final class Partition {
        var held = ByteBuffer(capacity: 64)
        var extents: [Range<Int>] = []
        var recordCount = 0
    }

    init(_ rule: Rule, memoryLimit: Int, level: Int = 0) {
        self.rule = rule
        self.memoryLimit = memoryLimit
        self.level = level
        partitions = (0..<Self.partitionCount).map { _ in Partition() }
    }

    var hasSpilled: Bool { spill != nil }

    /// Remembers one row.
    func add(_ key: RowKey, row: UInt64, order: RawSpan) throws(IOError) {
        let partition = partitions[Self.partitionNumber(key, level)]
        partition.held.appendWord(key.high)
        partition.held.appendWord(key.low)
        partition.held.appendWord(row)
        partition.held.appendWord(UInt32(order.byteCount))
        partition.held.append(order)
        partition.recordCount += 1
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
        for partition in partitions where !partition.held.isEmpty {
            partition.extents.append(
                try partition.held.withUnsafeBytes { bytes throws(IOError) in try file.append(bytes) })
            partition.held = ByteBuffer(capacity: 64)
        }
        heldByteCount = 0
    }

    /// Decides every key: tells `losers` all rows but the winners.
    func resolve(_ losers: inout LoserSet) throws(IOError) {
        for number in partitions.indices {
            let partition = partitions[number]
            try resolve(partition, &losers)
            partitions[number] = Partition()
        }
    }

    private func resolve(_ partition: Partition, _ losers: inout LoserSet) throws(IOError) {
        // A table's slot takes about three times a key. Too many keys for the memory go through another partitioning.
        let mayNotFit = partition.recordCount * 3 * WinnerTable.slotByteCount > memoryLimit
        if mayNotFit, level < Self.levelLimit, partition.recordCount > Self.partitionCount {
            let finer = CandidateStore(rule, memoryLimit: memoryLimit / 2, level: level + 1)
            try forEachRecord(partition) { record throws(IOError) in
                try finer.add(record.key, row: record.row, order: record.order)
            }
            return try finer.resolve(&losers)
        }
        var table = WinnerTable(rule, expecting: partition.recordCount)
        try forEachRecord(partition) { record throws(IOError) in
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
    private func forEachRecord(_ partition: Partition, _ body: (borrowing Record) throws(IOError) -> Void)
        throws(IOError)
    {
        var extent = ByteBuffer()
        for range in partition.extents {
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
        try Self.forEachRecord(partition.held, body)
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
