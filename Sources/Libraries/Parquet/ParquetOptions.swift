/// How a file is laid out.
package struct ParquetOptions: Sendable {
    package static let defaultRowGroupRows = 1_048_576
    package static let defaultRowGroupBytes = 128 << 20
    package static let defaultPageRows = 20_000
    package static let defaultPageBytes = 1 << 20
    /// Larger than others allow (1 MiB), on purpose: 33,000 product ids of 32 characters are 1.2 MB, and as a
    /// dictionary they and their indices take a third of what they take plain (2026-11).
    package static let defaultDictionaryBytes = 4 << 20
    /// All open pages together, so that a table of a thousand columns does not need a gigabyte.
    static let openPageBytes = 64 << 20
    static let smallestPageBytes = 16 << 10

    package var codec = ParquetCodec.default
    /// A row group ends after this many rows, or earlier when its encoded pages reach the bytes below.
    package var rowGroupRows = defaultRowGroupRows
    package var rowGroupBytes = defaultRowGroupBytes
    /// A page ends after this many records or bytes of values.
    package var pageRows = defaultPageRows
    package var pageBytes = defaultPageBytes
    package var dictionaryBytes = defaultDictionaryBytes
    /// From how many bytes on a file is full; nil for never.
    package var fileBytes: Int?
    /// What is asked for single columns, by the number of their leaf.
    package var columns: [Int: ParquetColumnOptions] = [:]
    /// The columns by which the caller has ordered the rows, most important first: readers are told so.
    package var sortedBy: [ParquetSortColumn] = []
    /// Name and version of the program, as readers parse it: `name version 1.2.3`.
    package var createdBy = "sluice version 0.0.0"
    /// Texts kept in the footer, in this order.
    package var keyValues: [(key: String, value: String)] = []

    package init() {}
}

/// What is asked for one column.
package struct ParquetColumnOptions: Equatable, Sendable {
    package var encoding = ColumnEncoding.automatic
    /// A filter with which readers skip row groups that lack a value. Not for booleans.
    package var hasBloomFilter = false

    package init() {}
}

/// A column by which rows are ordered.
package struct ParquetSortColumn: Equatable, Sendable {
    package let leaf: Int
    package let isDescending: Bool
    package let nullsFirst: Bool

    package init(leaf: Int, isDescending: Bool, nullsFirst: Bool) {
        self.leaf = leaf
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}
