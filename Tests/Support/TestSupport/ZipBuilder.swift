internal import Bytes
internal import Compression

/// Writes zip files for tests, sound ones and such as no program should write.
package struct ZipBuilder {
    package struct Member {
        package var name: String
        package var content: [UInt8]
        package var isDeflated = true
        /// Sizes and CRC stand behind the data and not in the local header (APPNOTE.TXT 4.3.9).
        package var hasDescriptor = false
        /// Sizes and place stand in a zip64 field.
        package var isZip64 = false
        /// What the directory says in place of the truth.
        package var statedByteCount: Int?
        package var statedCRC: UInt32?
        package var statedMethod: UInt16?
        package var flags: UInt16 = 0

        package init(_ name: String, _ content: [UInt8]) {
            self.name = name
            self.content = content
        }
        package init(_ name: String, text: String) { self.init(name, Array(text.utf8)) }
    }

    package var members: [Member]
    package var prefix: [UInt8] = []
    package var comment: [UInt8] = []

    package init(_ members: [Member] = []) { self.members = members }

    /// The whole file.
    package func bytes() throws -> [UInt8] {
        var output = prefix
        var directory: [UInt8] = []
        for member in members {
            let offset = output.count - prefix.count
            let packed = member.isDeflated ? try Self.deflate(member.content) : member.content
            let crc = member.statedCRC ?? member.content.withUnsafeBytes { CRC32.of($0) }
            let size = member.statedByteCount ?? member.content.count
            let method = member.statedMethod ?? (member.isDeflated ? 8 : 0)
            let flags = member.flags | (member.hasDescriptor ? 8 : 0)
            var local: [UInt8] = []
            local.add32(0x0403_4B50)
            local.add16(20, flags, method, 0, 0x21)
            let known: [UInt32] =
                member.hasDescriptor
                ? [0, 0, 0] : [crc, UInt32(truncatingIfNeeded: packed.count), UInt32(truncatingIfNeeded: size)]
            for value in known { local.add32(value) }
            local.add16(UInt16(member.name.utf8.count))
            local.add16(0)
            output += local + Array(member.name.utf8) + packed
            if member.hasDescriptor {
                output.add32(0x0807_4B50, crc, UInt32(packed.count), UInt32(size))
            }
            directory += Self.record(member, crc, packed: packed.count, size: size, method, flags, at: offset)
        }
        let start = output.count - prefix.count
        output += directory
        if members.contains(where: \.isZip64) { output += zip64End(directory.count, at: start) }
        let isLarge = members.contains(where: \.isZip64)
        output.add32(0x0605_4B50)
        let count: UInt16 = isLarge ? 0xFFFF : UInt16(members.count)
        output.add16(0, 0, count, count)
        output.add32(isLarge ? 0xFFFF_FFFF : UInt32(directory.count))
        output.add32(isLarge ? 0xFFFF_FFFF : UInt32(start))
        output.add16(UInt16(comment.count))
        return output + comment
    }

    private static func record(
        _ member: Member, _ crc: UInt32, packed: Int, size: Int, _ method: UInt16, _ flags: UInt16, at offset: Int
    ) -> [UInt8] {
        var extra: [UInt8] = []
        if member.isZip64 {
            extra.add16(1)
            extra.add16(24)
            extra.add64(UInt64(size), UInt64(packed), UInt64(offset))
        }
        var record: [UInt8] = []
        record.add32(0x0201_4B50)
        record.add16(20, 20, flags, method, 0, 0x21)
        record.add32(crc)
        record.add32(member.isZip64 ? 0xFFFF_FFFF : UInt32(packed))
        record.add32(member.isZip64 ? 0xFFFF_FFFF : UInt32(size))
        record.add16(UInt16(member.name.utf8.count), UInt16(extra.count), 0, 0, 0, 0, 0)
        record.add32(member.isZip64 ? 0xFFFF_FFFF : UInt32(offset))
        return record + Array(member.name.utf8) + extra
    }

    private func zip64End(_ byteCount: Int, at start: Int) -> [UInt8] {
        var end: [UInt8] = []
        end.add32(0x0606_4B50)
        end.add64(44)
        end.add16(45, 45)
        end.add32(0, 0)
        end.add64(UInt64(members.count), UInt64(members.count), UInt64(byteCount), UInt64(start))
        end.add32(0x0706_4B50)
        end.add32(0)
        end.add64(UInt64(start + byteCount))
        end.add32(1)
        return end
    }

    /// A raw DEFLATE stream: gzip without its header (10 bytes) and trailer (8).
    package static func deflate(_ bytes: [UInt8]) throws -> [UInt8] {
        let sink = MemorySink()
        let gzip = GzipSink(sink)
        try bytes.withUnsafeBytes { try gzip.write($0) }
        try gzip.finish()
        return Array(sink.bytes.dropFirst(10).dropLast(8))
    }
}

extension [UInt8] {
    fileprivate mutating func add16(_ values: UInt16...) { for value in values { add(UInt64(value), byteCount: 2) } }
    fileprivate mutating func add32(_ values: UInt32...) { for value in values { add(UInt64(value), byteCount: 4) } }
    fileprivate mutating func add64(_ values: UInt64...) { for value in values { add(value, byteCount: 8) } }

    private mutating func add(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
}
