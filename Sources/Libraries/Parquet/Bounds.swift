internal import Glibc

/// The smallest and the largest of some values, as PLAIN bytes without a length.
struct Bounds: Equatable {
    var minimum: [UInt8]
    var maximum: [UInt8]
}

/// In which order a column's values stand (parquet.thrift, ColumnOrder TYPE_ORDER).
enum ValueOrder: Equatable {
    case boolean
    case int32
    case int64
    /// NaN takes no part; both zeros are one.
    case double
    /// Unsigned, byte by byte: text.
    case bytes
    /// Two's complement, highest byte first: decimals.
    case signedBytes

    init(_ type: ParquetType) {
        switch type.physical {
        case .boolean: self = .boolean
        case .int32: self = .int32
        case .int64: self = .int64
        case .double: self = .double
        case .byteArray: self = .bytes
        case .fixedLengthByteArray: self = .signedBytes
        }
    }

    /// True when `left` stands before `right`.
    func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        switch self {
        case .boolean, .bytes: left.lexicographicallyPrecedes(right)
        case .int32: Self.value(left, as: Int32.self) < Self.value(right, as: Int32.self)
        case .int64: Self.value(left, as: Int64.self) < Self.value(right, as: Int64.self)
        case .double: Self.value(left, as: Double.self) < Self.value(right, as: Double.self)
        case .signedBytes: Self.signKeyed(left).lexicographicallyPrecedes(Self.signKeyed(right))
        }
    }

    /// The bounds that hold both.
    func union(_ left: Bounds?, _ right: Bounds?) -> Bounds? {
        guard let left, let right else { return left ?? right }
        return Bounds(
            minimum: precedes(right.minimum, left.minimum) ? right.minimum : left.minimum,
            maximum: precedes(left.maximum, right.maximum) ? right.maximum : left.maximum)
    }

    private static func value<Value: BitwiseCopyable>(_ bytes: [UInt8], as type: Value.Type) -> Value {
        bytes.withUnsafeBytes { $0.loadUnaligned(as: type) }
    }

    /// With the sign bit turned, two's complement of equal length compares as unsigned bytes.
    private static func signKeyed(_ bytes: [UInt8]) -> [UInt8] {
        var keyed = bytes
        if let first = bytes.first { keyed[0] = first ^ 0x80 }
        return keyed
    }
}

/// Finds the bounds of the values of one page.
enum PageBounds {
    /// The bounds of values in PLAIN form, and how many are NaN. Nil bounds: there is no value to bound.
    static func find(
        _ values: UnsafeRawBufferPointer, count: Int, type: ParquetType
    ) -> (bounds: Bounds?, nanCount: Int) {
        if count == 0 { return (nil, 0) }
        switch type.physical {
        case .boolean: return (integers(values, as: UInt8.self), 0)
        case .int32: return (integers(values, as: Int32.self), 0)
        case .int64: return (integers(values, as: Int64.self), 0)
        case .double: return doubles(values)
        case .byteArray: return (texts(values), 0)
        case .fixedLengthByteArray: return (signedBytes(values, width: values.count / count), 0)
        }
    }

    private static func integers<Value: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafeRawBufferPointer, as type: Value.Type
    ) -> Bounds {
        let list = values.assumingMemoryBound(to: Value.self)
        var minimum = list[0]
        var maximum = minimum
        for value in list {
            minimum = min(minimum, value)
            maximum = max(maximum, value)
        }
        return Bounds(minimum: plain(minimum), maximum: plain(maximum))
    }

    private static func doubles(_ values: UnsafeRawBufferPointer) -> (Bounds?, Int) {
        var minimum = Double.infinity
        var maximum = -Double.infinity
        var nanCount = 0
        for value in values.assumingMemoryBound(to: Double.self) {
            if value.isNaN { nanCount += 1 }
            if value < minimum { minimum = value }
            if value > maximum { maximum = value }
        }
        if minimum > maximum { return (nil, nanCount) }
        // A zero stands for both: readers may compare with either.
        if minimum == 0 { minimum = -0.0 }
        if maximum == 0 { maximum = 0.0 }
        return (Bounds(minimum: plain(minimum), maximum: plain(maximum)), nanCount)
    }

    private static func plain<Value: BitwiseCopyable>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    /// Texts are length (four bytes), bytes, length, bytes, ...
    private static func texts(_ values: UnsafeRawBufferPointer) -> Bounds {
        var position = 0
        var minimum = Text(values, at: 0)
        var maximum = minimum
        while position < values.count {
            let text = Text(values, at: position)
            position = text.end
            if text.precedes(minimum, in: values) {
                minimum = text
            } else if maximum.precedes(text, in: values) {
                maximum = text
            }
        }
        return Bounds(minimum: minimum.bytes(of: values), maximum: maximum.bytes(of: values))
    }

    /// The place of a text and its first eight bytes as a number, which settles nearly all comparisons.
    private struct Text {
        let start: Int
        let count: Int
        let prefix: UInt64

        var end: Int { start + count }

        @inline(__always) init(_ values: UnsafeRawBufferPointer, at position: Int) {
            count = Int(values.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            start = position + 4
            if count >= 8 {
                prefix = values.loadUnaligned(fromByteOffset: start, as: UInt64.self).bigEndian
            } else {
                var short: UInt64 = 0
                for offset in 0..<count { short |= UInt64(values[start + offset]) << UInt64(56 - 8 * offset) }
                prefix = short
            }
        }

        @inline(__always) func precedes(_ other: Text, in values: UnsafeRawBufferPointer) -> Bool {
            if prefix != other.prefix { return prefix < other.prefix }
            guard let base = values.baseAddress else { return false }
            let order = memcmp(base + start, base + other.start, min(count, other.count))
            return order != 0 ? order < 0 : count < other.count
        }

        func bytes(of values: UnsafeRawBufferPointer) -> [UInt8] { Array(values[start..<end]) }
    }

    private static func signedBytes(_ values: UnsafeRawBufferPointer, width: Int) -> Bounds {
        let order = ValueOrder.signedBytes
        var minimum = Array(values[..<width])
        var maximum = minimum
        for start in stride(from: width, to: values.count, by: width) {
            let value = Array(values[start..<start + width])
            if order.precedes(value, minimum) { minimum = value }
            if order.precedes(maximum, value) { maximum = value }
        }
        return Bounds(minimum: minimum, maximum: maximum)
    }
}
