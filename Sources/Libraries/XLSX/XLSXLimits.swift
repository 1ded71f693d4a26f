/// What a workbook may cost. Whatever is beyond ends in `XLSXError.limitExceeded` with the name of the limit; memory
/// stays within what the limits allow, however the file was made.
package struct XLSXLimits: Sendable, Equatable {
    /// Members of the zip.
    package var entryCount = 100_000
    /// Bytes of the zip's directory.
    package var directoryBytes = 64 << 20
    /// Bytes of a part that is read whole: workbook, relationships, styles, tables.
    package var documentBytes = 256 << 20
    /// Bytes of any one part, inflated. A sheet of this size takes seconds and no memory.
    package var partBytes = 64 << 30
    /// Bytes of the shared strings' part, inflated. Offsets into their text have 31 bits.
    package var sharedStringBytes = 1 << 30
    /// How many times larger than its packed bytes a part may be whose content is kept in memory. Texts are packed to a
    /// tenth at best; only what is made to be large reaches this. Parts of less than 32 MiB may be packed as they like.
    package var expansionRatio = 100
    /// Bytes of one row, or of one shared string, as XML.
    package var rowBytes = 32 << 20
    /// Sheets of a workbook.
    package var sheetCount = 10_000

    /// Rows and columns of a sheet, as in every Excel since 2007.
    package static let rowCount = 1_048_576
    package static let columnCount = 16_384

    package init() {}

    /// The names by which errors call the limits.
    package static let names = [
        "entryCount", "directoryBytes", "documentBytes", "partBytes", "sharedStringBytes", "expansionRatio",
        "rowBytes", "sheetCount",
    ]

    /// Changes the limit of that name; false when there is none. Offsets into shared strings have 31 bits, so that
    /// `sharedStringBytes` is never more than 1 GiB.
    package mutating func set(_ name: String, to value: Int) -> Bool {
        switch name {
        case "entryCount": entryCount = value
        case "directoryBytes": directoryBytes = value
        case "documentBytes": documentBytes = value
        case "partBytes": partBytes = value
        case "sharedStringBytes": sharedStringBytes = min(value, 1 << 30)
        case "expansionRatio": expansionRatio = value
        case "rowBytes": rowBytes = value
        case "sheetCount": sheetCount = value
        default: return false
        }
        return true
    }
}
