package import Bytes

/// What can keep a Parquet file from being written.
package enum ParquetError: Error, Equatable {
    /// The columns asked for cannot be written: none, a repeated or empty name, a decimal of impossible precision.
    case schema(String)
    /// The place the file goes to failed.
    case output(IOError)
    /// A page would be larger than the format's 31-bit sizes.
    case pageTooLarge(column: String, byteCount: Int)

    /// One line for a person.
    package var message: String {
        switch self {
        case .schema(let reason): reason
        case .output(let error): error.message
        case .pageTooLarge(let column, let byteCount):
            "column \(column): a page of \(byteCount) bytes is larger than Parquet can hold"
        }
    }
}
