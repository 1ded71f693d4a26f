import Testing

@testable import Parquet

@Suite struct ThriftCompactTests {
    private func bytes(_ body: (inout ThriftCompactWriter) -> Void) -> [UInt8] {
        var writer = ThriftCompactWriter()
        writer.appendStruct(body)
        return writer.bytes
    }

    @Test func fieldHeadersHoldTheStepFromTheFieldBefore() {
        #expect(
            bytes {
                $0.writeInt32(1, 0)
                $0.writeInt32(5, -1)
                $0.writeInt64(20, 64)
                $0.writeInt64(36, 0)
            } == [0x15, 0x00, 0x45, 0x01, 0xF6, 0x80, 0x01, 0x06, 0x48, 0x00, 0x00])
    }

    @Test func nestedStructuresCountTheirOwnFields() {
        #expect(
            bytes {
                $0.writeStruct(3) { inner in
                    inner.writeBoolean(1, true)
                    inner.writeBoolean(2, false)
                }
                $0.writeInt16(4, 3)
            } == [0x3C, 0x11, 0x12, 0x00, 0x14, 0x06, 0x00])
    }

    @Test(
        arguments: [
            (0, [0x19, 0x05]), (14, [0x19, 0xE5]), (15, [0x19, 0xF5, 0x0F]), (200, [0x19, 0xF5, 0xC8, 0x01]),
        ] as [(Int, [UInt8])])
    func longListsHaveTheirSizeBehindTheHeader(count: Int, header: [UInt8]) {
        let list = bytes { $0.writeList(1, of: .int32, 0..<count) { writer, _ in writer.appendInteger(1) } }
        #expect(list == header + [UInt8](repeating: 2, count: count) + [0])
    }

    @Test(
        arguments: [
            (0, [0]), (-1, [1]), (1, [2]), (63, [0x7E]), (64, [0x80, 0x01]),
            (Int.max, [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
            (Int.min, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
        ] as [(Int, [UInt8])])
    func integersAreZigzagVarints(value: Int, expected: [UInt8]) {
        var writer = ThriftCompactWriter()
        writer.appendInteger(value)
        #expect(writer.bytes == expected)
    }

    @Test func booleanAndBinaryListsHaveOneByteTruthsAndLengths() {
        #expect(
            bytes {
                $0.writeList(1, of: .boolean, [true, false]) { $0.appendBoolean($1) }
                $0.writeList(2, of: .binary, [[0x61, 0x62], []]) { $0.appendBinary($1) }
            } == [0x19, 0x21, 0x01, 0x02, 0x19, 0x28, 0x02, 0x61, 0x62, 0x00, 0x00])
    }
}

@Suite struct PageHeaderTests {
    private func page(
        _ kind: EncodedPage.Kind, _ encoding: Parquet.Encoding, byteCount: Int, entries: Int, checksum: UInt32
    )
        -> [UInt8]
    {
        EncodedPage(
            kind: kind, encoding: encoding, body: [], storedByteCount: byteCount, plainByteCount: byteCount,
            checksum: checksum, entryCount: entries
        ).header()
    }

    @Test func dataPagesHaveTheBytesOfTheSpecification() {
        #expect(
            page(.data, .plain, byteCount: 10, entries: 5, checksum: 0) == [
                0x15, 0x00, 0x15, 0x14, 0x15, 0x14, 0x15, 0x00, 0x1C, 0x15, 0x0A, 0x15, 0x00, 0x15, 0x06, 0x15, 0x06,
                0x00, 0x00,
            ])
    }

    @Test func dictionaryPagesHaveTheBytesOfTheSpecification() {
        #expect(
            page(.dictionary, .plain, byteCount: 15, entries: 3, checksum: 0xFFFF_FFFF) == [
                0x15, 0x04, 0x15, 0x1E, 0x15, 0x1E, 0x15, 0x01, 0x3C, 0x15, 0x06, 0x15, 0x00, 0x12, 0x00, 0x00,
            ])
    }
}
