/// Values one after the other (parquet-format Encodings.md, "Plain"): numbers lowest byte first, texts with their
/// length in four bytes, booleans as bits from the lowest on.
enum PlainEncoding {
    /// Appends values as a page buffer holds them: that is PLAIN already, except for booleans.
    static func append(_ values: UnsafeRawBufferPointer, type: ParquetType, to output: inout GrowingBuffer) {
        guard type.physical == .boolean else { return output.append(values) }
        BitPacking.append(
            values.assumingMemoryBound(to: UInt8.self), paddedTo: (values.count + 7) / 8 * 8, width: 1, to: &output)
    }
}

/// The indices of a dictionary page's values (Encodings.md, "Dictionary Encoding"): the width in one byte, then runs.
enum IndexEncoding {
    /// `indices` has four bytes for each; `valueCount` is the size of the dictionary so far.
    static func append(_ indices: UnsafeRawBufferPointer, valueCount: Int, to output: inout GrowingBuffer) {
        let width = RunLengthEncoding.width(of: max(1, valueCount - 1))
        output.append(UInt8(width))
        RunLengthEncoding.append(indices.assumingMemoryBound(to: UInt32.self), width: width, to: &output)
    }
}

/// Repetition and definition levels as a V1 data page has them in front of its values: each with its length in four
/// bytes, and absent where there is only one level.
enum Levels {
    static func append(_ page: borrowing ColumnBuffer, of leaf: ParquetLeaf, to body: inout GrowingBuffer) {
        if leaf.maximumRepetition > 0 {
            append(page.repetitionLevels.bytes, maximum: leaf.maximumRepetition, to: &body)
        }
        if leaf.maximumDefinition > 0 {
            append(page.definitionLevels.bytes, maximum: leaf.maximumDefinition, to: &body)
        }
    }

    private static func append(_ levels: UnsafeRawBufferPointer, maximum: Int, to body: inout GrowingBuffer) {
        let start = body.count
        body.append(UInt32(0))
        RunLengthEncoding.append(
            levels.assumingMemoryBound(to: UInt8.self), width: RunLengthEncoding.width(of: maximum), to: &body)
        body.store(UInt32(truncatingIfNeeded: body.count - start - 4), at: start)
    }
}
