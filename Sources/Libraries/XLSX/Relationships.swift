/// The relationships of one part (ECMA-376 part 2, 9.3): identifiers that its XML uses for other parts.
///
///     <Relationship Id="rId1" Type="http://.../officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>
struct Relationships {
    struct Relationship {
        let identifier: String
        /// The last step of the type, in lower case: `worksheet`. The strict and the transitional family have the same.
        let kind: String
        /// The name of the part, without a leading slash.
        let part: String
        let isExternal: Bool
    }

    private(set) var all: [Relationship] = []

    /// The relationships of `part` (the empty text for the package), or none where it has no relationships part.
    init(of part: String, in archive: ZipArchive, limits: XLSXLimits) throws(XLSXError) {
        let name = Self.relationshipsPart(of: part)
        guard archive.entry(name) != nil else { return }
        let handler = Handler(base: Self.folder(of: part))
        try archive.parse(name, limits: limits, handler: handler)
        all = handler.found
    }

    func find(identifier: String) -> Relationship? { all.first { $0.identifier == identifier } }
    func find(kind: String) -> Relationship? { all.first { $0.kind == kind && !$0.isExternal } }

    static func relationshipsPart(of part: String) -> String {
        let folder = folder(of: part)
        return "\(folder)_rels/\(part.dropFirst(folder.count)).rels"
    }

    /// `xl/worksheets/` of `xl/worksheets/sheet1.xml`, the empty text of `workbook.xml`.
    static func folder(of part: String) -> String {
        part.lastIndex(of: "/").map { String(part[...$0]) } ?? ""
    }

    /// The name of the part that a target leads to: relative to the folder of the part it stands in, or absolute.
    /// Backslashes count as slashes: some writers make them.
    static func resolve(_ target: String, in folder: String) -> String {
        let path = target.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "/")
        var steps: [Substring] = []
        for step in (path.hasPrefix("/") ? path : folder + path).split(separator: "/") {
            switch step {
            case ".": continue
            case "..": _ = steps.popLast()
            default: steps.append(step)
            }
        }
        return steps.joined(separator: "/")
    }

    private final class Handler: XMLHandler {
        let base: String
        var found: [Relationship] = []

        init(base: String) { self.base = base }

        func start(_ element: XMLElement) {
            guard element.name == "Relationship", let identifier = element.attribute("Id"),
                let target = element.attribute("Target")
            else { return }
            let type = element.attribute("Type") ?? ""
            let kind = type.split(separator: "/").last.map { $0.lowercased() } ?? ""
            found.append(
                Relationship(
                    identifier: identifier, kind: kind, part: resolve(target, in: base),
                    isExternal: element.attribute("TargetMode") == "External"))
        }
        func text(_ bytes: UnsafeRawBufferPointer) {}
        func end(_ name: String) {}
    }
}
