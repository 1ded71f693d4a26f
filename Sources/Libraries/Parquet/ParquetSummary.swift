/// What a finished file holds.
package struct ParquetSummary {
    /// A column's nulls and bounds over the whole file. Long texts are cut as in the file's statistics.
    package struct Column {
        package let leaf: ParquetLeaf
        package let nullCount: Int
        package let minimum: PlainValue?
        package let maximum: PlainValue?
    }

    package let byteCount: Int
    package let rowCount: Int
    package let rowGroupCount: Int
    package let columns: [Column]
}

/// A value as its column's type gives it.
package enum PlainValue: Equatable, Sendable {
    case boolean(Bool)
    /// Integers, dates, times, timestamps, and decimals as their unscaled value.
    case integer(Int128)
    case double(Double)
    case text([UInt8])
}

extension PlainValue {
    /// Reads a value in PLAIN form, without a length.
    init(_ bytes: [UInt8], type: ParquetType) {
        switch type.physical {
        case .boolean: self = .boolean(bytes.first == 1)
        case .int32: self = .integer(Int128(bytes.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) }))
        case .int64: self = .integer(Int128(bytes.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }))
        case .double: self = .double(bytes.withUnsafeBytes { $0.loadUnaligned(as: Double.self) })
        case .byteArray: self = .text(bytes)
        case .fixedLengthByteArray:
            var value: Int128 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
            for byte in bytes { value = value << 8 | Int128(byte) }
            self = .integer(value)
        }
    }
}
