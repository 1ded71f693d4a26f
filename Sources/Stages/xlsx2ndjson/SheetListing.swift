import Bytes
import NDJSON
import StageKit
import XLSX

extension WorkbookReading {
    /// Writes one line per sheet: what there is to read.
    func list(to target: inout RecordOutput) throws(StageFailure) {
        let workbook = try open()
        for sheet in workbook.sheets {
            var line: JSONObject = [
                "file": .string(input.sourceName), "name": .string(sheet.name), "position": .integer(sheet.position),
                "visibility": .string(sheet.visibility.rawValue), "kind": .string(sheet.kind), "dimension": .null,
                "tables": .array([]), "header": .null,
            ]
            if sheet.part != nil, sheet.isWorksheet {
                line["tables"] = .array(try tables(on: sheet, of: workbook))
                let rows = try rows(SheetTarget(sheet: sheet, header: .automatic), of: workbook)
                line["dimension"] = .optional(rows.reader.dimension)
                line["header"] = header(of: rows, is1904: workbook.is1904)
            }
            target.room.append(JSONValue.object(line).bytes + [0x0A])
            target.sheetCount += 1
            try target.endRecord()
        }
        for warning in workbook.warnings { warn(warning.warning.rawValue, warning.message) }
    }

    private func tables(on sheet: Sheet, of workbook: Workbook) throws(StageFailure) -> [JSONValue] {
        do throws(XLSXError) {
            return try workbook.tables(on: sheet).map { table in
                .object([
                    "name": .string(table.name), "range": .string(table.range.description),
                    "columns": .array(table.columnNames.map { .string($0) }),
                ])
            }
        } catch {
            throw input.failure(error)
        }
    }

    /// The header that `--header auto` would take.
    private func header(of rows: SheetRows, is1904: Bool) -> JSONValue {
        let search = HeaderSearch(rows: rows, known: plan.known, is1904: is1904)
        guard let index = search.find() else { return .null }
        let number = rows.head[index].number
        let header = HeaderRow(texts: search.texts(index), rowNumber: number, keepsReservedFree: plan.hasProvenance)
        return .object(["row": .integer(number), "columns": .array(header.columns.map { .string($0.name) })])
    }
}
