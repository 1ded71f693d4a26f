/// Parts that are parsed whole with libxml2: workbook, relationships, styles, tables, content types.
extension ZipArchive {
    /// Feeds a part to a handler. Throws when it is missing, damaged, no XML or larger than `documentBytes`.
    func parse(_ part: String, limits: XLSXLimits, handler: any XMLHandler) throws(XLSXError) {
        guard let entry = entry(part) else { throw .damagedPart(part: part, reason: "it is missing") }
        try checkExpansion(of: entry, limits: limits)
        try parse(entry, limit: limits.documentBytes, limitName: "documentBytes", handler: handler)
    }

    /// Feeds a member to a handler. Throws when it is damaged, no XML or larger than `limit`, in bytes.
    func parse(
        _ entry: ZipEntry, limit: Int, limitName: String, handler: any XMLHandler
    ) throws(XLSXError) {
        let reader = try ZipEntryReader(self, entry, limit: limit, limitName: limitName)
        let parser = XMLPushParser(part: entry.name, handler: handler)
        let block = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(64 << 10, max(0, entry.byteCount)) + 1, alignment: 64)
        defer { block.deallocate() }
        while true {
            let count = try reader.read(into: block)
            if count == 0 { break }
            try parser.feed(UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
        try parser.finish()
    }
}
