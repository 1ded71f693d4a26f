/// Where a zip's directory lies: its end record (APPNOTE.TXT 4.3.16) and, for large archives, the zip64 one (4.3.14).
struct ZipEnd {
    let offset: Int
    let byteCount: Int
    let entryCount: Int
    /// Bytes in front of the archive that its own offsets do not count.
    let prefix: Int

    private static let recordByteCount = 22
    private static let locatorByteCount = 20

    /// Finds the end record: the last one whose comment fits into the file.
    static func find(in file: WorkbookFile) throws(XLSXError) -> ZipEnd {
        if try FileKind.isCompound(file) { throw try FileKind.explanation(of: file) }
        let tailCount = min(file.byteCount, recordByteCount + 0xFFFF)
        let tailOffset = file.byteCount - tailCount
        let tail = try file.bytes(at: tailOffset, count: tailCount)
        let record = LittleEndian(tail)
        var place = tail.count - recordByteCount
        while place >= 0 {
            if tail[place] == 0x50, record.uint32(place) == 0x0605_4B50, let comment = record.uint16(place + 20),
                place + recordByteCount + comment <= tail.count
            {
                return try read(record, place, tail: tailOffset, in: file)
            }
            place -= 1
        }
        throw try FileKind.explanation(of: file)
    }

    private static func read(
        _ record: LittleEndian, _ place: Int, tail tailOffset: Int, in file: WorkbookFile
    ) throws(XLSXError) -> ZipEnd {
        guard var entryCount = record.uint16(place + 10), var byteCount = record.uint32(place + 12),
            var offset = record.uint32(place + 16)
        else { throw .damagedZip(reason: "the zip's end record is cut") }
        var directoryEnd = tailOffset + place
        if entryCount == 0xFFFF || byteCount == 0xFFFF_FFFF || offset == 0xFFFF_FFFF,
            let large = try readLarge(in: file, before: directoryEnd)
        {
            (entryCount, byteCount, offset, directoryEnd) = large
        }
        let (expectedEnd, overflows) = offset.addingReportingOverflow(byteCount)
        guard !overflows, byteCount >= 0, offset >= 0, expectedEnd <= directoryEnd else {
            throw .damagedZip(reason: "the zip directory lies outside the file: the file is cut or damaged")
        }
        // What stands between the directory and its end (a signature) is no prefix: the first record is where it is said.
        let signature = LittleEndian(try file.bytes(at: offset, count: 4)).uint32(0)
        let prefix = signature == 0x0201_4B50 ? 0 : directoryEnd - expectedEnd
        return ZipEnd(offset: offset + prefix, byteCount: byteCount, entryCount: entryCount, prefix: prefix)
    }

    private static func readLarge(
        in file: WorkbookFile, before end: Int
    ) throws(XLSXError) -> (entryCount: Int, byteCount: Int, offset: Int, directoryEnd: Int)? {
        let locator = LittleEndian(try file.bytes(at: end - locatorByteCount, count: locatorByteCount))
        guard locator.uint32(0) == 0x0706_4B50, let place = locator.uint64(8) else { return nil }
        let record = LittleEndian(try file.bytes(at: place, count: 56))
        guard record.uint32(0) == 0x0606_4B50, let entryCount = record.uint64(32), let byteCount = record.uint64(40),
            let offset = record.uint64(48)
        else { throw .damagedZip(reason: "the zip64 end record is missing") }
        return (entryCount, byteCount, offset, place)
    }
}

/// Unsigned numbers at places in bytes, least significant byte first; nil outside.
struct LittleEndian {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    func uint16(_ place: Int) -> Int? { number(place, byteCount: 2) }
    func uint32(_ place: Int) -> Int? { number(place, byteCount: 4) }
    /// Nil also for what lies beyond 2^63.
    func uint64(_ place: Int) -> Int? { number(place, byteCount: 8) }

    private func number(_ place: Int, byteCount: Int) -> Int? {
        guard place >= 0, place <= bytes.count - byteCount else { return nil }
        var value: UInt64 = 0
        for index in (0..<byteCount).reversed() { value = value << 8 | UInt64(bytes[bytes.startIndex + place + index]) }
        return Int(exactly: value)
    }
}
