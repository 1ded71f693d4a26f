import Digests
import TestSupport
import Testing

@Suite struct CRC64Tests {
    /// Checked against the vendor's own extension module.
    @Test(arguments: [
        ([], "AAAAAAAAAAA="), (Array("123456789".utf8), "iJh5CoYUi64="), (Array("hello world".utf8), "vo7q9sPVKY0="),
        ((0..<1024).map { UInt8(truncatingIfNeeded: $0) }, "RxTQGC+NjYg="),
    ])
    func knownBytes(bytes: [UInt8], text: String) { #expect(CRC64.text(of: bytes) == text) }

    @Test func theCheckValueOfTheCatalogue() {
        var checksum = CRC64()
        Array("123456789".utf8).withUnsafeBytes { checksum.update($0) }
        #expect(checksum.value == 0xAE8B_1486_0A79_9888)
    }

    @Test func bytesInAnyPiecesGiveOneChecksum() {
        var random = SeededRandom(seed: 64)
        let bytes = (0..<1000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let whole = CRC64.text(of: bytes)
        for _ in 0..<50 {
            var checksum = CRC64()
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + Int.random(in: 0...70, using: &random))
                bytes[start..<end].withUnsafeBytes { checksum.update($0) }
                start = end
            }
            #expect(checksum.text == whole)
        }
    }

    @Test func checksumsOfPiecesAreJoined() {
        var random = SeededRandom(seed: 66)
        let bytes = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for _ in 0..<50 {
            let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
            var joined = CRC64()
            for (start, end) in zip([0] + cuts, cuts + [bytes.count]) {
                var piece = CRC64()
                bytes[start..<end].withUnsafeBytes { piece.update($0) }
                joined.append(piece, byteCount: end - start)
            }
            #expect(joined.text == CRC64.text(of: bytes), "cut at \(cuts)")
            // What is joined goes on like any other.
            bytes.withUnsafeBytes { joined.update($0) }
            #expect(joined.text == CRC64.text(of: bytes + bytes))
        }
    }

    @Test func anyChangedBitChangesIt() {
        let bytes = [UInt8](repeating: 0x5A, count: 40)
        let whole = CRC64.text(of: bytes)
        for bit in 0..<(bytes.count * 8) {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(CRC64.text(of: changed) != whole)
        }
    }

    /// The check value of the catalogue pins the tables; folding must be the same at every length and place.
    @Test func foldingGivesWhatTheTablesGive() {
        var random = SeededRandom(seed: 65)
        let bytes = (0..<3000).map { _ in UInt8.random(in: 0...255, using: &random) }
        for start in [0, 1, 7, 8, 15] {
            for count in Array(0...300) + [1023, 1024, 1025, 2048, 2900] {
                let part = bytes[start..<(start + count)]
                var (folded, tabled) = (CRC64(), CRC64(folding: false))
                part.withUnsafeBytes { piece in
                    for _ in 0..<2 {
                        folded.update(piece)
                        tabled.update(piece)
                    }
                }
                #expect(folded.value == tabled.value, "\(count) bytes from \(start)")
            }
        }
    }
}
