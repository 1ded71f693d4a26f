internal import Glibc

/// Says for sure that a value is not in a chunk, or that it may be (parquet-format BloomFilter.md, "Split Block Bloom
/// Filter"): blocks of 32 bytes, of which a value sets one bit in each of the eight words of one block.
struct BloomFilter {
    /// The share of values that are not there and seem to be.
    static let falsePositiveRate = 0.01
    /// Larger filters cost readers more than they save.
    static let byteLimit = 16 << 20

    private static let salts: [UInt32] = [
        0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
    ]

    private var words: [UInt32]

    /// A filter of the size that the number of distinct values asks for.
    init(distinctCount: Int) {
        let bits = -8 * Double(distinctCount) / log(1 - pow(Self.falsePositiveRate, 1.0 / 8))
        var byteCount = 32
        while Double(byteCount * 8) < bits, byteCount < Self.byteLimit { byteCount *= 2 }
        words = Array(repeating: 0, count: byteCount / 4)
    }

    mutating func insert(_ hash: UInt64) {
        let blockCount = UInt64(words.count / 8)
        let block = Int(((hash >> 32) * blockCount) >> 32)
        let low = UInt32(truncatingIfNeeded: hash)
        for index in 0..<8 { words[block * 8 + index] |= 1 << ((low &* Self.salts[index]) >> 27) }
    }

    /// parquet.thrift, BloomFilterHeader, and then the blocks.
    func encode() -> [UInt8] {
        var writer = ThriftCompactWriter()
        writer.appendStruct { header in
            header.writeInt32(1, words.count * 4)
            // Each is the only choice that there is: split blocks, xxHash, uncompressed.
            for field in 2...4 { header.writeStruct(field) { $0.writeEmptyStruct(1) } }
        }
        return writer.bytes + words.withUnsafeBytes { Array($0) }
    }
}

/// Gathers the hashes of a chunk's values until their number is known.
struct BloomHashes: ~Copyable {
    private var hashes = GrowingBuffer(capacity: 4 << 10)

    /// Adds values in PLAIN form.
    mutating func add(_ values: UnsafeRawBufferPointer, type: ParquetType) {
        var position = 0
        while position < values.count {
            var length = type.fixedByteCount ?? 0
            if type.physical == .byteArray {
                length = Int(values.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                position += 4
            }
            hashes.append(XXHash64.hash(UnsafeRawBufferPointer(rebasing: values[position..<position + length])))
            position += length
        }
    }

    /// The filter of all that was added.
    func filter() -> BloomFilter {
        let sorted = hashes.bytes.bindMemory(to: UInt64.self).sorted()
        var distinctCount = 0
        var previous: UInt64?
        for hash in sorted where hash != previous {
            distinctCount += 1
            previous = hash
        }
        var filter = BloomFilter(distinctCount: distinctCount)
        for hash in sorted { filter.insert(hash) }
        return filter
    }
}
