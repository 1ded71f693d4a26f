import Bytes

/// How Drive's names become paths: there, a name may be anything, and be there twice.
enum DriveNames {
    static let sheetExtension = ".xlsx"

    /// One name as a part of a path. A slash would begin another part; a part must not be empty.
    static func part(_ name: String) -> String {
        guard !name.isEmpty else { return "_" }
        return String(decoding: name.utf8.map { $0 == 0x2F ? 0x5F : $0 }, as: UTF8.self)
    }

    /// The name under which a file stands in its folder, with the extension that its content has: a Sheet is exported as
    /// a workbook, and a shortcut may have lost the extension of its target.
    static func part(_ name: String, of item: DriveItem) -> String {
        let part = part(name)
        if item.isSheet { return part.lowercased().hasSuffix(sheetExtension) ? part : part + sheetExtension }
        guard name != item.name, SafeName.split(part).fileExtension.isEmpty else { return part }
        let lacking = SafeName.split(item.name).fileExtension
        return lacking.isEmpty ? part : "\(part).\(lacking)"
    }
}
