/// A cell's place: `B7` is column 1 (0-based), row 7 (1-based, as Excel shows it).
package struct CellReference: Equatable, Sendable {
    package var column: Int
    package var row: Int

    package init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    /// Reads `B7`, `$B$7` or `b7`; nil for anything else and for places outside a sheet.
    package init?(_ text: some StringProtocol) {
        var parser = Parser(text)
        guard let column = parser.column(), let row = parser.row(), parser.isAtEnd else { return nil }
        self.init(column: column, row: row)
    }

    /// True for letters behind the last column's and digits: `XFE4`.
    static func isBeyondColumns(_ text: String) -> Bool {
        let letters = text.prefix { $0.isASCII && $0.isLetter }
        let digits = text.dropFirst(letters.count)
        var parser = Parser(letters)
        return !letters.isEmpty && !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
            && parser.column() == nil
    }

    package var description: String { "\(Self.letters(column))\(row)" }

    /// The letters of a 0-based column: 0 is `A`, 26 is `AA`.
    package static func letters(_ column: Int) -> String {
        var text: [UInt8] = []
        var rest = column + 1
        while rest > 0 {
            rest -= 1
            text.append(UInt8(0x41 + rest % 26))
            rest /= 26
        }
        return String(decoding: text.reversed(), as: UTF8.self)
    }

    /// Takes letters and digits off the front of a reference.
    struct Parser {
        private let bytes: [UInt8]
        private var next = 0

        init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

        var isAtEnd: Bool { next == bytes.count }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next < bytes.count, bytes[next] == byte else { return false }
            next += 1
            return true
        }

        mutating func column() -> Int? {
            let start = next
            _ = take(0x24)
            var number = 0
            while next < bytes.count, (bytes[next] & 0xDF) >= 0x41, (bytes[next] & 0xDF) <= 0x5A,
                number <= XLSXLimits.columnCount
            {
                number = number * 26 + Int(bytes[next] & 0xDF) - 0x40
                next += 1
            }
            guard number >= 1, number <= XLSXLimits.columnCount else {
                next = start
                return nil
            }
            return number - 1
        }

        mutating func row() -> Int? {
            let start = next
            _ = take(0x24)
            var number = 0
            while next < bytes.count, bytes[next] >= 0x30, bytes[next] <= 0x39, number <= XLSXLimits.rowCount {
                number = number * 10 + Int(bytes[next]) - 0x30
                next += 1
            }
            guard number >= 1, number <= XLSXLimits.rowCount else {
                next = start
                return nil
            }
            return number
        }
    }
}

/// A rectangle of cells, ends included: `A1:H99`, and also `A:H`, `3:9` and `B7`.
package struct CellRange: Equatable, Sendable {
    /// 0-based.
    package var columns: ClosedRange<Int>
    /// 1-based.
    package var rows: ClosedRange<Int>

    package init(columns: ClosedRange<Int>, rows: ClosedRange<Int>) {
        self.columns = columns
        self.rows = rows
    }

    /// The whole sheet.
    package static let everything = CellRange(
        columns: 0...(XLSXLimits.columnCount - 1), rows: 1...XLSXLimits.rowCount)

    /// Reads a range without a sheet's name; nil when it is none.
    package init?(_ text: some StringProtocol) {
        var parser = CellReference.Parser(text)
        let (firstColumn, firstRow) = (parser.column(), parser.row())
        var (lastColumn, lastRow) = (firstColumn, firstRow)
        if parser.take(0x3A) { (lastColumn, lastRow) = (parser.column(), parser.row()) }
        guard parser.isAtEnd, firstColumn != nil || firstRow != nil, (firstColumn == nil) == (lastColumn == nil),
            (firstRow == nil) == (lastRow == nil),
            let columns = Self.ordered(firstColumn, lastColumn, Self.everything.columns),
            let rows = Self.ordered(firstRow, lastRow, Self.everything.rows)
        else { return nil }
        // One letter alone is a name, not a column.
        if firstRow == nil, !text.utf8.contains(0x3A) { return nil }
        if firstColumn == nil, !text.utf8.contains(0x3A) { return nil }
        self.init(columns: columns, rows: rows)
    }

    private static func ordered(_ first: Int?, _ last: Int?, _ all: ClosedRange<Int>) -> ClosedRange<Int>? {
        guard let first, let last else { return all }
        return min(first, last)...max(first, last)
    }

    package var description: String {
        let first = CellReference(column: columns.lowerBound, row: rows.lowerBound)
        let last = CellReference(column: columns.upperBound, row: rows.upperBound)
        return first == last ? first.description : "\(first.description):\(last.description)"
    }

    package func contains(column: Int, row: Int) -> Bool { columns.contains(column) && rows.contains(row) }

    /// What two ranges share, or nil.
    package func intersection(_ other: CellRange) -> CellRange? {
        guard columns.overlaps(other.columns), rows.overlaps(other.rows) else { return nil }
        return CellRange(columns: columns.clamped(to: other.columns), rows: rows.clamped(to: other.rows))
    }
}
