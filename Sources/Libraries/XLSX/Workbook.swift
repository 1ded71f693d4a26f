/// A sheet of a workbook, as the workbook lists it.
package struct Sheet: Sendable {
    package enum Visibility: String, Sendable {
        case visible
        case hidden
        /// Hidden so that only a program can show it.
        case veryHidden
    }

    package let name: String
    /// 1-based, in the workbook's order.
    package let position: Int
    package let visibility: Visibility
    /// `worksheet`, `chartsheet`, `dialogsheet`, `xlmacrosheet`: only the first has rows.
    package let kind: String
    /// The part with its rows; nil when the workbook does not say or does not have it.
    package let part: String?

    package var isWorksheet: Bool { kind == "worksheet" }
}

/// A name that a workbook gives to a formula, usually a range: `Data!$A$1:$H$99`.
package struct DefinedName: Sendable {
    package let name: String
    package let formula: String
    /// The 0-based index of the sheet that the name belongs to; nil for the whole workbook.
    package let sheetIndex: Int?
}

/// A table (ListObject) on a sheet.
package struct SheetTable: Sendable {
    package let name: String
    package let sheetPosition: Int
    package let range: CellRange
    package let headerRowCount: Int
    package let totalsRowCount: Int
    package let columnNames: [String]
}

/// An .xlsx, .xlsm, .xltx or .xltm file (ECMA-376, transitional and strict): its sheets, names and tables at once, rows
/// through `rows(of:)`.
package final class Workbook {
    package let sheets: [Sheet]
    package let definedNames: [DefinedName]
    /// True when serial 0 is 1904-01-01.
    package let is1904: Bool
    package let limits: XLSXLimits
    /// What was not as it should be, with a line for a person.
    package private(set) var warnings: [(warning: XLSXWarning, message: String)] = []

    private let archive: ZipArchive
    private let relationships: Relationships
    /// Where the workbook part lies: `xl/`.
    private let folder: String
    private let road: SheetRoad
    private var loadedStrings: SharedStrings?
    private var loadedStyles: Styles?

    /// Reads the zip directory and the workbook part. `road` is for tests.
    package init(
        _ file: WorkbookFile, limits: XLSXLimits = XLSXLimits(), road: SheetRoad = .automatic
    ) throws(XLSXError) {
        self.limits = limits
        self.road = road
        let archive = try ZipArchive(file, limits: limits)
        let part = try Self.workbookPart(archive, limits: limits)
        let relationships = try Relationships(of: part, in: archive, limits: limits)
        let handler = WorkbookHandler(part: part, limits: limits)
        try archive.parse(part, limits: limits, handler: handler)
        guard handler.isWorkbook else { throw .notAWorkbook(reason: "\(part) holds no workbook") }
        definedNames = handler.names
        is1904 = handler.is1904
        var sheets: [Sheet] = []
        for (index, found) in handler.sheets.enumerated() {
            let relationship = found.relationshipID.flatMap { relationships.find(identifier: $0) }
            let part = relationship.flatMap { $0.isExternal || archive.entry($0.part) == nil ? nil : $0.part }
            sheets.append(
                Sheet(
                    name: found.name, position: index + 1, visibility: found.visibility,
                    kind: relationship?.kind ?? "worksheet", part: part))
        }
        self.sheets = sheets
        self.archive = archive
        self.relationships = relationships
        folder = Relationships.folder(of: part)
    }

    /// The rows of a sheet. Throws when it has no part; a chart sheet has no rows.
    package func rows(of sheet: Sheet) throws(XLSXError) -> SheetReader {
        guard let part = sheet.part else {
            throw .damagedPart(part: "sheet \(sheet.name)", reason: "the workbook names no part that it has")
        }
        let text = try SheetText(archive, part: part, limits: limits)
        return SheetReader(
            text, mustHaveData: sheet.isWorksheet, strings: try strings(), styles: try styles(), limits: limits,
            road: road)
    }

    /// The tables on a sheet, in the order of the sheet's relationships.
    package func tables(on sheet: Sheet) throws(XLSXError) -> [SheetTable] {
        guard let part = sheet.part else { return [] }
        var tables: [SheetTable] = []
        for relationship in try Relationships(of: part, in: archive, limits: limits).all
        where relationship.kind == "table" && archive.entry(relationship.part) != nil {
            let handler = TableHandler()
            do throws(XLSXError) {
                try archive.parse(relationship.part, limits: limits, handler: handler)
            } catch .malformed(let part, _, let reason) {
                warnings.append((.unreadablePart, "\(part): \(reason)"))
                continue
            }
            if let table = handler.table(onSheet: sheet.position) { tables.append(table) }
        }
        return tables
    }

    private func strings() throws(XLSXError) -> SharedStrings {
        if let loadedStrings { return loadedStrings }
        let strings: SharedStrings
        if let entry = entry(kind: "sharedstrings", usually: "sharedStrings.xml"), entry.byteCount > 0 {
            strings = try SharedStrings.read(archive, part: entry.name, limits: limits, road: road)
        } else {
            strings = try SharedStrings(partByteCount: 0)
            if let stated = relationships.find(kind: "sharedstrings") {
                warnings.append((.unreadablePart, "\(stated.part): the shared strings are missing"))
            }
        }
        loadedStrings = strings
        return strings
    }

    /// The part of that kind: the one that the workbook names, or one of the usual name where it names none that it has.
    private func entry(kind: String, usually name: String) -> ZipEntry? {
        let stated = relationships.find(kind: kind).flatMap { archive.entry($0.part) }
        return stated ?? archive.entry(folder + name) ?? archive.entry("xl/" + name)
    }

    /// The number formats; without them, or behind a break in them, dates are numbers.
    private func styles() throws(XLSXError) -> Styles {
        if let loadedStyles { return loadedStyles }
        let handler = StylesHandler()
        if let entry = entry(kind: "styles", usually: "styles.xml") {
            do throws(XLSXError) {
                try archive.parse(entry.name, limits: limits, handler: handler)
            } catch .malformed(let part, _, let reason) {
                warnings.append((.unreadablePart, "\(part): \(reason): dates may have stayed numbers"))
            }
        } else if let stated = relationships.find(kind: "styles") {
            warnings.append((.unreadablePart, "\(stated.part): the number formats are missing: dates stay numbers"))
        }
        loadedStyles = handler.styles
        return handler.styles
    }

    /// What the package's relationships call its document; nil where they are missing or broken.
    private static func statedPart(_ archive: ZipArchive, limits: XLSXLimits) throws(XLSXError) -> String? {
        do throws(XLSXError) {
            return try Relationships(of: "", in: archive, limits: limits).find(kind: "officedocument")?.part
        } catch .malformed {
            return nil
        }
    }

    /// The part that holds the workbook: the package's document, the one of the usual name, or of the right content type.
    private static func workbookPart(_ archive: ZipArchive, limits: XLSXLimits) throws(XLSXError) -> String {
        let stated = try statedPart(archive, limits: limits)
        if let stated, archive.entry(stated) != nil {
            if stated.lowercased().hasSuffix(".bin") {
                throw .otherFormat(reason: "a binary workbook (.xlsb); save it as .xlsx")
            }
            if stated.lowercased().hasPrefix("word/") || stated.lowercased().hasPrefix("ppt/") {
                throw .otherFormat(reason: "an Office document, but not a workbook")
            }
            return stated
        }
        if archive.entry("xl/workbook.xml") != nil { return "xl/workbook.xml" }
        if let named = try ContentTypes.workbookPart(in: archive, limits: limits) { return named }
        if archive.entry("content.xml") != nil, archive.entry("mimetype") != nil {
            throw .otherFormat(reason: "an OpenDocument spreadsheet (.ods); save it as .xlsx")
        }
        throw .notAWorkbook(reason: stated.map { "its part \($0) is missing" } ?? "the zip holds no workbook part")
    }
}
