internal import Bytes
internal import Contracts

/// Finds the rows whose key another row has, by the contract's rule.
///
/// `keep: first` decides at once, as long as the keys fit into the memory that was granted; then, and for the other
/// rules from the start, rows are candidates until the end of the input.
struct Deduplicator: ~Copyable {
    enum Verdict {
        /// The row stays.
        case keep
        /// The row goes.
        case drop
        /// The row may have to go later.
        case candidate
    }

    private let rule: CandidateStore.Rule
    private let memoryLimit: Int
    private var keys: KeyTable?
    private var candidates: CandidateStore?
    private var orderAndLine = ByteBuffer()
    /// Number of the next candidate.
    private var row: UInt64 = 0

    init(_ dedupe: Dedupe, memoryLimit: Int) {
        self.memoryLimit = memoryLimit
        switch (dedupe.keep, dedupe.ties) {
        case (.first, _): rule = .first
        case (.last, _): rule = .last
        case (.latest, .firstSeen): rule = .greatestFirst
        case (.latest, .lastSeen): rule = .greatestLast
        case (.latest, .reject): rule = .greatestOnly
        }
        keys = rule == .first ? KeyTable() : nil
        candidates = nil
    }

    /// True when the keys went to a temporary file.
    var hasSpilled: Bool { candidates?.hasSpilled ?? false }

    /// Judges the rows of a block, in their order. A row without a key (a part of it is null) is nobody's duplicate.
    mutating func judge(
        _ rows: [CleanedBlock.Row], _ orders: borrowing ByteBuffer, firstLine: Int, into verdicts: inout [Verdict]
    ) throws(IOError) {
        verdicts.removeAll(keepingCapacity: true)
        judgeAtOnce(rows, into: &verdicts)
        if verdicts.count == rows.count { return }
        if candidates == nil { try giveUpTable() }
        guard let store = candidates else { return }
        var orderStart = verdicts.last == nil ? 0 : rows[verdicts.count - 1].orderEnd
        for row in rows[verdicts.count...] {
            if let key = row.key {
                try add(key, orders.bytes(orderStart..<row.orderEnd), line: firstLine + row.line, to: store)
            }
            orderStart = row.orderEnd
            self.row += 1
            verdicts.append(.candidate)
        }
    }

    /// Judges rows by the table as long as there is one and it may grow.
    private mutating func judgeAtOnce(_ rows: [CleanedBlock.Row], into verdicts: inout [Verdict]) {
        guard var table = keys.take() else { return }
        table.prepare(for: rows.lazy.compactMap(\.key))
        for row in rows {
            guard table.mayGrow(within: tableLimit) else { break }
            guard let key = row.key else {
                verdicts.append(.keep)
                continue
            }
            verdicts.append(table.insert(key) ? .keep : .drop)
        }
        keys = consume table
    }

    /// The memory but for what the first keys need when they go over to the store of candidates: a segment's.
    private var tableLimit: Int { memoryLimit / 8 * 7 }

    /// A third of the memory: what is left of the table may hold the rest, and so may the tables that decide afterwards.
    private func makeStore() -> CandidateStore { CandidateStore(rule, memoryLimit: memoryLimit / 3) }

    private mutating func add(
        _ key: RowKey, _ order: RawSpan, line: Int, to store: CandidateStore
    ) throws(IOError) {
        guard rule == .greatestOnly else { return try store.add(key, row: row, order: order) }
        // Rows that are refused have to be named by their lines.
        orderAndLine.removeAll()
        orderAndLine.append(order)
        orderAndLine.appendWord(UInt64(line))
        try store.add(key, row: row, order: orderAndLine.bytes)
    }

    /// Makes the store of candidates. The rows of all keys in the table have been written: their keys go first.
    private mutating func giveUpTable() throws(IOError) {
        let store = makeStore()
        let empty = ByteBuffer(capacity: 64)
        if var table = keys.take() {
            try table.takeKeys { key throws(IOError) in
                try store.add(key, row: CandidateStore.writtenRow, order: empty.bytes)
            }
        }
        candidates = store
    }

    /// Which candidates go.
    mutating func resolve() throws(IOError) -> LoserSet {
        var losers = LoserSet()
        try candidates?.resolve(&losers)
        return losers
    }
}
