/// Entries of one column on their way into pages: values in PLAIN form (booleans one byte each), and one level byte
/// per entry where the column can be null or repeats.
///
/// Every row must give every column exactly one entry (for columns inside lists: one or more, the first with
/// repetition 0). Which `append` fits is the column's type; the caller matches them once, before the rows.
package struct ColumnBuffer: ~Copyable {
    let physical: PhysicalType
    private let fixedByteCount: Int
    private let valueDefinition: UInt8
    private let hasDefinitionLevels: Bool
    private let hasRepetitionLevels: Bool

    private(set) var values = GrowingBuffer(capacity: 1 << 10)
    private(set) var definitionLevels = GrowingBuffer(capacity: 64)
    private(set) var repetitionLevels = GrowingBuffer(capacity: 64)
    /// Entries: values and nulls, and what stands for an empty or absent list.
    private(set) var entryCount = 0
    private(set) var valueCount = 0
    /// Records that begin here.
    private(set) var rowCount = 0

    init(_ leaf: ParquetLeaf) {
        physical = leaf.type.physical
        fixedByteCount = leaf.type.fixedByteCount ?? 0
        valueDefinition = UInt8(leaf.maximumDefinition)
        hasDefinitionLevels = leaf.maximumDefinition > 0
        hasRepetitionLevels = leaf.maximumRepetition > 0
    }

    var nullCount: Int { entryCount - valueCount }

    mutating func removeAll() {
        values.removeAll()
        definitionLevels.removeAll()
        repetitionLevels.removeAll()
        entryCount = 0
        valueCount = 0
        rowCount = 0
    }

    // MARK: One entry

    /// A null, or what stands for an empty list: `definition` counts the fields on the way that are there.
    package mutating func appendNull(definition: UInt8 = 0, repetition: UInt8 = 0) {
        precondition(definition < valueDefinition, "a null in a required column")
        begin(definition, repetition)
    }

    /// A value of an int32, int64, date, time or timestamp column, or the unscaled value of a decimal to 18 digits.
    /// The caller has checked that it fits the type.
    package mutating func append(_ value: Int64, repetition: UInt8 = 0) {
        begin(valueDefinition, repetition)
        valueCount += 1
        if physical == .int32 {
            values.append(Int32(truncatingIfNeeded: value))
        } else {
            precondition(physical == .int64, "the column holds no integers")
            values.append(value)
        }
    }

    package mutating func append(_ value: Bool, repetition: UInt8 = 0) {
        precondition(physical == .boolean, "the column holds no booleans")
        begin(valueDefinition, repetition)
        valueCount += 1
        values.append(value ? UInt8(1) : UInt8(0))
    }

    package mutating func append(_ value: Double, repetition: UInt8 = 0) {
        precondition(physical == .double, "the column holds no doubles")
        begin(valueDefinition, repetition)
        valueCount += 1
        values.append(value)
    }

    /// UTF-8 text, which the caller has checked.
    package mutating func append(_ text: UnsafeRawBufferPointer, repetition: UInt8 = 0) {
        precondition(physical == .byteArray, "the column holds no texts")
        begin(valueDefinition, repetition)
        valueCount += 1
        values.appendWithLength(text)
    }

    /// The unscaled value of a decimal of 19 digits or more.
    package mutating func append(_ unscaled: Int128, repetition: UInt8 = 0) {
        precondition(physical == .fixedLengthByteArray, "the column holds no long decimals")
        begin(valueDefinition, repetition)
        valueCount += 1
        for shift in stride(from: (fixedByteCount - 1) * 8, through: 0, by: -8) {
            values.append(UInt8(truncatingIfNeeded: unscaled >> Int128(shift)))
        }
    }

    @inline(__always) private mutating func begin(_ definition: UInt8, _ repetition: UInt8) {
        if repetition == 0 { rowCount += 1 }
        entryCount += 1
        if hasDefinitionLevels { definitionLevels.append(definition) }
        if hasRepetitionLevels { repetitionLevels.append(repetition) }
    }

    // MARK: Many entries

    /// A place between two rows of a buffer.
    struct Place {
        var row = 0
        var entry = 0
        var value = 0
        /// Bytes of values before it.
        var byte = 0
    }

    /// The place behind all rows.
    var end: Place { Place(row: rowCount, entry: entryCount, value: valueCount, byte: values.count) }

    /// The place `rows` rows after `start`, or behind the row with which the values after `start` reach `byteLimit`.
    func place(after start: Place, rows: Int, byteLimit: Int) -> Place {
        let last = min(rowCount, start.row + rows)
        if last == rowCount, values.count - start.byte < byteLimit { return end }
        var place = start
        while place.row < last, place.byte - start.byte < byteLimit { step(&place) }
        return place
    }

    /// Moves a place behind its row.
    private func step(_ place: inout Place) {
        repeat {
            let isValue = !hasDefinitionLevels || level(definitionLevels, place.entry) == valueDefinition
            if isValue {
                place.byte += fixedByteCount > 0 ? fixedByteCount : 4 + textByteCount(at: place.byte)
                place.value += 1
            }
            place.entry += 1
        } while hasRepetitionLevels && place.entry < entryCount && level(repetitionLevels, place.entry) > 0
        place.row += 1
    }

    private func level(_ levels: borrowing GrowingBuffer, _ entry: Int) -> UInt8 {
        levels.base.load(fromByteOffset: entry, as: UInt8.self)
    }

    private func textByteCount(at byte: Int) -> Int {
        Int(values.base.loadUnaligned(fromByteOffset: byte, as: UInt32.self))
    }

    /// The bytes of a row's value without a length, or nil for null; for columns outside lists.
    func valueBytes(at place: Place) -> UnsafeRawBufferPointer? {
        if hasDefinitionLevels, level(definitionLevels, place.entry) < valueDefinition { return nil }
        let isText = physical == .byteArray
        let length = isText ? textByteCount(at: place.byte) : fixedByteCount
        return UnsafeRawBufferPointer(start: values.base + place.byte + (isText ? 4 : 0), count: length)
    }

    /// Takes over the rows between two places of another buffer of the same column.
    mutating func append(_ other: borrowing ColumnBuffer, from start: Place, to end: Place) {
        values.append(other.values, start.byte..<end.byte)
        if hasDefinitionLevels { definitionLevels.append(other.definitionLevels, start.entry..<end.entry) }
        if hasRepetitionLevels { repetitionLevels.append(other.repetitionLevels, start.entry..<end.entry) }
        entryCount += end.entry - start.entry
        valueCount += end.value - start.value
        rowCount += end.row - start.row
    }
}
