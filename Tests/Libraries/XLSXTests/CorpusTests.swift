import NDJSON
import Testing

@testable import XLSX

/// The corpus of real workbooks, read cell by cell.
@Suite struct CorpusTests {
    @Test func `the corpus is there where it has to be`() {
        if Corpus.isRequired { #expect(Corpus.isPresent, "CI needs the corpus: set SLUICE_CORPUS") }
    }

    @Test(.enabled(if: Corpus.isPresent, "no corpus at \(Corpus.path)"), arguments: [SheetRoad.automatic, .reference])
    func `sheets on which three readers agree are read the same`(road: SheetRoad) throws {
        var sheetCount = 0
        var exactCount = 0
        var differences: [String] = []
        for entry in try Corpus.entries() {
            for expected in entry.sheets where expected["rows_from"]?.string == "all-agree" {
                sheetCount += 1
                let found = Self.differences(entry, expected, rows: expected["rows"]?.array ?? [], road: road)
                if found.isEmpty { exactCount += 1 }
                differences += found.prefix(3)
            }
        }
        print("corpus (\(road)): \(exactCount) of \(sheetCount) sheets exact")
        for difference in differences { print(difference) }
        #expect(differences.isEmpty)
    }

    static func differences(_ entry: Corpus.Entry, _ expected: JSONValue, rows: [JSONValue], road: SheetRoad)
        -> [String]
    {
        let name = expected["name"]?.string ?? ""
        var found: [String] = []
        do {
            let workbook = try Workbook(try WorkbookFile(path: entry.path), road: road)
            guard let sheet = workbook.sheets.first(where: { $0.name == name }) else {
                return ["\(entry.digest) \(name): no such sheet among \(workbook.sheets.map(\.name))"]
            }
            var ours = Grid()
            if sheet.part != nil {
                let reader = try workbook.rows(of: sheet)
                while let row = try reader.nextRow() {
                    for cell in row.cells {
                        ours[row.number - 1, Int(cell.column)] = Notation.value(cell, is1904: workbook.is1904)
                    }
                }
            }
            for (rowIndex, row) in rows.enumerated() {
                for (columnIndex, value) in (row.array ?? []).enumerated() {
                    let mine = ours.take(rowIndex, columnIndex) ?? .null
                    if !Notation.same(mine, value) {
                        let place = CellReference(column: columnIndex, row: rowIndex + 1).description
                        found.append("\(entry.digest) \(name)!\(place): ours \(mine.text), theirs \(value.text)")
                    }
                }
            }
            for (place, value) in ours.rest where place.row < 2000 && place.column < 512 {
                let reference = CellReference(column: place.column, row: place.row + 1).description
                found.append("\(entry.digest) \(name)!\(reference): ours \(value.text), theirs nothing")
            }
        } catch {
            found.append("\(entry.digest) \(name): \(error)")
        }
        return found
    }
}

/// Cells by 0-based row and column.
struct Grid {
    struct Place: Hashable {
        let row: Int
        let column: Int
    }
    private var cells: [Place: JSONValue] = [:]

    subscript(row: Int, column: Int) -> JSONValue? {
        get { cells[Place(row: row, column: column)] }
        set { cells[Place(row: row, column: column)] = newValue }
    }
    mutating func take(_ row: Int, _ column: Int) -> JSONValue? {
        cells.removeValue(forKey: Place(row: row, column: column))
    }
    var rest: [(Place, JSONValue)] {
        cells.sorted { ($0.key.row, $0.key.column) < ($1.key.row, $1.key.column) }.map { ($0.key, $0.value) }
    }
}
