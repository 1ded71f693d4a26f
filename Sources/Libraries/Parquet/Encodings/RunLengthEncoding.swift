/// The hybrid of run lengths and bit packing that holds levels and dictionary indices
/// (parquet-format Encodings.md, "Run Length Encoding / Bit-Packing Hybrid").
///
///     runs   = run...
///     run    = varint(count << 1), value                      one value, count times, in ceil(width / 8) bytes
///            | varint(groups << 1 | 1), 8 * groups values     packed, `width` bits each, lowest bit first
///
/// Only the last packed group may be padded. So a run of equal values first fills the open group of eight.
enum RunLengthEncoding {
    /// Equal values from this many on are stored as a run.
    private static let shortestRun = 8

    /// The bits that hold all values up to `maximum`.
    static func width(of maximum: Int) -> Int { Int.bitWidth - maximum.leadingZeroBitCount }

    /// Appends `values`, each below 2 to the power of `width` (0...32).
    static func append<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, width: Int, to output: inout GrowingBuffer
    ) {
        var position = 0
        var packedStart = 0
        while position < values.count {
            let value = values[position]
            var end = position + 1
            while end < values.count, values[end] == value { end += 1 }
            let open = (position - packedStart) & 7
            if open != 0 {
                position = min(end, position + 8 - open)
            } else if end - position >= shortestRun {
                pack(UnsafeBufferPointer(rebasing: values[packedStart..<position]), width: width, to: &output)
                appendRun(of: UInt32(truncatingIfNeeded: value), count: end - position, width: width, to: &output)
                position = end
                packedStart = end
            } else {
                position = end
            }
        }
        pack(UnsafeBufferPointer(rebasing: values[packedStart...]), width: width, to: &output)
    }

    /// Appends one value, `count` times.
    static func appendRun(of value: UInt32, count: Int, width: Int, to output: inout GrowingBuffer) {
        output.appendVariable(UInt64(count) << 1)
        var rest = value
        for _ in 0..<(width + 7) / 8 {
            output.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    private static func pack<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, width: Int, to output: inout GrowingBuffer
    ) {
        if values.isEmpty { return }
        let groups = (values.count + 7) / 8
        output.appendVariable(UInt64(groups) << 1 | 1)
        BitPacking.append(values, paddedTo: groups * 8, width: width, to: &output)
    }
}

/// Values side by side, `width` bits each, the lowest bit of the first value first.
enum BitPacking {
    /// Appends `values` and then zeros up to `paddedTo` values; all of them must fill whole bytes.
    @inline(__always)
    static func append<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ values: UnsafeBufferPointer<Value>, paddedTo total: Int, width: Int, to output: inout GrowingBuffer
    ) {
        let byteCount = total * width / 8
        // The loop stores four bytes at a time and may run over the end by three.
        let target = output.reserve(byteCount + 8)
        var pending: UInt64 = 0
        var bits = 0
        var written = 0
        for value in values {
            pending |= UInt64(truncatingIfNeeded: value) << UInt64(bits)
            bits += width
            if bits >= 32 {
                target.storeBytes(of: UInt32(truncatingIfNeeded: pending), toByteOffset: written, as: UInt32.self)
                written += 4
                pending >>= 32
                bits -= 32
            }
        }
        while written < byteCount {
            target.storeBytes(of: UInt8(truncatingIfNeeded: pending), toByteOffset: written, as: UInt8.self)
            written += 1
            pending >>= 8
        }
        output.advance(byteCount)
    }
}
