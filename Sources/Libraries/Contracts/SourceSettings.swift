/// Which files hold a dataset, and where in a workbook its rows are.
package struct SourceSettings: Equatable, Sendable {
    /// Over the path below the source's root.
    package let files: [Glob]
    /// Preferences: the first that finds any visible sheet decides, and all sheets it finds are read. Empty: the first visible sheet.
    package let sheets: [SheetSelector]
    package let header: HeaderSetting
    /// As in `A1:H99`.
    package let range: String?
    /// The name of an Excel table.
    package let table: String?
}

package enum SheetSelector: Equatable, Sendable {
    /// Counted from 1 over the visible sheets.
    case position(Int)
    case name(Glob)
}

package enum HeaderSetting: Equatable, Sendable {
    case automatic
    /// The row's number in the sheet, from 1.
    case row(Int)
    /// No header: columns are called A, B, C.
    case none
}

/// How the Parquet files of a dataset are written; nil leaves the program's default.
package struct ParquetSettings: Equatable, Sendable {
    package enum Codec: String, Equatable, Sendable {
        case zstd, gzip, none
    }

    package enum Encoding: String, Equatable, Sendable {
        case plain, delta, dictionary
    }

    package struct ColumnEncoding: Equatable, Sendable {
        /// Index of the field.
        package let field: Int
        package let encoding: Encoding
    }

    package let codec: Codec?
    package let level: Int?
    package let rowGroupRows: Int?
    package let pageRows: Int?
    package let splitBytes: Int?
    /// Field indexes.
    package let sortBy: [Int]
    package let bloom: [Int]
    package let encodings: [ColumnEncoding]

    static let defaults = ParquetSettings(
        codec: nil, level: nil, rowGroupRows: nil, pageRows: nil, splitBytes: nil, sortBy: [], bloom: [], encodings: [])
}
