internal import Bytes
internal import NDJSON

/// Which letter each column of a workbook's sheet has, as the first record of the sheet tells in `_source_columns`, so
/// that a refused value can be named as a cell.
struct SheetColumns {
    private var sheet: String?
    private var letters: [String: String] = [:]

    /// Takes what a record tells of its sheet; a line that does not parse tells nothing.
    mutating func learn(from line: RawSpan) {
        guard let record = line.withUnsafeBytes({ try? JSONValue(parsing: $0) }) else { return }
        sheet = record[RecordLayout.Reserved.sourceSheet.key]?.string
        letters = [:]
        for member in record[RecordLayout.Reserved.sourceColumns.key]?.object?.members ?? [] {
            if let letter = member.value.string { letters[member.key] = letter }
        }
    }

    /// The cell of a column in a row, as Excel writes it: `Sheet1!D17`, `'Order Items'!D17`. Nil where the sheet's
    /// columns are not known.
    func cell(column: String, sheet: String?, row: Int?) -> String? {
        guard let row, let letter = letters[column], sheet == self.sheet else { return nil }
        guard let sheet else { return "\(letter)\(row)" }
        return "\(Self.quoted(sheet))!\(letter)\(row)"
    }

    /// Excel quotes a sheet's name that has other characters than letters, digits, `_` and `.`, or begins with a digit.
    private static func quoted(_ sheet: String) -> String {
        let isPlain =
            sheet.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || $0 == "_" || $0 == "."
            }
            && sheet.unicodeScalars.first?.properties.numericType == nil && !sheet.isEmpty
        return isPlain ? sheet : "'\(sheet.replacing("'", with: "''"))'"
    }
}
