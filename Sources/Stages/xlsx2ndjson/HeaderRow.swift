import XLSX

/// The columns of a target: names by 0-based column, in the order of columns.
struct HeaderRow: Equatable {
    struct Column: Equatable {
        let index: Int
        let name: String
    }

    let columns: [Column]
    /// The row's number; nil without a header row.
    let rowNumber: Int?

    /// Keys that provenance uses and no column may have.
    static let reserved = ["_source_file", "_source_sheet", "_source_row", "_source_columns"]

    /// Names for the texts of a header row: each text as it stands; a text that stood before gets `_2`, `_3`, ...; a
    /// column without a text gets none. `isReserved` keeps the names of provenance free.
    init(texts: [(column: Int, text: String)], rowNumber: Int?, keepsReservedFree: Bool) {
        let named = texts.filter { !$0.text.isEmpty }
        var taken = Set(keepsReservedFree ? Self.reserved : [])
        // The first of equal texts keeps it, wherever it stands, before any text gets a number.
        var firsts: [String: Int] = [:]
        for (column, text) in named where firsts[text] == nil && !taken.contains(text) { firsts[text] = column }
        taken.formUnion(firsts.keys)
        var columns: [Column] = []
        for (column, text) in named {
            if firsts[text] == column {
                columns.append(Column(index: column, name: text))
                continue
            }
            var number = 2
            while taken.contains("\(text)_\(number)") { number += 1 }
            taken.insert("\(text)_\(number)")
            columns.append(Column(index: column, name: "\(text)_\(number)"))
        }
        self.columns = columns
        self.rowNumber = rowNumber
    }

    /// Columns named by their letters.
    init(letters columns: [Int]) {
        self.columns = columns.map { Column(index: $0, name: CellReference.letters($0)) }
        rowNumber = nil
    }

    /// How many columns lie to the left of one.
    func count(before index: Int) -> Int { columns.firstIndex { $0.index >= index } ?? columns.count }

    /// The key of a column that has no name: its letter, with a number where a name is the same.
    func key(forUnnamed column: Int) -> String {
        let letters = CellReference.letters(column)
        guard columns.contains(where: { $0.name == letters }) else { return letters }
        var number = 2
        while columns.contains(where: { $0.name == "\(letters)_\(number)" }) { number += 1 }
        return "\(letters)_\(number)"
    }
}

/// Finds the header among the first rows of a target.
struct HeaderSearch {
    let rows: SheetRows
    let known: KnownNames?
    let is1904: Bool

    /// The index in the head of the row that is the header; nil when there is none.
    func find() -> Int? { known == nil ? byShape() : byNames() }

    /// The row with most of the contract's names; of equal ones the first.
    private func byNames() -> Int? {
        guard let known else { return nil }
        var best: (index: Int, matches: Int)?
        for index in 0..<rows.head.count {
            let matches = known.matches(texts(index).map(\.text))
            if known.isEnough(matches), matches > best?.matches ?? 0 { best = (index, matches) }
        }
        return best?.index
    }

    /// Above the first row of data (one that fills half of the widest row and holds more than texts): the first row of
    /// texts that fills at least four fifths of what the fullest of them fills, and half of the widest row. Without one
    /// the first row that fills two thirds of the widest.
    private func byShape() -> Int? {
        let shapes = (0..<rows.head.count).map { Shape(cells(ofRow: $0), is1904: is1904) }
        guard let widest = shapes.map(\.cellCount).max() else { return nil }
        let firstData = shapes.firstIndex { $0.textCount < $0.cellCount && $0.cellCount * 2 >= widest }
        if let firstData {
            let above = shapes[..<firstData].indices.filter { shapes[$0].isOfTexts }
            let fullest = above.map { shapes[$0].cellCount }.max() ?? 0
            let found = above.first { shapes[$0].cellCount * 5 >= fullest * 4 && shapes[$0].cellCount * 2 >= widest }
            if let found { return found }
        }
        return shapes.firstIndex { $0.cellCount * 3 >= widest * 2 }
    }

    private struct Shape {
        let cellCount: Int
        let textCount: Int
        /// At least half of the cells are texts, all different.
        let isOfTexts: Bool

        init(_ cells: [SheetCell], is1904: Bool) {
            let texts = cells.filter { $0.kind == .text && $0.count > 0 }.map { CellWords.text($0, is1904: is1904) }
            cellCount = cells.count
            textCount = texts.count
            isOfTexts = Set(texts).count * 2 >= cells.count
        }
    }

    private func cells(ofRow index: Int) -> [SheetCell] {
        rows.head[index].cells.filter { rows.isWanted(column: Int($0.column)) }
    }

    /// The texts of a row of the head, by column.
    func texts(_ index: Int) -> [(column: Int, text: String)] {
        cells(ofRow: index).map { (Int($0.column), CellWords.text($0, is1904: is1904)) }
    }
}

/// Cells as words, for headers and messages.
enum CellWords {
    /// What the cell would be in JSON, without quotes.
    static func text(_ cell: SheetCell, is1904: Bool) -> String {
        switch cell.kind {
        case .text, .error: return String(decoding: cell.bytes, as: UTF8.self)
        case .boolean: return cell.bytes.first == 0x31 ? "true" : "false"
        case .isoDate: return String(decoding: cell.isoText().bytes, as: UTF8.self)
        case .number, .date, .dateTime, .time, .duration:
            let (value, text) = cell.valueText(is1904: is1904)
            return value == .notANumber ? String(decoding: cell.bytes, as: UTF8.self) : text
        }
    }
}
