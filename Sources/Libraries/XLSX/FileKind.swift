/// What a file that is no zip seems to be, so that the message helps the person who has to save it again.
enum FileKind {
    /// Compound files (MS-CFB) are searched for their streams' names up to here.
    private static let searchByteCount = 64 << 20

    private static let compoundMagic: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    /// True for a compound file, which may have a zip somewhere inside and is none.
    static func isCompound(_ file: WorkbookFile) throws(XLSXError) -> Bool {
        try file.bytes(at: 0, count: compoundMagic.count) == compoundMagic
    }

    /// The error that says what the file is.
    static func explanation(of file: WorkbookFile) throws(XLSXError) -> XLSXError {
        let head = try file.bytes(at: 0, count: 512)
        if head.isEmpty { return .notAWorkbook(reason: "the file is empty") }
        if head.starts(with: compoundMagic) { return try compound(file) }
        if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            return .damagedZip(reason: "the zip directory at the end is missing: the file is cut")
        }
        if head.starts(with: [0x09, 0x08]) || head.starts(with: [0x09, 0x04]) || head.starts(with: [0x09, 0x02]) {
            return .otherFormat(reason: "an old Excel file (.xls); save it as .xlsx")
        }
        let text = String(decoding: head, as: UTF8.self).lowercased()
        if text.contains("<html") || text.contains("<!doctype html") || text.contains("<table") {
            return .otherFormat(reason: "an HTML page under a workbook's name; open it in Excel and save it as .xlsx")
        }
        if text.contains("<?xml") {
            return .otherFormat(reason: "an XML file, not a zipped workbook; save it as .xlsx")
        }
        if !head.contains(0) {
            return .notAWorkbook(reason: "plain text (CSV perhaps), not a zipped workbook")
        }
        return .notAWorkbook(reason: "it does not begin like a zip file")
    }

    /// An encrypted workbook lies in a compound file with a stream `EncryptedPackage` (MS-OFFCRYPTO 2.3); an `.xls`
    /// has a stream `Workbook` or `Book`.
    private static func compound(_ file: WorkbookFile) throws(XLSXError) -> XLSXError {
        let encrypted = wide("EncryptedPackage")
        let block = 1 << 20
        var offset = 0
        while offset < min(file.byteCount, searchByteCount) {
            let bytes = try file.bytes(at: offset, count: block + encrypted.count)
            if contains(bytes, encrypted) { return .encrypted }
            offset += block
        }
        return .otherFormat(reason: "an old Excel file (.xls) or another compound document; save it as .xlsx")
    }

    /// The text as UTF-16, least significant byte first.
    private static func wide(_ text: String) -> [UInt8] { text.utf8.flatMap { [$0, 0] } }

    private static func contains(_ bytes: [UInt8], _ needle: [UInt8]) -> Bool {
        guard bytes.count >= needle.count, let first = needle.first else { return false }
        for start in 0...(bytes.count - needle.count) where bytes[start] == first {
            if bytes[start..<start + needle.count].elementsEqual(needle) { return true }
        }
        return false
    }
}
