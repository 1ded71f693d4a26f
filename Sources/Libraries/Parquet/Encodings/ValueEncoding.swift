/// How a column's values are to be stored.
package enum ColumnEncoding: Equatable, Sendable {
    /// PLAIN or a dictionary, whichever is smaller for the first page: what all readers understand.
    case automatic
    case plain
    /// A dictionary, until it grows too large; PLAIN for booleans.
    case dictionary
    /// DELTA_BINARY_PACKED for whole numbers and DELTA_LENGTH_BYTE_ARRAY for texts: small, and not for all readers.
    case delta
    /// BYTE_STREAM_SPLIT, for numbers: compresses well where their high bytes are alike, and not for all readers.
    case byteStreamSplit

    /// True when values of the type can be stored so.
    package func fits(_ type: ParquetType) -> Bool { encoding(of: type) != nil }

    /// Nil where values of the type cannot be stored so.
    func encoding(of type: ParquetType) -> Encoding? {
        switch (self, type.physical) {
        case (.automatic, _), (.plain, _), (.dictionary, _): .plain
        case (.delta, .int32), (.delta, .int64): .deltaBinaryPacked
        case (.delta, .byteArray): .deltaLengthByteArray
        case (.delta, _): nil
        case (.byteStreamSplit, .boolean), (.byteStreamSplit, .byteArray): nil
        case (.byteStreamSplit, _): .byteStreamSplit
        }
    }
}

/// Puts the values of a page into the form that its encoding asks for.
enum ValueEncoding {
    /// Appends values as a column buffer holds them.
    static func append(
        _ values: UnsafeRawBufferPointer, type: ParquetType, _ encoding: Encoding, to output: inout GrowingBuffer
    ) {
        switch encoding {
        case .deltaBinaryPacked:
            DeltaBinaryPacking.append(values, isWide: type.physical == .int64, to: &output)
        case .deltaLengthByteArray: DeltaLengthEncoding.append(values, to: &output)
        case .byteStreamSplit: ByteStreamSplit.append(values, byteCount: type.fixedByteCount ?? 1, to: &output)
        case .plain, .dictionary, .runLength: PlainEncoding.append(values, type: type, to: &output)
        }
    }
}
