internal import Compression

/// The bytes of one member, in order. At the end it checks that they are the bytes that were stored: size and CRC-32.
final class ZipEntryReader {
    static let inputByteCount = 128 << 10

    let entry: ZipEntry
    private let file: WorkbookFile
    /// Nil for a stored member.
    private let inflater: RawInflater?
    private let input: UnsafeMutableRawBufferPointer
    private var pending = 0..<0
    private var offset: Int
    private var packedLeft: Int
    private var byteCount = 0
    private var crc: UInt32 = 0
    private(set) var isFinished = false

    /// Throws for an encrypted member and for one beyond `limit` bytes, whose name is `limitName`.
    init(
        _ archive: ZipArchive, _ entry: ZipEntry, limit: Int, limitName: String
    ) throws(XLSXError) {
        if entry.isEncrypted { throw .encrypted }
        guard entry.method == 0 || entry.method == 8 else {
            throw .damagedPart(
                part: entry.name, reason: "compressed by method \(entry.method), which workbooks do not use")
        }
        guard entry.byteCount <= limit else {
            throw .limitExceeded(part: entry.name, cell: nil, limit: limitName, value: limit)
        }
        self.entry = entry
        file = archive.file
        offset = try archive.dataOffset(of: entry)
        packedLeft = entry.packedByteCount
        inflater = entry.method == 8 ? RawInflater() : nil
        input = .allocate(
            byteCount: inflater == nil ? 0 : min(Self.inputByteCount, max(1, entry.packedByteCount)), alignment: 64)
    }

    deinit { input.deallocate() }

    /// Fills `buffer` as far as the member goes; 0 is its end. Bytes beyond the stated size never come out.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(XLSXError) -> Int {
        if isFinished || buffer.count == 0 { return 0 }
        let produced =
            if let inflater { try inflate(inflater, into: buffer) } else { try copy(into: buffer) }
        byteCount += produced
        guard byteCount <= entry.byteCount else {
            throw .damagedPart(part: entry.name, reason: "it is longer than the zip directory says")
        }
        crc = CRC32.next(crc, UnsafeRawBufferPointer(rebasing: buffer[..<produced]))
        if produced < buffer.count {
            isFinished = true
            guard byteCount == entry.byteCount else {
                throw .damagedPart(part: entry.name, reason: "it is shorter than the zip directory says")
            }
            guard crc == entry.crc else { throw .damagedPart(part: entry.name, reason: "its CRC-32 is wrong") }
        }
        return produced
    }

    private func inflate(_ inflater: RawInflater, into buffer: UnsafeMutableRawBufferPointer) throws(XLSXError) -> Int {
        var filled = 0
        while filled < buffer.count, !inflater.isFinished {
            if pending.isEmpty, packedLeft > 0 { try refill() }
            let output = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let step: (consumed: Int, produced: Int)
            do throws(RawInflater.Failure) {
                step = try inflater.inflate(UnsafeRawBufferPointer(rebasing: input[pending]), into: output)
            } catch {
                throw .damagedPart(part: entry.name, reason: "the compressed data is damaged")
            }
            pending = (pending.lowerBound + step.consumed)..<pending.upperBound
            filled += step.produced
            if step.produced == 0, step.consumed == 0, packedLeft == 0, !inflater.isFinished {
                throw .damagedPart(part: entry.name, reason: "the compressed data ends too early")
            }
        }
        return filled
    }

    private func refill() throws(XLSXError) {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: input[..<min(input.count, packedLeft)])
        let count = try file.read(at: offset, into: wanted)
        guard count == wanted.count else { throw .damagedPart(part: entry.name, reason: "the file ends within it") }
        offset += count
        packedLeft -= count
        pending = 0..<count
    }

    private func copy(into buffer: UnsafeMutableRawBufferPointer) throws(XLSXError) -> Int {
        let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, packedLeft)])
        let count = try file.read(at: offset, into: wanted)
        guard count == wanted.count else { throw .damagedPart(part: entry.name, reason: "the file ends within it") }
        offset += count
        packedLeft -= count
        return count
    }
}
