internal import Glibc

/// A sheet as libxml2 tells it: the reference for the scanner, and the reader of what the scanner does not know. It
/// also reads the sheet's frame, what stands in front of the rows and behind them, on both roads.
final class SheetHandler: XMLHandler {
    /// The `ref` of `<dimension>`, which may be wrong.
    private(set) var dimension: String?
    /// 0-based columns that are hidden.
    private(set) var hiddenColumns: [ClosedRange<Int>] = []
    private(set) var mergedRanges: [CellRange] = []
    private(set) var formulasWithoutValue = 0
    private(set) var missingStrings = 0
    /// Row elements that have been read whole.
    private(set) var rowCount = 0

    private let part: String
    private let resolver: CellResolver
    private let limits: XLSXLimits
    private var depth = 0
    private var dataDepth: Int?
    /// True when the part's first element is a worksheet.
    private(set) var isWorksheet = false

    // The row and the cell at hand.
    private var rowNumber = 0
    private var rowIsHidden = false
    private var rowIsOpen = false
    private var cellIsOpen = false
    private var reference = CellReference(column: -1, row: 0)
    private var style = 0
    private var type = CellResolver.CellType.number
    private var hasFormula = false
    private var value: [UInt8] = []
    private var hasValue = false
    private var valueKeepsSpace = false
    private var isInValue = false
    private var inline = TextPieces()
    private var hasInline = false
    private var isInInline = false
    private var rowByteCount = 0
    private var row: [PendingCell] = []

    /// A cell whose text lies in `RowStore`, not yet at its final place.
    struct PendingCell {
        var cell: SheetCell
        /// Where the cell's text begins in the store; nil when it points elsewhere (shared strings).
        var offset: Int?
    }

    let store = RowStore()

    init(part: String, resolver: CellResolver, limits: XLSXLimits) {
        self.part = part
        self.resolver = resolver
        self.limits = limits
    }

    /// True between `<sheetData>` and `</sheetData>`, directly in it.
    var isInSheetData: Bool { dataDepth.map { depth == $0 } ?? false }

    /// The cell at hand, for messages.
    var place: String? {
        rowIsOpen ? CellReference(column: max(0, reference.column), row: max(1, rowNumber)).description : nil
    }

    func start(_ element: XMLElement) throws(XLSXError) {
        depth += 1
        let space = element.preservesSpace
        if isInInline { inline.start(element, preservesSpace: space) }
        guard element.isMain else { return }
        guard let dataDepth else {
            startFrame(element)
            return
        }
        switch depth - dataDepth {
        case 1 where element.name == "row": try startRow(element)
        case 2 where rowIsOpen && element.name == "c": try startCell(element)
        case 3 where cellIsOpen: startContent(element, keepsSpace: space ?? false)
        default: break
        }
    }

    private func startFrame(_ element: XMLElement) {
        switch element.name {
        case "worksheet" where depth == 1:
            isWorksheet = true
        case "sheetData" where depth == 2 && !isPastData:
            dataDepth = depth
        case "dimension":
            dimension = element.attribute("ref")
        case "col":
            guard let first = element.attribute("min").flatMap({ Int($0) }),
                let last = element.attribute("max").flatMap({ Int($0) }), first >= 1, last >= first,
                let hidden = element.attribute("hidden"), hidden == "1" || hidden == "true"
            else { return }
            hiddenColumns.append((first - 1)...min(last - 1, XLSXLimits.columnCount - 1))
        case "mergeCell":
            if let range = element.attribute("ref").flatMap({ CellRange($0) }) { mergedRanges.append(range) }
        default:
            break
        }
    }

    private func startRow(_ element: XMLElement) throws(XLSXError) {
        rowIsOpen = true
        rowByteCount = 0
        row.removeAll(keepingCapacity: true)
        let stated = element.attribute("r").flatMap { Int($0.filter { !$0.isWhitespace }) }
        rowNumber = stated.flatMap { $0 >= 1 ? $0 : nil } ?? rowNumber + 1
        reference = CellReference(column: -1, row: rowNumber)
        guard rowNumber <= XLSXLimits.rowCount else {
            throw .malformed(part: part, cell: nil, reason: "row \(rowNumber) lies outside a sheet")
        }
        let hidden = element.attribute("hidden")
        rowIsHidden = hidden == "1" || hidden == "true"
    }

    private func startCell(_ element: XMLElement) throws(XLSXError) {
        cellIsOpen = true
        (hasFormula, hasValue, hasInline, isInValue, valueKeepsSpace) = (false, false, false, false, false)
        value.removeAll(keepingCapacity: true)
        // A reference that is none counts as missing, one that no sheet has does not: its value belongs nowhere else.
        let stated = element.attribute("r") ?? ""
        var parser = CellReference.Parser(stated)
        let column = parser.column()
        if column == nil, CellReference.isBeyondColumns(stated) {
            throw .malformed(
                part: part, cell: nil, reason: "a cell says that it is \(stated), which lies outside a sheet")
        }
        if column != nil, let row = parser.row(), parser.isAtEnd, row != rowNumber { moveToRow(row) }
        reference.column = column ?? reference.column + 1
        guard reference.column < XLSXLimits.columnCount else {
            throw .malformed(
                part: part, cell: nil, reason: "row \(rowNumber) has more than \(XLSXLimits.columnCount) columns")
        }
        style = element.attribute("s").flatMap { Int($0) } ?? 0
        type = element.bytes("t").map { CellResolver.CellType($0) } ?? .number
    }

    /// A cell says that it stands in another row than its `<row>` does, or that has no number: the cell is right, as for
    /// every other reader. What was read of the row before stays a row of its own.
    private func moveToRow(_ number: Int) {
        if !row.isEmpty {
            store.append(row, number: rowNumber, isHidden: rowIsHidden)
            row.removeAll(keepingCapacity: true)
        }
        rowNumber = number
        reference = CellReference(column: -1, row: number)
    }

    private func startContent(_ element: XMLElement, keepsSpace: Bool) {
        switch element.name {
        case "f":
            hasFormula = true
        case "v":
            hasValue = true
            isInValue = true
            valueKeepsSpace = keepsSpace
            value.removeAll(keepingCapacity: true)
        case "is":
            isInInline = true
            hasInline = true
            inline.begin()
        default:
            break
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) throws(XLSXError) {
        if rowIsOpen {
            rowByteCount += bytes.count
            guard rowByteCount <= limits.rowBytes else {
                throw .limitExceeded(part: part, cell: place, limit: "rowBytes", value: limits.rowBytes)
            }
        }
        if isInValue { value.append(contentsOf: bytes) }
        if isInInline { inline.append(bytes) }
    }

    func end(_ name: String) throws(XLSXError) {
        depth -= 1
        if isInInline { inline.end(name) }
        guard let dataDepth else { return }
        switch depth - dataDepth {
        case -1 where name == "sheetData":
            self.dataDepth = nil
            isPastData = true
        case 0 where rowIsOpen && name == "row":
            endRow()
        case 1 where cellIsOpen && name == "c":
            endCell()
        case 2:
            if name == "v" { isInValue = false }
            if name == "is", isInInline {
                isInInline = false
                value = inline.finish()
            }
        default:
            break
        }
    }

    /// True when `</sheetData>` has been read.
    private(set) var isPastData = false

    private func endCell() {
        cellIsOpen = false
        guard hasValue || hasInline else {
            if hasFormula { formulasWithoutValue += 1 }
            return
        }
        if hasInline {
            value = inline.finish()
            // Inline text without the type that announces it is text all the same.
            type = .inlineText
        }
        let isText = type == .formulaText || type == .inlineText
        if !hasInline, !(isText && valueKeepsSpace) {
            while let last = value.last, CellText.isSpace(last) { value.removeLast() }
            value.removeFirst(value.prefix { CellText.isSpace($0) }.count)
        }
        if value.isEmpty, type != .formulaText, !hasInline {
            if hasFormula { formulasWithoutValue += 1 }
            return
        }
        let offset = store.append(value)
        let start = store.place(offset)
        var end = start + value.count
        if isText { end = CellText.decodeEscapes(start, end) }
        let cell = resolver.cell(
            type, start, end, column: reference.column, style: style,
            flags: CellText.isPlain(start, end) ? 0 : SheetCell.needsEscape, missingStrings: &missingStrings)
        guard let cell else { return }
        let isStored = cell.start >= Place(start) && cell.start <= Place(end)
        add(PendingCell(cell: cell, offset: isStored ? offset : nil))
    }

    /// Keeps the row's cells from left to right; of two cells at one place the later one stays.
    private func add(_ pending: PendingCell) {
        guard let last = row.last, last.cell.column >= pending.cell.column else {
            row.append(pending)
            return
        }
        var low = 0
        var high = row.count
        while low < high {
            let middle = (low + high) / 2
            if row[middle].cell.column < pending.cell.column { low = middle + 1 } else { high = middle }
        }
        if low < row.count, row[low].cell.column == pending.cell.column {
            row[low] = pending
        } else {
            row.insert(pending, at: low)
        }
    }

    private func endRow() {
        rowIsOpen = false
        rowCount += 1
        store.append(row, number: rowNumber, isHidden: rowIsHidden)
        row.removeAll(keepingCapacity: true)
    }
}

/// Rows that libxml2 has told and nobody has taken yet, with their text.
final class RowStore {
    private var text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 4 << 10)
    private var used = 0
    private var cells: [SheetHandler.PendingCell] = []
    private var rows: [RowBatch.Row] = []
    private var next = 0

    deinit { text.deallocate() }

    var hasRows: Bool { next < rows.count }

    /// Takes over a cell's text and says where it lies. The text may move with the next call.
    func append(_ bytes: [UInt8]) -> Int {
        let offset = used
        if offset + bytes.count + TextBlock.slack > text.count {
            let bigger = UnsafeMutableBufferPointer<UInt8>.allocate(
                capacity: 2 * (offset + bytes.count + TextBlock.slack))
            if let from = text.baseAddress, let to = bigger.baseAddress { memcpy(to, from, used) }
            text.deallocate()
            text = bigger
        }
        bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { memcpy(place(offset), start, source.count) }
        }
        used += bytes.count
        return offset
    }

    func place(_ offset: Int) -> Room {
        guard let base = text.baseAddress else { preconditionFailure("an empty allocation") }
        return base + offset
    }

    func append(_ row: [SheetHandler.PendingCell], number: Int, isHidden: Bool) {
        rows.append(RowBatch.Row(number: number, isHidden: isHidden, cells: cells.count..<cells.count + row.count))
        cells.append(contentsOf: row)
    }

    /// Moves rows to a batch until that is full. Their text stays here until `reset`.
    func move(to batch: RowBatch) {
        while hasRows, !batch.isFull {
            let row = rows[next]
            for (index, place) in row.cells.enumerated() {
                let pending = cells[place]
                var cell = pending.cell
                if let offset = pending.offset { cell = cell.moved(to: self.place(offset)) }
                batch.cells[batch.cellCount + index] = cell
            }
            batch.append(number: row.number, isHidden: row.isHidden, cellCount: row.cells.count)
            next += 1
        }
    }

    /// Skips rows that the scanner has handed out already; says how many.
    func skip(_ count: Int) -> Int {
        let skipped = min(count, rows.count - next)
        next += skipped
        return skipped
    }

    /// Forgets rows that have been taken, and their text, except the text of the row that is being read.
    func reset(keeping open: inout [SheetHandler.PendingCell]) {
        guard !hasRows else { return }
        rows.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        next = 0
        let first = open.compactMap(\.offset).min() ?? used
        memmove(place(0), place(first), used - first)
        for index in open.indices { open[index].offset? -= first }
        used -= first
    }
}

extension SheetHandler {
    /// Makes room in the store for what comes next. Only when all rows have been taken.
    func resetStore() { store.reset(keeping: &row) }
}
