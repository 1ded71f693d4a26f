import Bytes
import NDJSON
import TestSupport

@testable import XLSX

/// Workbooks made in a test, and what the library reads in them.
enum Readings {
    /// A workbook from its bytes.
    static func workbook(
        _ bytes: [UInt8], limits: XLSXLimits = XLSXLimits(), road: SheetRoad = .automatic
    ) throws -> Workbook {
        let folder = try TemporaryDirectory()
        return try Workbook(try WorkbookFile(path: try folder.write("book.xlsx", bytes)), limits: limits, road: road)
    }

    /// A row in the corpus's notation: `2: A=1 C="x"`.
    static func lines(_ workbook: Workbook, sheet: Int = 0) throws -> [String] {
        let reader = try workbook.rows(of: workbook.sheets[sheet])
        var lines: [String] = []
        while let row = try reader.nextRow() {
            let cells = row.cells.map { cell in
                "\(CellReference.letters(Int(cell.column)))=\(Notation.value(cell, is1904: workbook.is1904).text)"
            }
            lines.append(([row.isHidden ? "\(row.number) hidden:" : "\(row.number):"] + cells).joined(separator: " "))
        }
        return lines
    }

    /// The rows of a workbook on both roads, which must agree. Says whether the scanner read it all.
    static func both(
        _ builder: WorkbookBuilder, limits: XLSXLimits = XLSXLimits()
    ) throws -> (lines: [String], usedScanner: Bool) {
        let bytes = try builder.bytes()
        let automatic = try workbook(bytes, limits: limits)
        let reader = try automatic.rows(of: automatic.sheets[0])
        while try reader.nextRow() != nil {}
        let lines = try lines(automatic)
        let reference = try Readings.lines(try workbook(bytes, limits: limits, road: .reference))
        guard lines == reference else { throw Disagreement(scanner: lines, reference: reference) }
        return (lines, !reader.usedReferenceRoad)
    }

    struct Disagreement: Error {
        let scanner: [String]
        let reference: [String]
    }
}
