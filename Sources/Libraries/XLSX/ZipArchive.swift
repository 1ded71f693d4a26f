internal import Bytes

/// One member of a zip, as the central directory describes it.
struct ZipEntry: Sendable {
    let name: String
    /// 0 is stored, 8 is DEFLATE; workbooks use no other.
    let method: Int
    let isEncrypted: Bool
    let crc: UInt32
    let packedByteCount: Int
    let byteCount: Int
    let headerOffset: Int
}

/// The directory of a zip file (APPNOTE.TXT 6.3.10):
///
///     [prefix] local header + data [+ descriptor] ... | directory record * n | zip64 end + locator | end + comment
///
/// Only the directory is believed: sizes in local headers may be missing (data descriptors) and are not looked at.
struct ZipArchive: Sendable {
    let file: WorkbookFile
    let entries: [ZipEntry]
    private let places: [String: Int]
    /// Bytes in front of the zip that its own offsets do not count.
    private let prefix: Int

    /// Reads the directory. Throws for a file that is no zip, cut, damaged or holds two members of one name.
    init(_ file: WorkbookFile, limits: XLSXLimits) throws(XLSXError) {
        self.file = file
        let end = try ZipEnd.find(in: file)
        guard end.byteCount <= limits.directoryBytes else {
            throw .limitExceeded(
                part: "zip directory", cell: nil, limit: "directoryBytes", value: limits.directoryBytes)
        }
        guard end.entryCount <= limits.entryCount else {
            throw .limitExceeded(part: "zip directory", cell: nil, limit: "entryCount", value: limits.entryCount)
        }
        prefix = end.prefix
        let directory = try file.bytes(at: end.offset, count: end.byteCount)
        guard directory.count == end.byteCount else { throw .damagedZip(reason: "the zip directory is cut") }
        var entries: [ZipEntry] = []
        var places: [String: Int] = [:]
        var position = 0
        for _ in 0..<end.entryCount {
            let entry = try Self.record(directory, &position)
            // Folders hold nothing, and some packers list one for every file in it.
            if entry.name.hasSuffix("/") { continue }
            if places.updateValue(entries.count, forKey: Self.key(entry.name)) != nil {
                throw .damagedZip(reason: "two members are named \(entry.name)")
            }
            entries.append(entry)
        }
        self.entries = entries
        self.places = places
    }

    /// The member of that name; case, leading slashes, the kind of slash and `%20` for a space do not matter.
    func entry(_ name: String) -> ZipEntry? { places[Self.key(name)].map { entries[$0] } }

    /// Where the member's data begins: behind its local header, whose name and extra field have lengths of their own.
    func dataOffset(of entry: ZipEntry) throws(XLSXError) -> Int {
        let (offset, overflows) = entry.headerOffset.addingReportingOverflow(prefix)
        guard !overflows else { throw .damagedPart(part: entry.name, reason: "its place lies outside the file") }
        let header = LittleEndian(try file.bytes(at: offset, count: 30))
        guard header.uint32(0) == 0x0403_4B50, let nameCount = header.uint16(26), let extraCount = header.uint16(28)
        else { throw .damagedPart(part: entry.name, reason: "its local header is missing") }
        return offset + 30 + nameCount + extraCount
    }

    /// Bytes that any part may have, however small it is packed.
    private static let freeByteCount = 32 << 20

    /// Throws for a part that is far too large for its packed bytes: a zip bomb. For parts that are kept in memory.
    func checkExpansion(of entry: ZipEntry, limits: XLSXLimits) throws(XLSXError) {
        let packed = max(1, entry.packedByteCount)
        guard entry.byteCount > Self.freeByteCount, entry.byteCount / packed >= limits.expansionRatio else { return }
        throw .limitExceeded(part: entry.name, cell: nil, limit: "expansionRatio", value: limits.expansionRatio)
    }

    private static func key(_ name: String) -> String {
        var key: [UInt8] = []
        let decoded = name.utf8.contains(0x25) ? PercentEncoding.decode(name) : nil
        for byte in (decoded ?? name).utf8 {
            switch byte {
            case 0x5C: key.append(0x2F)
            case 0x41...0x5A: key.append(byte + 0x20)
            default: key.append(byte)
            }
        }
        if key.starts(with: [0x2E, 0x2F]) { key.removeFirst() }
        return String(decoding: key.drop { $0 == 0x2F }, as: UTF8.self)
    }

    /// A directory record (4.3.12), with its zip64 field (4.5.3) where a 32-bit number does not suffice.
    private static func record(_ directory: [UInt8], _ position: inout Int) throws(XLSXError) -> ZipEntry {
        let record = LittleEndian(directory[position...].prefix(46))
        guard record.uint32(0) == 0x0201_4B50, let flags = record.uint16(8), let method = record.uint16(10),
            let crc = record.uint32(16), var packed = record.uint32(20), var size = record.uint32(24),
            let nameCount = record.uint16(28), let extraCount = record.uint16(30),
            let commentCount = record.uint16(32), var headerOffset = record.uint32(42)
        else { throw .damagedZip(reason: "the zip directory is damaged") }
        let nameStart = position + 46
        position = nameStart + nameCount + extraCount + commentCount
        guard position <= directory.count else { throw .damagedZip(reason: "the zip directory is damaged") }
        let name = String(decoding: directory[nameStart..<nameStart + nameCount], as: UTF8.self)
        var extra = directory[(nameStart + nameCount)..<(nameStart + nameCount + extraCount)]
        while extra.count >= 4 {
            let field = LittleEndian(extra)
            guard let identifier = field.uint16(0), let count = field.uint16(2) else { break }
            if identifier == 1 {
                let values = LittleEndian(extra.dropFirst(4).prefix(count))
                var next = 0
                for keyPath in [\Zip64Numbers.size, \.packed, \.headerOffset] {
                    var numbers = Zip64Numbers(size: size, packed: packed, headerOffset: headerOffset)
                    guard numbers[keyPath: keyPath] == 0xFFFF_FFFF, let value = values.uint64(next) else { continue }
                    numbers[keyPath: keyPath] = value
                    (size, packed, headerOffset) = (numbers.size, numbers.packed, numbers.headerOffset)
                    next += 8
                }
            }
            extra = extra.dropFirst(4 + count)
        }
        return ZipEntry(
            name: name, method: method, isEncrypted: flags & 1 == 1, crc: UInt32(truncatingIfNeeded: crc),
            packedByteCount: packed, byteCount: size, headerOffset: headerOffset)
    }

    private struct Zip64Numbers {
        var size: Int
        var packed: Int
        var headerOffset: Int
    }
}
