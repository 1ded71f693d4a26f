import Contracts
import StageKit
import XLSX

/// A part of a sheet that is to be read.
struct SheetTarget {
    let sheet: Sheet
    var area = CellRange.everything
    var header: HeaderChoice
    /// Names from a table without a header row.
    var names: [String]?
    /// True when other sheets stand in for this one where it lacks the header.
    var isOptional = false
}

/// Finds the sheets, ranges and tables that a plan asks for.
struct SheetSelection {
    let workbook: Workbook
    let plan: ReadingPlan
    let input: WorkbookInput

    /// The targets in reading order. Throws when something that was asked for is not there.
    func targets() throws(StageFailure) -> [SheetTarget] {
        if let name = plan.table { return [try agreed(try table(name), "table \(name)")] }
        if let text = plan.range { return try range(text) }
        return try sheets().map { SheetTarget(sheet: $0, header: plan.header) }
    }

    /// What has a sheet of its own must stand on one of those that were asked for besides.
    private func agreed(_ target: SheetTarget, _ what: String) throws(StageFailure) -> SheetTarget {
        guard case .chosen(let texts) = plan.sheets else { return target }
        if try sheets().contains(where: { $0.position == target.sheet.position }) { return target }
        throw bad("\(what) stands on sheet \(target.sheet.name), not on \(texts.joined(separator: ", "))")
    }

    private func bad(_ message: String) -> StageFailure { .badData("\(input.place): \(message)") }

    /// Sheets with rows that are not hidden, or all with rows.
    private var candidates: [Sheet] {
        workbook.sheets.filter { $0.isWorksheet && (plan.hidden == .include || $0.visibility == .visible) }
    }

    private func sheets() throws(StageFailure) -> [Sheet] {
        let candidates = candidates
        guard !workbook.sheets.isEmpty else { throw bad("the workbook has no sheets") }
        switch plan.sheets {
        case .chosen(let texts):
            var chosen: [Sheet] = []
            for text in texts {
                for sheet in try find(text) where !chosen.contains(where: { $0.position == sheet.position }) {
                    chosen.append(sheet)
                }
            }
            return chosen
        case .preferred(let selectors):
            for selector in selectors {
                let found = matching(selector, candidates)
                if !found.isEmpty { return found }
            }
            throw bad("no visible sheet is one of those that the contract names; it has \(names(workbook.sheets))")
        case .allVisible:
            return candidates
        case .first:
            guard !candidates.isEmpty else { throw bad("no visible sheet has rows") }
            return plan.known == nil ? Array(candidates.prefix(1)) : candidates
        }
    }

    private func matching(_ selector: SheetSelector, _ candidates: [Sheet]) -> [Sheet] {
        switch selector {
        case .position(let number):
            number >= 1 && number <= candidates.count ? [candidates[number - 1]] : []
        case .name(let glob):
            candidates.filter { glob.matches($0.name) }
        }
    }

    /// A sheet's own name first, whatever it looks like; then a position; then a glob.
    private func find(_ text: String) throws(StageFailure) -> [Sheet] {
        if let exact = workbook.sheets.first(where: { $0.name == text }) { return [exact] }
        if let folded = workbook.sheets.first(where: { $0.name.lowercased() == text.lowercased() }) { return [folded] }
        if let number = Int(text) {
            let found = matching(.position(number), candidates)
            if !found.isEmpty { return found }
        }
        if let glob = try? Glob(text) {
            let found = matching(.name(glob), candidates)
            if !found.isEmpty { return found }
        }
        throw bad("no sheet \(text); it has \(names(workbook.sheets))")
    }

    private func names(_ sheets: [Sheet]) -> String {
        sheets.prefix(20).map { $0.visibility == .visible ? $0.name : "\($0.name) (hidden)" }.joined(separator: ", ")
            + (sheets.count > 20 ? " and \(sheets.count - 20) more" : "")
    }

    private func table(_ name: String) throws(StageFailure) -> SheetTarget {
        var known: [String] = []
        for sheet in workbook.sheets where sheet.isWorksheet {
            let tables: [SheetTable]
            do throws(XLSXError) {
                tables = try workbook.tables(on: sheet)
            } catch {
                throw input.failure(error)
            }
            for table in tables {
                known.append(table.name)
                guard table.name.lowercased() == name.lowercased() else { continue }
                return target(table, on: sheet)
            }
        }
        throw bad("no table \(name); it has \(known.isEmpty ? "none" : known.prefix(20).joined(separator: ", "))")
    }

    private func target(_ table: SheetTable, on sheet: Sheet) -> SheetTarget {
        var area = table.range
        let last = max(area.rows.lowerBound, area.rows.upperBound - max(0, table.totalsRowCount))
        area.rows = area.rows.lowerBound...last
        if table.headerRowCount > 0 {
            return SheetTarget(sheet: sheet, area: area, header: .row(area.rows.lowerBound))
        }
        return SheetTarget(sheet: sheet, area: area, header: .none, names: table.columnNames)
    }

    /// `A1:H99` on the plan's sheets, `Sheet!A1:H99`, or a defined name.
    private func range(_ text: String) throws(StageFailure) -> [SheetTarget] {
        if let area = CellRange(text) {
            return try sheets().prefix(plan.sheets == .first ? 1 : .max)
                .map { SheetTarget(sheet: $0, area: area, header: plan.header) }
        }
        let folded = text.lowercased()
        let names = workbook.definedNames.filter { $0.name.lowercased() == folded }
        // A name may stand for something else on each sheet.
        var local: DefinedName?
        if case .chosen = plan.sheets {
            let indexes = Set(try sheets().map { $0.position - 1 })
            local = names.first { $0.sheetIndex.map(indexes.contains) ?? false }
        }
        let name = local ?? names.first { $0.sheetIndex == nil } ?? names.first
        let formula = name?.formula ?? text
        guard let (sheetName, area) = SheetReference.parse(formula),
            let sheet = workbook.sheets.first(where: { $0.name.lowercased() == sheetName.lowercased() })
        else {
            throw bad("\(text) is no range, and no name that stands for one range of a sheet")
        }
        return [try agreed(SheetTarget(sheet: sheet, area: area, header: plan.header), "range \(text)")]
    }
}

/// A range with its sheet: `Data!$A$1:$H$99`, `'Q1 ''18'!A:C`.
enum SheetReference {
    static func parse(_ text: String) -> (sheet: String, area: CellRange)? {
        guard let mark = text.lastIndex(of: "!"), let area = CellRange(text[text.index(after: mark)...]) else {
            return nil
        }
        var name = text[..<mark]
        if name.hasPrefix("'"), name.hasSuffix("'"), name.count >= 2 { name = name.dropFirst().dropLast() }
        var unquoted = ""
        var previousWasQuote = false
        for character in name {
            previousWasQuote = character == "'" && !previousWasQuote
            if !previousWasQuote { unquoted.append(character) }
        }
        return (unquoted, area)
    }
}
