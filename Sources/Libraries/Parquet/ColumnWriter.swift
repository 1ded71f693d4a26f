/// Takes the values of one column, row by row. Pages are handed on as they fill.
///
/// Every row must give every column exactly one entry (for columns inside lists: one or more, the first with
/// repetition 0). Which `append` fits is the column's type; the caller has matched them once, before the rows.
package final class ColumnWriter {
    package let leaf: ParquetLeaf
    let encoder: ChunkEncoder
    private let pool: EncodingPool
    private let rowLimit: Int
    private let byteLimit: Int
    private var page: PagePointer
    private let hasDefinitionLevels: Bool
    private let hasRepetitionLevels: Bool
    private let valueDefinition: UInt8
    private let submitted: SubmittedBytes

    init(encoder: ChunkEncoder, pool: EncodingPool, submitted: SubmittedBytes, pageRows: Int, pageBytes: Int) {
        leaf = encoder.leaf
        self.encoder = encoder
        self.pool = pool
        self.submitted = submitted
        rowLimit = pageRows
        byteLimit = pageBytes
        page = pool.takePage()
        hasDefinitionLevels = leaf.maximumDefinition > 0
        hasRepetitionLevels = leaf.maximumRepetition > 0
        valueDefinition = UInt8(leaf.maximumDefinition)
    }

    deinit { pool.give(back: page) }

    /// A null, or what stands for an empty list: `definition` counts the fields on the way that are there.
    package func appendNull(definition: UInt8 = 0, repetition: UInt8 = 0) {
        precondition(hasDefinitionLevels && definition < valueDefinition, "a null in a required column")
        begin(definition, repetition)
    }

    /// A value of an int32, int64, date, time or timestamp column, or the unscaled value of a decimal to 18 digits.
    /// The caller has checked that it fits the type.
    package func append(_ value: Int64, repetition: UInt8 = 0) {
        begin(valueDefinition, repetition)
        page.pointee.valueCount += 1
        switch leaf.type.physical {
        case .int32: page.pointee.values.append(Int32(truncatingIfNeeded: value))
        case .int64: page.pointee.values.append(value)
        default: preconditionFailure("the column holds no integers")
        }
    }

    package func append(_ value: Bool, repetition: UInt8 = 0) {
        precondition(leaf.type.physical == .boolean, "the column holds no booleans")
        begin(valueDefinition, repetition)
        page.pointee.valueCount += 1
        page.pointee.values.append(value ? UInt8(1) : UInt8(0))
    }

    package func append(_ value: Double, repetition: UInt8 = 0) {
        precondition(leaf.type.physical == .double, "the column holds no doubles")
        begin(valueDefinition, repetition)
        page.pointee.valueCount += 1
        page.pointee.values.append(value)
    }

    /// UTF-8 text, which the caller has checked.
    package func append(_ text: UnsafeRawBufferPointer, repetition: UInt8 = 0) {
        precondition(leaf.type.physical == .byteArray, "the column holds no texts")
        begin(valueDefinition, repetition)
        page.pointee.valueCount += 1
        page.pointee.values.append(UInt32(truncatingIfNeeded: text.count))
        page.pointee.values.append(text)
    }

    /// The unscaled value of a decimal of 19 digits or more.
    package func append(_ unscaled: Int128, repetition: UInt8 = 0) {
        precondition(leaf.type.physical == .fixedLengthByteArray, "the column holds no long decimals")
        begin(valueDefinition, repetition)
        page.pointee.valueCount += 1
        let byteCount = leaf.type.fixedByteCount ?? 16
        for shift in stride(from: (byteCount - 1) * 8, through: 0, by: -8) {
            page.pointee.values.append(UInt8(truncatingIfNeeded: unscaled >> Int128(shift)))
        }
    }

    @inline(__always)
    private func begin(_ definition: UInt8, _ repetition: UInt8) {
        if repetition == 0 {
            // A page ends where a record ends.
            if page.pointee.rowCount >= rowLimit || page.pointee.values.count >= byteLimit { submit(isLast: false) }
            page.pointee.rowCount += 1
        }
        page.pointee.entryCount += 1
        if hasDefinitionLevels { page.pointee.definitionLevels.append(definition) }
        if hasRepetitionLevels { page.pointee.repetitionLevels.append(repetition) }
    }

    private func submit(isLast: Bool) {
        submitted.byteCount += page.pointee.values.count + page.pointee.entryCount
        let full = page
        page = pool.takePage()
        pool.submit(full, isLast: isLast, to: encoder)
    }

    /// Hands on what is left, at the end of a row group.
    func endChunk() { if page.pointee.entryCount > 0 { submit(isLast: true) } }
}

/// Counts what all columns of a file have handed on, in bytes of values and levels.
final class SubmittedBytes {
    var byteCount = 0
}
