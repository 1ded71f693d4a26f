import Bytes
import NDJSON
import StageKit
import XLSX

/// Reads one workbook by a plan.
struct WorkbookReading {
    let input: WorkbookInput
    let plan: ReadingPlan
    let log: Log
    let report: RunReport

    private enum Outcome {
        case read
        case blank
        case withoutHeader
    }

    /// Writes the rows of the sheets that the plan asks for.
    func run(to target: inout RecordOutput) throws(StageFailure) {
        let workbook = try open()
        let targets = try SheetSelection(workbook: workbook, plan: plan, input: input).targets()
        var withoutHeader: [String] = []
        var hasHeader = false
        for sheetTarget in targets where !target.isFull {
            if hasHeader, plan.sheets == .first { break }
            guard sheetTarget.sheet.part != nil else {
                warn("excel.unreadableSheet", "sheet \(sheetTarget.sheet.name) is skipped: the workbook lacks its part")
                continue
            }
            switch try read(sheetTarget, of: workbook, to: &target) {
            case .read: hasHeader = true
            case .blank: warn("excel.blankSheet", "sheet \(sheetTarget.sheet.name) holds nothing")
            case .withoutHeader: withoutHeader.append(sheetTarget.sheet.name)
            }
        }
        for warning in workbook.warnings { warn(warning.warning.rawValue, warning.message) }
        if !hasHeader, let known = plan.known {
            throw .badData(
                "\(input.place): no header: none of the first \(SheetRows.searchRowCount) rows with cells of "
                    + "\(targets.map(\.sheet.name).joined(separator: ", ")) names the columns of \(known.dataset)")
        }
        if plan.sheets == .first { return }
        for name in withoutHeader {
            warn("excel.sheetWithoutHeader", "sheet \(name) is skipped: none of its first rows names the columns")
        }
    }

    func open() throws(StageFailure) -> Workbook {
        do throws(XLSXError) {
            return try Workbook(input.file, limits: plan.limits)
        } catch {
            throw input.failure(error)
        }
    }

    func warn(_ code: String, _ message: String, times: Int = 1) {
        report.warn(code, times: times)
        log.warning("\(input.place): \(message)", code: code)
    }

    /// The rows of a target with the first of them at hand.
    func rows(_ target: SheetTarget, of workbook: Workbook) throws(StageFailure) -> SheetRows {
        do throws(XLSXError) {
            var filler: MergeFiller?
            if plan.fillsMerged {
                // What is merged stands behind the rows: they are read twice.
                let reader = try workbook.rows(of: target.sheet)
                while try reader.nextRow() != nil {}
                filler = MergeFiller(reader.mergedRanges)
            }
            return try SheetRows(
                try workbook.rows(of: target.sheet), area: target.area, skipsHidden: plan.hidden == .skip,
                filler: filler)
        } catch {
            throw input.failure(error)
        }
    }

    private func read(
        _ target: SheetTarget, of workbook: Workbook, to output: inout RecordOutput
    ) throws(StageFailure) -> Outcome {
        var rows = try rows(target, of: workbook)
        if rows.head.count == 0 { return .blank }
        guard let header = try header(of: target, &rows, is1904: workbook.is1904) else { return .withoutHeader }
        output.sheetCount += 1
        let tail =
            plan.hasProvenance
            ? ProvenanceTail(file: input.sourceName, sheet: target.sheet.name, header: header) : nil
        var writer = RowToJSON(header: header, rows: rows, plan: plan, is1904: workbook.is1904, tail: tail)
        var last = header.rowNumber ?? target.area.rows.lowerBound - 1
        while !output.isFull, let row = try next(&rows) {
            guard rows.hasCells(row) else { continue }
            if row.number > last + 1 {
                try pass(blankRows: last + 1..<row.number, of: rows, writer: &writer, to: &output)
                if output.isFull { break }
            }
            do throws(StageFailure) {
                try writer.write(row, to: &output.room)
            } catch {
                throw StageFailure(
                    status: error.status,
                    error.message.map { "\(input.place): sheet \(target.sheet.name), \($0)" })
            }
            try output.endRecord()
            if output.recordCount % 1024 == 0 { log.progress.advance(to: output.recordCount, .rows) }
            last = max(last, row.number)
        }
        tell(rows.reader, writer, sheet: target.sheet.name)
        return .read
    }

    /// Counts the rows between two that hold something, and writes them where they are to be kept.
    private func pass(
        blankRows: Range<Int>, of rows: SheetRows, writer: inout RowToJSON, to output: inout RecordOutput
    ) throws(StageFailure) {
        for number in blankRows where !rows.hiddenRows.contains(number) {
            output.blankRowCount += 1
            guard plan.keepsBlankRows, !output.isFull else { continue }
            writer.writeBlank(row: number, to: &output.room)
            try output.endRecord()
        }
    }

    private func next(_ rows: inout SheetRows) throws(StageFailure) -> SheetRow? {
        do throws(XLSXError) {
            return try rows.next()
        } catch {
            throw input.failure(error)
        }
    }

    /// The columns of a target; the rows then go on behind the header. Nil when the header that a contract asks for is
    /// not there.
    private func header(
        of target: SheetTarget, _ rows: inout SheetRows, is1904: Bool
    ) throws(StageFailure) -> HeaderRow? {
        let search = HeaderSearch(rows: rows, known: plan.known, is1904: is1904)
        switch target.header {
        case .automatic:
            guard let index = search.find() else { return nil }
            rows.startAfterHead(index + 1)
            return named(search.texts(index), row: rows.head[index].number, sheet: target.sheet.name)
        case .row(let number):
            while let row = try next(&rows), row.number <= number {
                guard row.number == number, rows.hasCells(row) else { continue }
                let texts = row.cells.filter { rows.isWanted(column: Int($0.column)) }
                    .map { (Int($0.column), CellWords.text($0, is1904: is1904)) }
                return named(texts, row: number, sheet: target.sheet.name)
            }
            throw .badData("\(input.place): sheet \(target.sheet.name): row \(number) is empty: it is no header")
        case .none:
            if let names = target.names {
                let texts = zip(target.area.columns, names).map { ($0, $1) }
                return HeaderRow(texts: texts, rowNumber: nil, keepsReservedFree: plan.hasProvenance)
            }
            return HeaderRow(letters: columns(of: target, rows))
        }
    }

    private func named(_ texts: [(column: Int, text: String)], row: Int, sheet: String) -> HeaderRow {
        let header = HeaderRow(texts: texts, rowNumber: row, keepsReservedFree: plan.hasProvenance)
        let renamed = zip(header.columns, texts.filter { !$0.text.isEmpty }).count { $0.name != $1.text }
        if renamed > 0 {
            warn(
                "excel.repeatedHeader", "sheet \(sheet): \(renamed) column names stand twice or are reserved",
                times: renamed)
        }
        return header
    }

    /// The columns of a sheet without a header: those of the area, or up to the last that its first rows fill.
    private func columns(of target: SheetTarget, _ rows: SheetRows) -> [Int] {
        let filled = (0..<rows.head.count).compactMap { rows.head[$0].cells.last.map { Int($0.column) } }.max() ?? 0
        let isBounded = target.area.columns.upperBound < CellRange.everything.columns.upperBound
        let last = isBounded ? target.area.columns.upperBound : filled
        return (target.area.columns.lowerBound...max(last, target.area.columns.lowerBound))
            .filter { rows.isWanted(column: $0) }
    }

    private func tell(_ reader: SheetReader, _ writer: RowToJSON, sheet: String) {
        var counts = reader.warnings
        if writer.textInNumberCells > 0 { counts.append((.textInNumberCell, writer.textInNumberCells)) }
        if writer.serialsWithoutDate > 0 { counts.append((.serialIsNoDate, writer.serialsWithoutDate)) }
        for (warning, count) in counts {
            warn(warning.rawValue, "sheet \(sheet): \(count) \(warning.phrase)", times: count)
        }
    }
}

extension XLSXWarning {
    /// What follows a count in a message.
    var phrase: String {
        switch self {
        case .formulaWithoutValue: "formula cells hold no computed value and became null"
        case .missingSharedString: "cells name a shared string that is not there and became null"
        case .textInNumberCell: "number cells hold no number and became text"
        case .serialIsNoDate: "date cells hold a number that is no day and stayed numbers"
        case .unreadablePart: "parts could not be read"
        case .unreadableSheet: "sheets could not be read"
        }
    }
}
