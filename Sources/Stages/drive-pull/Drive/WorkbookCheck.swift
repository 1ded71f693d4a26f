import Bytes
import Compression
import Glibc

/// Judges whether a file is a whole xlsx workbook: a zip whose every member has the checksum that it should have, with a
/// `[Content_Types].xml`. Exports come without length and digest, so this is all that tells a cut one (APPNOTE.TXT 6.3.10):
///
///     local header + data ... | directory record * n | end record
struct WorkbookCheck: ~Copyable {
    /// A zip with more members, or a longer directory, is none that Google makes.
    static let memberLimit = 65_534
    static let directoryByteLimit = 64 << 20
    private static let endByteCount = 22
    private static let recordByteCount = 46
    private static let headerByteCount = 30

    private let descriptor: OwnedDescriptor
    private let path: String
    private let byteCount: Int

    /// False for everything that is no whole workbook. Throws when the file cannot be read.
    static func isWhole(_ path: String) throws(IOError) -> Bool {
        let file = try OwnedDescriptor(path: path, flags: O_RDONLY)
        let byteCount = try FileStamp.of(file.number, path: path).byteCount
        return try WorkbookCheck(file, path: path, byteCount: byteCount).isWhole()
    }

    private init(_ file: consuming OwnedDescriptor, path: String, byteCount: Int) {
        descriptor = file
        self.path = path
        self.byteCount = byteCount
    }

    private struct Member {
        let name: String
        let isDeflated: Bool
        let checksum: UInt32
        let packedByteCount: Int
        let headerOffset: Int
    }

    private func isWhole() throws(IOError) -> Bool {
        guard try bytes(at: 0, count: 4) == [0x50, 0x4B, 0x03, 0x04], let members = try members() else { return false }
        guard members.contains(where: { $0.name == "[Content_Types].xml" }) else { return false }
        for member in members {
            if try !hasItsChecksum(member) { return false }
        }
        return true
    }

    /// The directory; nil when there is none, or none that fits the file.
    private func members() throws(IOError) -> [Member]? {
        let tailCount = min(byteCount, Self.endByteCount + 0xFFFF)
        let tail = try bytes(at: byteCount - tailCount, count: tailCount)
        guard
            let end = stride(from: tail.count - Self.endByteCount, through: 0, by: -1).first(where: {
                tail[$0..<($0 + 4)].elementsEqual([0x50, 0x4B, 0x05, 0x06])
            })
        else { return nil }
        let count = Self.number(tail, end + 10, 2)
        let length = Self.number(tail, end + 12, 4)
        let offset = Self.number(tail, end + 16, 4)
        guard (1...Self.memberLimit).contains(count), length <= Self.directoryByteLimit,
            offset + length <= byteCount - tailCount + end
        else { return nil }
        let directory = try bytes(at: offset, count: length)
        guard directory.count == length else { return nil }
        return Self.records(directory, count)
    }

    private static func records(_ directory: [UInt8], _ count: Int) -> [Member]? {
        var members: [Member] = []
        var place = 0
        for _ in 0..<count {
            guard place + recordByteCount <= directory.count,
                directory[place..<(place + 4)].elementsEqual([0x50, 0x4B, 0x01, 0x02])
            else { return nil }
            let method = number(directory, place + 10, 2)
            let nameCount = number(directory, place + 28, 2)
            let next =
                place + recordByteCount + nameCount + number(directory, place + 30, 2)
                + number(directory, place + 32, 2)
            guard next <= directory.count, method == 0 || method == 8 else { return nil }
            let name = directory[(place + recordByteCount)..<(place + recordByteCount + nameCount)]
            members.append(
                Member(
                    name: String(decoding: name, as: UTF8.self), isDeflated: method == 8,
                    checksum: UInt32(truncatingIfNeeded: number(directory, place + 16, 4)),
                    packedByteCount: number(directory, place + 20, 4), headerOffset: number(directory, place + 42, 4)))
            place = next
        }
        return members
    }

    private func hasItsChecksum(_ member: Member) throws(IOError) -> Bool {
        let header = try bytes(at: member.headerOffset, count: Self.headerByteCount)
        guard header.count == Self.headerByteCount, header.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { return false }
        let start = member.headerOffset + Self.headerByteCount + Self.number(header, 26, 2) + Self.number(header, 28, 2)
        guard start + member.packedByteCount <= byteCount else { return false }
        let packed = FileStretch(
            descriptor: descriptor.number, path: path, start: start, byteCount: member.packedByteCount)
        let source: any ByteSource = member.isDeflated ? InflateSource(packed, container: .raw) : packed
        var checksum = CRC32()
        do throws(IOError) {
            try source.forEachBlock { checksum.update($0) }
        } catch {
            // Damaged data is what we look for; a disk that cannot be read is not.
            if case .corrupt = error { return false }
            throw error
        }
        return checksum.value == member.checksum
    }

    /// Bytes of the file, fewer where it ends.
    private func bytes(at offset: Int, count: Int) throws(IOError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, min(count, byteCount - offset)))
        let result: Result<Int, IOError> = bytes.withUnsafeMutableBytes { buffer in
            let stretch = FileStretch(
                descriptor: descriptor.number, path: path, start: offset, byteCount: buffer.count)
            var done = 0
            do throws(IOError) {
                while done < buffer.count {
                    let got = try stretch.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                    if got == 0 { break }
                    done += got
                }
                return .success(done)
            } catch {
                return .failure(error)
            }
        }
        return Array(bytes.prefix(try result.get()))
    }

    /// An unsigned number, least significant byte first.
    private static func number(_ bytes: [UInt8], _ place: Int, _ count: Int) -> Int {
        guard place >= 0, place + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}

/// Some bytes of an open file.
private final class FileStretch: ByteSource {
    let path: String
    private let descriptor: Int32
    private var next: Int
    private let end: Int

    init(descriptor: Int32, path: String, start: Int, byteCount: Int) {
        self.descriptor = descriptor
        self.path = path
        next = max(0, start)
        end = max(0, start) + max(0, byteCount)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        let wanted = min(buffer.count, end - next)
        guard wanted > 0 else { return 0 }
        while true {
            let count = pread(descriptor, buffer.baseAddress, wanted, off_t(next))
            if count >= 0 {
                next += count
                return count
            }
            if errno != EINTR { throw IOError.last("read", path) }
        }
    }
}
