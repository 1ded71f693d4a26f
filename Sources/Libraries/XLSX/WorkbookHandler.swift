/// Reads `xl/workbook.xml` (18.2): sheets, names, the date system.
final class WorkbookHandler: XMLHandler {
    struct FoundSheet {
        let name: String
        let visibility: Sheet.Visibility
        let relationshipID: String?
    }

    private(set) var sheets: [FoundSheet] = []
    private(set) var names: [DefinedName] = []
    private(set) var is1904 = false
    private(set) var isWorkbook = false

    private let part: String
    private let limits: XLSXLimits
    private var path: [String] = []
    private var openName: (name: String, sheetIndex: Int?)?
    private var formula: [UInt8] = []

    init(part: String, limits: XLSXLimits) {
        self.part = part
        self.limits = limits
    }

    func start(_ element: XMLElement) throws(XLSXError) {
        let parent = path.last
        path.append(element.name)
        guard element.isMain else { return }
        switch element.name {
        case "workbook" where parent == nil:
            isWorkbook = true
        case "workbookPr":
            let value = element.attribute("date1904") ?? ""
            is1904 = value == "1" || value == "true" || value == "on"
        case "sheet" where parent == "sheets":
            guard sheets.count < limits.sheetCount else {
                throw .limitExceeded(part: part, cell: nil, limit: "sheetCount", value: limits.sheetCount)
            }
            sheets.append(
                FoundSheet(
                    name: decoded(element.attribute("name") ?? ""), visibility: visibility(element.attribute("state")),
                    relationshipID: element.relationshipID))
        case "definedName" where parent == "definedNames":
            openName = (element.attribute("name") ?? "", element.attribute("localSheetId").flatMap { Int($0) })
            formula.removeAll()
        default:
            break
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) {
        if openName != nil { formula.append(contentsOf: bytes) }
    }

    func end(_ name: String) {
        path.removeLast()
        guard name == "definedName", let open = openName else { return }
        names.append(
            DefinedName(
                name: open.name, formula: String(decoding: formula, as: UTF8.self), sheetIndex: open.sheetIndex))
        openName = nil
    }

    private func visibility(_ state: String?) -> Sheet.Visibility {
        switch state?.lowercased() {
        case "hidden": .hidden
        case "veryhidden": .veryHidden
        default: .visible
        }
    }

    private func decoded(_ text: String) -> String { CellText.decoded(text) }
}

/// Reads `xl/tables/table1.xml` (18.5.1).
final class TableHandler: XMLHandler {
    private var name: String?
    private var range: CellRange?
    private var headerRowCount = 1
    private var totalsRowCount = 0
    private var columnNames: [String] = []

    func table(onSheet position: Int) -> SheetTable? {
        guard let name, let range else { return nil }
        return SheetTable(
            name: name, sheetPosition: position, range: range, headerRowCount: headerRowCount,
            totalsRowCount: totalsRowCount, columnNames: columnNames)
    }

    func start(_ element: XMLElement) {
        guard element.isMain else { return }
        switch element.name {
        case "table":
            name = (element.attribute("displayName") ?? element.attribute("name")).map { CellText.decoded($0) }
            range = element.attribute("ref").flatMap { CellRange($0) }
            headerRowCount = element.attribute("headerRowCount").flatMap { Int($0) } ?? 1
            totalsRowCount = element.attribute("totalsRowCount").flatMap { Int($0) } ?? 0
        case "tableColumn":
            columnNames.append(CellText.decoded(element.attribute("name") ?? ""))
        default:
            break
        }
    }

    func text(_ bytes: UnsafeRawBufferPointer) {}
    func end(_ name: String) {}
}

extension CellText {
    /// The text with `_xHHHH_` decoded.
    static func decoded(_ text: String) -> String {
        guard text.contains("_x") else { return text }
        var bytes = Array(text.utf8)
        return bytes.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return "" }
            let end = decodeEscapes(start, start + buffer.count)
            return String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        }
    }
}
