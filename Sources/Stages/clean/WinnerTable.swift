internal import Bytes

/// Chooses one row for each key of a partition: open addressing by fingerprint, with the orders of the present winners
/// in one arena.
struct WinnerTable: ~Copyable {
    static let slotByteCount = MemoryLayout<Slot?>.stride

    private struct Slot {
        let key: RowKey
        let row: UInt64
        let order: Range<Int>
    }

    private let rule: CandidateStore.Rule
    private var slots: [Slot?]
    private var orders = ByteBuffer()
    /// Rows as great as the winner of their slot, where the contract refuses all of them; the winner itself is not here.
    private var ties: [Int: [(row: UInt64, line: UInt64)]] = [:]
    /// Bytes at the end of an order that say the row's line and do not count.
    private let lineByteCount: Int

    init(_ rule: CandidateStore.Rule, expecting count: Int) {
        self.rule = rule
        lineByteCount = rule == .greatestOnly ? 8 : 0
        var capacity = 16
        while capacity * 2 < count * 3 { capacity *= 2 }
        slots = Array(repeating: nil, count: capacity)
    }

    /// Lets a row compete for its key. Rows must come in the order of the input.
    mutating func add(_ key: RowKey, row: UInt64, order: RawSpan, _ losers: inout LoserSet) {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: key.low) & mask
        while let slot = slots[place], slot.key != key { place = (place + 1) & mask }
        guard let winner = slots[place] else {
            slots[place] = Slot(key: key, row: row, order: keep(order))
            return
        }
        if winner.row == CandidateStore.writtenRow || rule == .first { return losers.add(row) }
        let comparison = rule == .last ? -1 : compare(winner.order, with: order)
        if comparison == 0, rule == .greatestOnly {
            ties[place, default: []].append((row, line(order)))
        } else if comparison < 0 || comparison == 0 && rule == .greatestLast {
            losers.add(winner.row)
            for tied in ties.removeValue(forKey: place) ?? [] { losers.add(tied.row) }
            slots[place] = Slot(key: key, row: row, order: keep(order))
        } else {
            losers.add(row)
        }
    }

    /// Ends the competition: rows that are still tied are all refused.
    func finish(_ losers: inout LoserSet) {
        for (place, rows) in ties {
            if let winner = slots[place] { losers.refuse(winner.row, line: line(orders.bytes(winner.order))) }
            for tied in rows { losers.refuse(tied.row, line: tied.line) }
        }
    }

    private func line(_ order: RawSpan) -> UInt64 {
        order.unsafeLoadUnaligned(fromByteOffset: order.byteCount - 8, as: UInt64.self)
    }

    private mutating func keep(_ order: RawSpan) -> Range<Int> {
        let start = orders.count
        orders.append(order)
        return start..<orders.count
    }

    /// Negative when the kept order is the smaller one.
    private func compare(_ kept: Range<Int>, with order: RawSpan) -> Int {
        let own = orders.bytes(kept)
        let (ownCount, count) = (own.byteCount - lineByteCount, order.byteCount - lineByteCount)
        for position in 0..<min(ownCount, count) where own[position] != order[position] {
            return own[position] < order[position] ? -1 : 1
        }
        return ownCount - count
    }
}

/// The candidate rows that are not kept: one bit each.
struct LoserSet {
    private var words: [UInt64] = []
    /// Rows that lost, refused ones included.
    private(set) var count = 0
    /// Rows that are refused because nothing decides between them, with their lines.
    private(set) var refused: [UInt64: Int] = [:]

    var isEmpty: Bool { count == 0 }

    mutating func add(_ row: UInt64) {
        let word = Int(row / 64)
        if word >= words.count {
            words.append(contentsOf: repeatElement(0, count: word + 1 - words.count + words.count / 2))
        }
        words[word] |= 1 << (row % 64)
        count += 1
    }

    mutating func refuse(_ row: UInt64, line: UInt64) {
        add(row)
        refused[row] = Int(truncatingIfNeeded: line)
    }

    func contains(_ row: UInt64) -> Bool {
        let word = Int(row / 64)
        return word < words.count && words[word] & 1 << (row % 64) != 0
    }
}
