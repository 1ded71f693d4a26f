/// Puts a workbook together from the XML of its parts, for tests of what readers do with it.
package struct WorkbookBuilder {
    package struct SheetSource {
        package var name: String
        /// The `<row>` elements.
        package var rows: String
        /// What stands in front of `<sheetData>` and behind it.
        package var before = ""
        package var after = ""
        /// ` state="hidden"`, or nothing.
        package var attributes = ""
        /// `Id`, relationship kind and target of what the sheet refers to.
        package var relationships: [(identifier: String, kind: String, target: String)] = []

        package init(_ name: String, _ rows: String) {
            self.name = name
            self.rows = rows
        }
    }

    package static let mainNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    package static let relationshipNamespace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let packageNamespace = "http://schemas.openxmlformats.org/package/2006/relationships"

    package var sheets: [SheetSource]
    /// The content of each `<si>`.
    package var strings: [String] = []
    /// Number formats; style 1 has the first, style 2 the second; style 0 is General.
    package var formats: [String] = []
    /// Built-in number formats for the styles behind those.
    package var builtInFormats: [Int] = []
    package var workbookProperties = ""
    package var definedNames = ""
    /// Parts that replace the made ones, or stand beside them.
    package var parts: [String: String] = [:]
    package var isStrict = false

    package init(_ sheets: [SheetSource]) { self.sheets = sheets }
    /// One sheet with these rows.
    package init(rows: String, strings: [String] = []) {
        sheets = [SheetSource("Sheet1", rows)]
        self.strings = strings
    }

    private var main: String { isStrict ? "http://purl.oclc.org/ooxml/spreadsheetml/main" : Self.mainNamespace }
    private var relations: String {
        isStrict ? "http://purl.oclc.org/ooxml/officeDocument/relationships" : Self.relationshipNamespace
    }

    private func relationships(_ all: [(identifier: String, kind: String, target: String)]) -> String {
        let lines = all.map {
            "<Relationship Id=\"\($0.identifier)\" Type=\"\(relations)/\($0.kind)\" Target=\"\($0.target)\"/>"
        }
        return "<Relationships xmlns=\"\(Self.packageNamespace)\">\(lines.joined())</Relationships>"
    }

    /// The members of the zip.
    package var members: [ZipBuilder.Member] {
        var made: [(String, String)] = [
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            ("_rels/.rels", relationships([("rId1", "officeDocument", "xl/workbook.xml")])),
        ]
        let list = sheets.enumerated().map { index, sheet in
            "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\"\(sheet.attributes) r:id=\"rId\(index + 1)\"/>"
        }
        made.append(
            (
                "xl/workbook.xml",
                "<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\">\(workbookProperties)"
                    + "<sheets>\(list.joined())</sheets>\(definedNames)</workbook>"
            ))
        var used = sheets.indices.map { ("rId\($0 + 1)", "worksheet", "worksheets/sheet\($0 + 1).xml") }
        used += [("rIdS", "styles", "styles.xml")]
        if !strings.isEmpty { used.append(("rIdT", "sharedStrings", "sharedStrings.xml")) }
        made.append(
            ("xl/_rels/workbook.xml.rels", relationships(used.map { (identifier: $0.0, kind: $0.1, target: $0.2) })))
        made.append(("xl/styles.xml", styles))
        if !strings.isEmpty {
            let items = strings.map { "<si>\($0)</si>" }.joined()
            made.append(("xl/sharedStrings.xml", "<sst xmlns=\"\(main)\">\(items)</sst>"))
        }
        for (index, sheet) in sheets.enumerated() {
            made.append(
                (
                    "xl/worksheets/sheet\(index + 1).xml",
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<worksheet xmlns=\"\(main)\" xmlns:r=\"\(relations)\">"
                        + "\(sheet.before)<sheetData>\(sheet.rows)</sheetData>\(sheet.after)</worksheet>"
                ))
            if !sheet.relationships.isEmpty {
                made.append(("xl/worksheets/_rels/sheet\(index + 1).xml.rels", relationships(sheet.relationships)))
            }
        }
        let own = made.map { ZipBuilder.Member($0.0, text: parts[$0.0] ?? $0.1) }
        let names = Set(made.map(\.0))
        return own
            + parts.filter { !names.contains($0.key) }.sorted { $0.key < $1.key }
            .map { ZipBuilder.Member($0.key, text: $0.value) }
    }

    private var styles: String {
        let codes = formats.enumerated().map { index, code in
            "<numFmt numFmtId=\"\(164 + index)\" formatCode=\"\(Self.escaped(code))\"/>"
        }
        let numbers = [0] + formats.indices.map { 164 + $0 } + builtInFormats
        let cells = numbers.map { "<xf numFmtId=\"\($0)\"/>" }
        return "<styleSheet xmlns=\"\(main)\"><numFmts>\(codes.joined())</numFmts>"
            + "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>\(cells.joined())</cellXfs></styleSheet>"
    }

    /// The text as the value of an attribute.
    package static func escaped(_ text: String) -> String {
        var output = ""
        for character in text {
            switch character {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            default: output.append(character)
            }
        }
        return output
    }

    /// The whole file.
    package func bytes() throws -> [UInt8] { try ZipBuilder(members).bytes() }
}
