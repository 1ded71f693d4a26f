internal import CPrefetch
internal import Glibc

/// Reads the rows that spreadsheets write (18.3.1.73), as bytes:
///
///     <row r="2" spans="1:7" hidden="1"><c r="A2" s="1" t="s"><v>7</v></c><c r="B2"><f>A1*2</f><v>1.5</v></c></row>
///
/// Cells come from left to right, rows from top to bottom, references agree with their row or are missing. Whatever
/// else it meets it calls unusual, and libxml2 reads the sheet instead, from the row where the scanner stopped.
struct SheetScanner {
    enum Outcome {
        /// The window is used up to here; the rest needs more text.
        case needsMore(Place)
        /// The batch is full; go on from here.
        case full(Place)
        /// At `</sheetData>`.
        case finished(Place)
        case unusual
    }

    enum Step {
        case next(Place)
        case needsMore
        case unusual
    }

    let resolver: CellResolver
    let batch: RowBatch
    private let stringCount: Int
    /// Row elements that have been read whole.
    private(set) var rowCount = 0
    private(set) var formulasWithoutValue = 0
    private(set) var missingStrings = 0
    private var rowNumber = 0
    private var mark = RowMark()

    // The row at hand.
    private var cells: UnsafeMutablePointer<SheetCell>
    private var cellCount = 0
    private var column = -1
    private var hasEncoded = false
    private var rowFormulas = 0
    private var rowMissing = 0

    init(resolver: CellResolver, batch: RowBatch) {
        self.resolver = resolver
        self.batch = batch
        stringCount = resolver.strings.count
        cells = batch.cells
    }

    /// Takes whole rows of the window until the batch is full.
    mutating func scan(_ start: Place, _ end: Place) -> Outcome {
        var place = start
        while !batch.isFull {
            if CellText.isSpace(place[0]) {
                place += 1
                continue
            }
            if place >= end { return .needsMore(end) }
            if half(place) != half("<row") {
                if stands("</sheetData", at: place) { return .finished(place) }
                return end - place < 12 ? .needsMore(place) : .unusual
            }
            switch row(place, end) {
            case .next(let next): place = next
            case .needsMore: return .needsMore(place)
            case .unusual: return .unusual
            }
        }
        return .full(place)
    }

    /// One `<row ...>...</row>`.
    private mutating func row(_ start: Place, _ end: Place) -> Step {
        var number = rowNumber + 1
        var isHidden = false
        var isEmpty = false
        guard let open = rowTag(start, end, &number, &isHidden, &isEmpty) else {
            return .needsMore
        }
        guard number > rowNumber, number <= XLSXLimits.rowCount else { return .unusual }
        cells = batch.cells + batch.cellCount
        (cellCount, column, hasEncoded, rowFormulas, rowMissing) = (0, -1, false, 0, 0)
        var place = open
        if !isEmpty {
            let step = scanCells(open, end, rowNumber: number)
            guard case .next(let next) = step else { return step }
            place = next
        }
        if hasEncoded, !decodeCells() { return .unusual }
        batch.append(number: number, isHidden: isHidden, cellCount: cellCount)
        rowNumber = number
        rowCount += 1
        formulasWithoutValue += rowFormulas
        missingStrings += rowMissing
        return .next(place)
    }

    /// The start tag; nil when it does not end in the window. A tag that is no XML gives row number 0, which the caller
    /// finds unusual.
    private func rowTag(
        _ start: Place, _ end: Place, _ number: inout Int, _ isHidden: inout Bool, _ isEmpty: inout Bool
    ) -> Place? {
        var place = start + 4
        if word(start) == literal("<row r=\"") {
            let digits = word(start + 8)
            let count = countBelow(nonDigits(digits))
            if count > 0, count < 8, start[8 + count] == 0x22 {
                number = Int(truncatingIfNeeded: decimal(digits, count: count))
                place = start + 9 + count
            }
        }
        while place < end {
            switch place[0] {
            case 0x3E:
                return place + 1
            case 0x2F:
                isEmpty = true
                place += 1
            case 0x20, 0x09, 0x0A, 0x0D:
                place += 1
            default:
                guard let attribute = Attribute(place, end) else { return nil }
                if attribute.isMalformed { number = 0 }
                if attribute.isNamed("r") {
                    number = Self.integer(attribute.value, attribute.valueEnd, limit: XLSXLimits.rowCount) ?? 0
                } else if attribute.isNamed("hidden") {
                    isHidden = attribute.value[0] == 0x31 || attribute.value[0] == 0x74
                }
                place = attribute.next
            }
        }
        return nil
    }

    static func integer(_ start: Place, _ end: Place, limit: Int) -> Int? {
        var value = 0
        var place = start
        while place < end, place[0] &- 0x30 < 10, value <= limit {
            value = value * 10 + Int(place[0] - 0x30)
            place += 1
        }
        return place == end && start < end && value <= limit ? value : nil
    }

    /// The cells of a row, to behind its `</row>`. The shapes of most cells are matched eight bytes at a time (45 ns a
    /// cell against 82 byte by byte, 2026-11-23); `anyCell` takes the others:
    ///
    ///     <c r="B2"><v>1</v></c>    <c r="E2" s="1"><v>42683.5</v></c>    <c r="A2" t="s"><v>7</v></c>    <c r="C2" s="3"/>
    ///
    /// A cell counts only when its last tag matched, so it lies within the window.
    private mutating func scanCells(_ start: Place, _ end: Place, rowNumber: Int) -> Step {
        // The row's digits and a quote, `2"`: what stands behind the letters of each cell's reference.
        mark.move(to: rowNumber)
        let (mark, mask, digitCount) = (self.mark.bytes, self.mark.mask, self.mark.digitCount)
        let stringCount = self.stringCount
        let ends = resolver.strings.ends
        let cells = self.cells
        var place = start
        var count = self.cellCount
        var column = self.column
        while true {
            // One letter or two, A to Z. Whatever else stands there does not have the mark behind it.
            let letter = place[6] &- 0x41
            let second = place[7] &- 0x41
            var at = Int(letter)
            var next = place + 7
            if second < 26 {
                at = (at &+ 1) &* 26 &+ Int(second)
                next += 1
            }
            if word(place) << 16 == literal("<c r=\"") << 16, word(next) & mask == mark, letter < 26, at > column {
                next += digitCount &+ 1
                var style = 0
                if half(next) == half(" s=\"") {
                    let digits = word(next + 4)
                    let length = countBelow(nonDigits(digits))
                    if length > 0, length < 8, next[4 + length] == 0x22 {
                        style = Int(truncatingIfNeeded: decimal(digits, count: length))
                        next += 5 + length
                    }
                }
                if half(next) == half("><v>") {
                    let value = next + 4
                    var stop = value
                    while true {
                        let count = countBelow(nonNumeric(word(stop)))
                        stop += count
                        // An exponent is rare.
                        if count == 8 { continue }
                        if stop[0] | 0x20 == 0x65 { stop += 1 } else { break }
                    }
                    if word(stop) == literal("</v></c>"), stop > value {
                        cells[count] = SheetCell(
                            value, stop, column: at, kind: resolver.kind(style: style, value, stop))
                        count &+= 1
                        column = at
                        place = stop + 8
                        continue
                    }
                } else if word(next) == literal(" t=\"s\"><"), next[8] == 0x76, next[9] == 0x3E {
                    let digits = word(next + 10)
                    let length = countBelow(nonDigits(digits))
                    if length > 0, length < 8, word(next + 10 + length) == literal("</v></c>") {
                        let index = Int(truncatingIfNeeded: decimal(digits, count: length))
                        if index < stringCount {
                            sluice_prefetch(ends + index)
                            cells[count] = resolver.numbered(index, column: at)
                            count &+= 1
                            column = at
                            place = next + length + 18
                            continue
                        }
                    }
                } else if half(next) & 0xFFFF == 0x3E2F {
                    column = at
                    place = next + 2
                    continue
                }
            }
            if word(place) << 16 == literal("</row>") << 16 {
                self.cellCount = count
                self.column = column
                return .next(place + 6)
            }
            self.cellCount = count
            self.column = column
            let step = anyCell(place, end, rowNumber: rowNumber)
            guard case .next(let behind) = step else { return step }
            place = behind
            count = self.cellCount
            column = self.column
        }
    }

    mutating func add(_ cell: SheetCell) {
        cells[cellCount] = cell
        cellCount += 1
    }

    mutating func pass(column: Int) { self.column = column }
    var previousColumn: Int { column }

    mutating func add(
        _ type: CellResolver.CellType, _ start: Place, _ end: Place, column: Int, style: Int, flags: UInt8
    ) {
        let cell = resolver.cell(
            type, start, end, column: column, style: style, flags: flags, missingStrings: &rowMissing)
        if let cell { add(cell) }
        if flags & (SheetCell.isEncoded | SheetCell.needsTrim) != 0 { hasEncoded = true }
    }

    mutating func noteFormulaWithoutValue() { rowFormulas += 1 }

    /// Decodes the row's texts in place. Only when the row is whole: what is decoded cannot be scanned again.
    private func decodeCells() -> Bool {
        for index in 0..<cellCount where cells[index].flags & (SheetCell.isEncoded | SheetCell.needsTrim) != 0 {
            let cell = cells[index]
            let room = Room(mutating: cell.start)
            var (first, last) = (cell.start, cell.end)
            if cell.flags & SheetCell.isEncoded != 0 {
                guard let end = CellText.decodeXML(first, last, to: room) else { return false }
                last = Place(end)
            }
            if cell.flags & SheetCell.needsTrim != 0 { CellText.trim(&first, &last) }
            let end = CellText.decodeEscapes(Room(mutating: first), Room(mutating: last))
            cells[index] = SheetCell(
                first, end, column: Int(cell.column), kind: cell.kind,
                flags: CellText.isPlain(first, end) ? 0 : SheetCell.needsEscape)
        }
        return true
    }
}

/// The bytes that stand behind a cell's letters in a row: `12345"`.
private struct RowMark {
    private var number = 0
    private(set) var bytes: UInt64 = 0x2230
    private(set) var mask: UInt64 = 0xFFFF
    private(set) var digitCount = 1

    /// Rows mostly follow each other, and then mostly one digit changes.
    @inline(__always)
    mutating func move(to next: Int) {
        let lastDigit = UInt64(truncatingIfNeeded: 8 &* (digitCount &- 1))
        if next == number &+ 1, (bytes >> lastDigit) & 0xFF != 0x39 {
            bytes &+= 1 << lastDigit
            number = next
        } else {
            spell(next)
        }
    }

    @inline(never)
    private mutating func spell(_ next: Int) {
        (number, bytes, digitCount) = (next, 0x22, 0)
        var rest = next
        repeat {
            bytes = bytes << 8 | UInt64(0x30 + rest % 10)
            rest /= 10
            digitCount += 1
        } while rest > 0
        mask = UInt64.max >> UInt64(56 - 8 * digitCount)
    }
}

/// An attribute in a start tag, from its name to behind its closing quote.
struct Attribute {
    let name: Place
    let nameEnd: Place
    let value: Place
    let valueEnd: Place
    let next: Place

    /// Nil when it does not end in the window.
    init?(_ start: Place, _ end: Place) {
        name = start
        var place = start
        while place < end, place[0] != 0x3D, place[0] != 0x3E { place += 1 }
        nameEnd = place
        guard place + 1 < end else { return nil }
        let quote = place[1]
        place += 2
        value = place
        guard quote == 0x22 || quote == 0x27 else {
            (valueEnd, next) = (place, place)
            return
        }
        while place < end, place[0] != quote { place += 1 }
        guard place < end else { return nil }
        valueEnd = place
        next = place + 1
    }

    /// True when it is no `name="value"`, or its value has markup in it.
    var isMalformed: Bool { next == value || nameEnd == name || isMarked }

    private var isMarked: Bool {
        var place = value
        while place < valueEnd {
            if place[0] == 0x26 || place[0] == 0x3C { return true }
            place += 1
        }
        return false
    }

    func isNamed(_ name: StaticString) -> Bool {
        nameEnd - self.name == name.utf8CodeUnitCount && stands(name, at: self.name)
    }
}
