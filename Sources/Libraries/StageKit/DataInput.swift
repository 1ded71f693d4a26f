package import Bytes
internal import Compression
internal import Digests
internal import Glibc

/// Opens what a user names as input: a file, or `-` for standard input; gzip and zstd by their first bytes.
package enum DataInput {
    /// A source that delivers plain bytes. Digests of the stored bytes are taken on the way (`InputDigest`).
    package static func open(_ path: String, digest: InputDigest? = nil) throws(IOError) -> any ByteSource {
        let raw = path == "-" ? try DescriptorSource.standardInput() : try DescriptorSource(path: path)
        let peeking = PeekingSource(raw, digest: digest)
        let magic = try peeking.peek(4)
        if magic.starts(with: [0x1F, 0x8B]) { return InflateSource(peeking, container: .gzip) }
        if magic == [0x28, 0xB5, 0x2F, 0xFD] { return ZstandardSource(peeking) }
        return peeking
    }
}

/// Takes the SHA-256 and the length of the bytes of an input as they are read.
package final class InputDigest {
    private var digest = MessageDigest(.sha256)
    package private(set) var byteCount = 0

    package init() {}

    func update(_ bytes: UnsafeRawBufferPointer) {
        digest.update(bytes)
        byteCount += bytes.count
    }

    /// The lower-case hexadecimal digest of what has been read. Ask once, at the end.
    package func finish() -> String { Hex.encode(digest.finish()) }
}

/// A source whose first bytes can be looked at before they are read.
final class PeekingSource: ByteSource {
    let path: String
    private let source: any ByteSource
    private let digest: InputDigest?
    private var front: [UInt8] = []
    private var next = 0

    init(_ source: any ByteSource, digest: InputDigest?) {
        self.source = source
        self.digest = digest
        path = source.path
    }

    /// The first bytes, fewer when the input is shorter.
    func peek(_ count: Int) throws(IOError) -> [UInt8] {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
        defer { block.deallocate() }
        while front.count < count {
            let got = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: block[..<(count - front.count)]))
            if got == 0 { break }
            front.append(contentsOf: block[..<got])
        }
        return front
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        let count: Int
        if next < front.count {
            count = min(front.count - next, buffer.count)
            front.withUnsafeBytes {
                buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next..<next + count]))
            }
            next += count
        } else {
            count = try source.read(into: buffer)
        }
        digest?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
