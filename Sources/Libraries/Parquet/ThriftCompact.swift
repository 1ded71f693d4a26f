/// Writes structures in Thrift's compact protocol, the form of all Parquet metadata.
///
///     varint    = 7 bits a byte, least significant group first, high bit set on all bytes but the last
///     zigzag(n) = (n << 1) ^ (n >> 63)
///     field     = (id - previous id) << 4 | type        when the difference is 1...15
///               | type, varint(zigzag(id))              otherwise
///     struct    = field... 0x00
///     list      = size << 4 | element type              when size < 15
///               | 0xF0 | element type, varint(size)     otherwise
///     binary    = varint(length), bytes
///     boolean field: the type itself says true (1) or false (2)
struct ThriftCompactWriter {
    enum ElementType: UInt8 {
        case boolean = 1
        case byte = 3
        case int16 = 4
        case int32 = 5
        case int64 = 6
        case binary = 8
        case list = 9
        case structure = 12
    }

    private(set) var bytes: [UInt8] = []
    private var previousID = 0
    private var outerIDs: [Int] = []

    // MARK: Fields

    mutating func writeBoolean(_ id: Int, _ value: Bool) { writeHeader(id, type: value ? 1 : 2) }

    mutating func writeByte(_ id: Int, _ value: Int8) {
        writeHeader(id, type: ElementType.byte.rawValue)
        bytes.append(UInt8(bitPattern: value))
    }

    mutating func writeInt16(_ id: Int, _ value: Int) { writeInteger(id, value, .int16) }
    mutating func writeInt32(_ id: Int, _ value: Int) { writeInteger(id, value, .int32) }
    mutating func writeInt64(_ id: Int, _ value: Int) { writeInteger(id, value, .int64) }

    mutating func writeBinary(_ id: Int, _ value: [UInt8]) {
        writeHeader(id, type: ElementType.binary.rawValue)
        appendBinary(value)
    }

    mutating func writeString(_ id: Int, _ value: String) { writeBinary(id, Array(value.utf8)) }

    mutating func writeStruct(_ id: Int, _ body: (inout ThriftCompactWriter) -> Void) {
        writeHeader(id, type: ElementType.structure.rawValue)
        appendStruct(body)
    }

    /// A union is a structure with one field; most of Parquet's have an empty structure in it.
    mutating func writeEmptyStruct(_ id: Int) { writeStruct(id) { _ in } }

    /// Writes a list; `element` appends one of its elements with an `append` function.
    mutating func writeList<Elements: Collection>(
        _ id: Int, of type: ElementType, _ elements: Elements,
        _ element: (inout ThriftCompactWriter, Elements.Element) -> Void
    ) {
        writeHeader(id, type: ElementType.list.rawValue)
        if elements.count < 15 {
            bytes.append(UInt8(elements.count) << 4 | type.rawValue)
        } else {
            bytes.append(0xF0 | type.rawValue)
            appendVariable(UInt64(elements.count))
        }
        for value in elements { element(&self, value) }
    }

    // MARK: List elements

    mutating func appendStruct(_ body: (inout ThriftCompactWriter) -> Void) {
        outerIDs.append(previousID)
        previousID = 0
        body(&self)
        bytes.append(0)
        previousID = outerIDs.removeLast()
    }

    mutating func appendInteger(_ value: Int) {
        appendVariable(UInt64(bitPattern: Int64(value << 1 ^ value >> (Int.bitWidth - 1))))
    }

    mutating func appendBinary(_ value: [UInt8]) {
        appendVariable(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func appendBoolean(_ value: Bool) { bytes.append(value ? 1 : 2) }

    // MARK: Parts

    private mutating func writeInteger(_ id: Int, _ value: Int, _ type: ElementType) {
        writeHeader(id, type: type.rawValue)
        appendInteger(value)
    }

    private mutating func writeHeader(_ id: Int, type: UInt8) {
        let step = id - previousID
        if 1...15 ~= step {
            bytes.append(UInt8(step) << 4 | type)
        } else {
            bytes.append(type)
            appendInteger(id)
        }
        previousID = id
    }

    private mutating func appendVariable(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
