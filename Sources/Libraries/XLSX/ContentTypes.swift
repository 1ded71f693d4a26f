/// The content types of the package's parts (ECMA-376 part 2, 10.1), which say where the workbook is when nothing else
/// does.
///
///     <Override PartName="/xl/workbook.xml" ContentType="application/vnd....spreadsheetml.sheet.main+xml"/>
enum ContentTypes {
    private static let part = "[Content_Types].xml"

    /// The part that is a workbook by its type; nil without such a part, or when the types cannot be read.
    static func workbookPart(in archive: ZipArchive, limits: XLSXLimits) throws(XLSXError) -> String? {
        guard archive.entry(part) != nil else { return nil }
        let handler = Handler()
        do throws(XLSXError) {
            try archive.parse(part, limits: limits, handler: handler)
        } catch .malformed {
            return nil
        }
        return handler.workbookParts.first { archive.entry($0) != nil }
    }

    private final class Handler: XMLHandler {
        private(set) var workbookParts: [String] = []

        func start(_ element: XMLElement) {
            guard element.name == "Override", let part = element.attribute("PartName"),
                let type = element.attribute("ContentType")?.lowercased(), type.hasSuffix(".main+xml"),
                type.contains("spreadsheetml") || type.contains("ms-excel")
            else { return }
            workbookParts.append(Relationships.resolve(part, in: ""))
        }
        func text(_ bytes: UnsafeRawBufferPointer) {}
        func end(_ name: String) {}
    }
}
