import Testing

@testable import Parquet

@Suite struct BloomFilterTests {
    @Test(
        arguments: [
            ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("hello", 0x26C7_827D_889F_6DA3),
            ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
        ] as [(String, UInt64)])
    func hashesAreThoseOfXXHash(text: String, hash: UInt64) {
        #expect(Array(text.utf8).withUnsafeBytes { XXHash64.hash($0) } == hash)
    }

    @Test func oneValueSetsTheBitsOfTheSpecification() {
        var hashes = BloomHashes()
        ([1, 0, 0, 0, 0x61] as [UInt8]).withUnsafeBytes { hashes.add($0, type: .string) }
        #expect(
            hashes.filter().encode() == [
                0x15, 0x40, 0x1C, 0x1C, 0, 0, 0x1C, 0x1C, 0, 0, 0x1C, 0x1C, 0, 0, 0, 0, 0, 4, 0, 0, 0, 2, 0, 2, 0, 0, 0,
                0,
                0x10, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0x80,
            ])
    }

    @Test func filtersGrowWithDistinctValuesOnly() {
        var hashes = BloomHashes()
        for _ in 0..<10_000 { withUnsafeBytes(of: UInt64(7)) { hashes.add($0, type: .int64) } }
        #expect(hashes.filter().encode().count == 15 + 32)
        for value in 0..<10_000 { withUnsafeBytes(of: UInt64(value)) { hashes.add($0, type: .int64) } }
        // 10.5 bits a value for one percent, up to the next power of two.
        #expect(hashes.filter().encode().count == 17 + (16 << 10))
    }

    @Test func whatIsThereIsFoundAndLittleElse() {
        let salts: [UInt64] = [
            0x47B6_137B, 0x4497_4D91, 0x8824_AD5B, 0xA2B7_289D, 0x7054_95C7, 0x2DF1_424B, 0x9EFC_4947, 0x5C6B_FB31,
        ]
        var hashes = BloomHashes()
        for value in 0..<3000 { withUnsafeBytes(of: Int64(value)) { hashes.add($0, type: .int64) } }
        let filter = Array(hashes.filter().encode().dropFirst(16))
        #expect(filter.count == 4096)

        /// The specification's check, in words of its own.
        func mayContain(_ value: Int64) -> Bool {
            let hash = withUnsafeBytes(of: value) { XXHash64.hash($0) }
            let (high, low) = hash.quotientAndRemainder(dividingBy: 1 << 32)
            let block = Int(high * UInt64(filter.count / 32) / (1 << 32))
            for (index, salt) in salts.enumerated() {
                let bit = low * salt % (1 << 32) / (1 << 27)
                let place = block * 32 + index * 4 + Int(bit / 8)
                if filter[place] >> UInt8(bit % 8) & 1 == 0 { return false }
            }
            return true
        }
        #expect((0..<3000).allSatisfy { mayContain($0) })
        let mistaken = (1_000_000..<1_010_000).count { mayContain($0) }
        #expect(mistaken < 200, "one in a hundred is what the size is for")
    }
}
