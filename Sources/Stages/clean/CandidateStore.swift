internal import Bytes
internal import Glibc
internal import StageKit

/// Rows that may be duplicates of each other, remembered by key until all of them are known, in bounded memory.
///
/// Records are thrown into 256 partitions by their keys' top bits, so that equal keys meet in one partition. When the
/// memory is used up, what the partitions hold goes to a temporary file. At the end each partition is decided alone;
/// one with too many different keys is partitioned again by the next bits.
///
///     record = key (16 bytes), row number and length of the order (40 and 24 bits), order
///
/// The order is a text of bytes that sorts as the values of `orderBy` do (see `OrderKey`).
final class CandidateStore {
    /// How a key's winner is chosen among its rows.
    enum Rule { case first, last, greatestFirst, greatestLast, greatestOnly }

    /// The row number of a record whose row has been written already: no later row of its key can win.
    static let writtenRow: UInt64 = 1 << 40 - 1
    /// Orders count with so many bytes of theirs.
    static let orderByteLimit = 1 << 24 - 1

    private static let partitionCount = 256
    private static let headByteCount = 24
    /// 256 partitions of 256 partitions of ... : equal bits beyond this depth are equal keys.
    private static let levelLimit = 15

    private let rule: Rule
    private let memoryLimit: Int
    private let level: Int
    /// What each partition holds in memory: plain memory, since every row comes here.
    private let held: UnsafeMutableBufferPointer<RecordChunks>
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
        for number in held.indices { held.initializeElement(at: number, to: RecordChunks()) }
        extents = Array(repeating: [], count: Self.partitionCount)
        recordCounts = Array(repeating: 0, count: Self.partitionCount)
    }

    deinit { held.deinitialize().deallocate() }

    var hasSpilled: Bool { spill != nil }

    /// Remembers one row.
    func add(_ key: RowKey, row: UInt64, order: RawSpan) throws(IOError) {
        let number = Self.partitionNumber(key, level)
        let orderCount = min(order.byteCount, Self.orderByteLimit)
        let record = held[number].append(Self.headByteCount + orderCount)
        record.storeBytes(of: key.high, as: UInt64.self)
        record.storeBytes(of: key.low, toByteOffset: 8, as: UInt64.self)
        record.storeBytes(of: row << 24 | UInt64(orderCount), toByteOffset: 16, as: UInt64.self)
        order.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            (record + Self.headByteCount).copyMemory(from: start, byteCount: orderCount)
        }
        recordCounts[number] += 1
        heldByteCount += Self.headByteCount + orderCount
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
            let start = file.byteCount
            try held[number].visitChunks { chunk throws(IOError) in _ = try file.append(chunk) }
            extents[number].append(start..<file.byteCount)
            held[number] = RecordChunks()
        }
        heldByteCount = 0
    }

    /// Decides every key: tells `losers` all rows but the winners.
    func resolve(_ losers: inout LoserSet) throws(IOError) {
        for number in held.indices {
            try resolve(number, &losers)
            held[number] = RecordChunks()
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
            row = word(16) >> 24
            let length = Int(truncatingIfNeeded: word(16) & UInt64(orderByteLimit))
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
            try Self.forEachRecord(extent.bytes, body)
        }
        try held[number].visitChunks { chunk throws(IOError) in
            try Self.forEachRecord(RawSpan(_unsafeBytes: chunk), body)
        }
    }

    private static func forEachRecord(
        _ bytes: RawSpan, _ body: (borrowing Record) throws(IOError) -> Void
    ) throws(IOError) {
        var position = 0
        while position < bytes.byteCount {
            let record = Record(bytes, at: position)
            position += headByteCount + record.order.byteCount
            try body(record)
        }
    }
}
