internal import Bytes
internal import NDJSON

/// The text of a line that its values leave free, for lines that are written as they stand: what is before each value,
/// and behind the contract's columns what tells where the row came from.
///
///     {"order_id":"a1","price":19.90,"_source_file":"a.xlsx","_source_row":7}
///     [gap       ]    [gap   ]     [gap           ]        [gap          ] [rest
struct QuickLine: ~Copyable {
    /// One value behind the columns.
    private struct TailValue {
        enum Kind { case null, text, rowNumber }
        let kind: Kind
        let gap: Range<Int>
        /// What stands before it in the row, or nothing where the row has it already.
        let prefix: Range<Int>
    }

    private(set) var isPossible = false
    private var text = ByteBuffer()
    private var tail: [TailValue] = []
    private var rest = 0..<0

    init() {}

    mutating func forget() {
        isPossible = false
        text.removeAll()
        tail.removeAll(keepingCapacity: true)
    }

    /// Takes what stands before a member.
    mutating func addGap(before member: Int, _ fields: [RecordView.Field], _ line: RawSpan) -> Range<Int> {
        let start = member == 0 ? 0 : fields[member - 1].fullValue.upperBound
        return add(line.extracting(start..<fields[member].fullValue.lowerBound))
    }

    private mutating func add(_ bytes: RawSpan) -> Range<Int> {
        let start = text.count
        text.append(bytes)
        return start..<text.count
    }

    /// Takes the members behind the columns, if they are an empty `_extra`, file, sheet and row, in this order.
    mutating func bindTail(
        from first: Int, _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout,
        hasExtraColumn: Bool
    ) {
        var next = first
        if hasExtraColumn, layout.member(of: .extra) == next {
            tail.append(TailValue(kind: .null, gap: addGap(before: next, fields, line), prefix: 0..<0))
            next += 1
        }
        let origins: [(RecordLayout.Reserved, TailValue.Kind)] = [
            (.sourceFile, .text), (.sourceSheet, .text), (.sourceRow, .rowNumber),
        ]
        for (reserved, kind) in origins where layout.member(of: reserved) == next {
            let gap = addGap(before: next, fields, line)
            let prefix = CleaningPlan.prefix(reserved.key, isFirst: false)
            tail.append(TailValue(kind: kind, gap: gap, prefix: add(prefix.span.bytes)))
            next += 1
        }
        guard next == fields.count, let last = fields.last else { return }
        rest = add(line.extracting(last.fullValue.upperBound..<line.byteCount))
        isPossible = true
    }

    /// Whether the line has this gap at a place.
    @inline(__always)
    func hasGap(_ gap: Range<Int>, _ line: RawSpan, at position: Int) -> Bool {
        guard line.byteCount - position >= gap.count else { return false }
        return line.extracting(position..<position + gap.count).equals(text.bytes(gap))
    }

    /// Writes what stands behind the columns. False where that is not what was bound, or has to be looked at.
    func writeTail(_ line: RawSpan, from start: Int, to output: inout ByteBuffer) -> Bool {
        var position = start
        for value in tail {
            guard hasGap(value.gap, line, at: position) else { return false }
            position += value.gap.count
            let end: Int
            switch value.kind {
            case .null: end = Self.isNull(line, position) ? position + 4 : -1
            case .text: end = Self.endOfText(line, position)
            case .rowNumber: end = Self.endOfRowNumber(line, position)
            }
            guard end >= 0 else { return false }
            if !value.prefix.isEmpty {
                output.append(text.bytes(value.prefix))
                output.append(line.extracting(position..<end))
            }
            position = end
        }
        return line.byteCount - position == rest.count && hasGap(rest, line, at: position)
    }

    private static func isNull(_ line: RawSpan, _ start: Int) -> Bool {
        line.byteCount - start >= 4 && line.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self) == 0x6C6C_756E
    }

    /// Printable ASCII between quotes, which needs no other spelling.
    private static func endOfText(_ line: RawSpan, _ start: Int) -> Int {
        let length = start < line.byteCount && line[start] == 0x22 ? QuickCheck.plainLength(line, from: start + 1) : -1
        return length < 0 ? -1 : start + length + 2
    }

    /// Up to eighteen digits without a zero in front.
    private static func endOfRowNumber(_ line: RawSpan, _ start: Int) -> Int {
        var position = start
        while position < line.byteCount, line[position] &- 0x30 < 10 { position += 1 }
        let count = position - start
        guard count > 0, count <= QuickCheck.digitLimit, count == 1 || line[start] != 0x30 else { return -1 }
        return position
    }
}
