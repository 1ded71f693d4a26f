/// Whole numbers as differences (parquet-format Encodings.md, "Delta Encoding (DELTA_BINARY_PACKED = 5)").
///
///     page    = <block size> <miniblocks per block> <number of values> <first value, zigzag> block...
///     block   = <smallest difference, zigzag> <bit width of each miniblock, one byte each> miniblock...
///     miniblock = (difference - smallest difference)..., packed in its bit width, the last one padded with zeros
///
/// The numbers in front are ULEB128. Arithmetic wraps, so that every value can follow every other. Miniblocks without
/// a value have width 0 and no bytes.
enum DeltaBinaryPacking {
    private static let miniblockCount = 4

    /// Appends values in PLAIN form: of eight bytes each where `isWide`, else of four.
    static func append(_ values: UnsafeRawBufferPointer, isWide: Bool, to output: inout GrowingBuffer) {
        if isWide {
            append(values, as: Int64.self, blockSize: 256, to: &output)
        } else {
            append(values, as: Int32.self, blockSize: 128, to: &output)
        }
    }

    private static func append<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>(
        _ values: UnsafeRawBufferPointer, as type: Value.Type, blockSize: Int, to output: inout GrowingBuffer
    ) where Value.Magnitude: FixedWidthInteger & UnsignedInteger {
        let width = MemoryLayout<Value>.size
        let count = values.count / width
        func value(_ index: Int) -> Value { values.loadUnaligned(fromByteOffset: index * width, as: Value.self) }
        output.appendVariable(UInt64(blockSize))
        output.appendVariable(UInt64(miniblockCount))
        output.appendVariable(UInt64(count))
        output.appendVariable(zigzag(count > 0 ? Int64(value(0)) : 0))
        var deltas = [Value](repeating: 0, count: blockSize)
        var start = 1
        while start < count {
            let length = min(blockSize, count - start)
            var smallest = Value.max
            for index in 0..<length {
                deltas[index] = value(start + index) &- value(start + index - 1)
                smallest = min(smallest, deltas[index])
            }
            appendBlock(deltas, length, smallest, to: &output)
            start += length
        }
    }

    private static func appendBlock<Value: FixedWidthInteger & SignedInteger>(
        _ deltas: [Value], _ count: Int, _ smallest: Value, to output: inout GrowingBuffer
    ) where Value.Magnitude: FixedWidthInteger & UnsignedInteger {
        output.appendVariable(zigzag(Int64(smallest)))
        let size = deltas.count / miniblockCount
        let parts = stride(from: 0, to: deltas.count, by: size).map { $0..<max($0, min($0 + size, count)) }
        var widths: [Int] = []
        for part in parts {
            var all: Value.Magnitude = 0
            for index in part { all |= Value.Magnitude(truncatingIfNeeded: deltas[index] &- smallest) }
            widths.append(Value.bitWidth - all.leadingZeroBitCount)
            output.append(UInt8(widths[widths.count - 1]))
        }
        for (part, width) in zip(parts, widths) where !part.isEmpty {
            var packer = WidePacker()
            for index in part {
                let distance = Value.Magnitude(truncatingIfNeeded: deltas[index] &- smallest)
                packer.append(UInt64(truncatingIfNeeded: distance), width: width, to: &output)
            }
            for _ in part.count..<size { packer.append(0, width: width, to: &output) }
        }
    }

    private static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: value << 1 ^ value >> 63) }

    /// Packs values of up to 64 bits, the lowest bit first. As many as fill whole bytes must be given.
    private struct WidePacker {
        private var pending: UInt64 = 0
        private var bits = 0

        mutating func append(_ value: UInt64, width: Int, to output: inout GrowingBuffer) {
            if width > 32 {
                append(value & 0xFFFF_FFFF, width: 32, to: &output)
                return append(value >> 32, width: width - 32, to: &output)
            }
            pending |= value << UInt64(bits)
            bits += width
            while bits >= 8 {
                output.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                bits -= 8
            }
        }
    }
}

/// Texts as their lengths, delta packed, and then their bytes (Encodings.md, "Delta-length byte array").
enum DeltaLengthEncoding {
    /// Appends texts in PLAIN form.
    static func append(_ values: UnsafeRawBufferPointer, to output: inout GrowingBuffer) {
        var lengths = GrowingBuffer(capacity: 4 << 10)
        forEachText(values) { lengths.append(UInt32($0.count)) }
        DeltaBinaryPacking.append(lengths.bytes, isWide: false, to: &output)
        forEachText(values) { output.append($0) }
    }

    private static func forEachText(_ values: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var position = 0
        while position < values.count {
            let length = Int(values.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            position += 4
            body(UnsafeRawBufferPointer(rebasing: values[position..<position + length]))
            position += length
        }
    }
}

/// The first byte of every value, then the second of every value, and so on (Encodings.md, "Byte Stream Split").
enum ByteStreamSplit {
    static func append(_ values: UnsafeRawBufferPointer, byteCount: Int, to output: inout GrowingBuffer) {
        let target = output.reserve(values.count)
        let count = values.count / byteCount
        for byte in 0..<byteCount {
            for index in 0..<count {
                target.storeBytes(
                    of: values[index * byteCount + byte], toByteOffset: byte * count + index, as: UInt8.self)
            }
        }
        output.advance(values.count)
    }
}
