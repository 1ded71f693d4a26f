package import Bytes
internal import Compression
internal import Digests
internal import Glibc

/// What a user names as output: a file that appears when it is whole, or `-` for standard output; compressed where
/// the name ends in `.gz` or `.zst`. What is there and is no regular file, a device or a named pipe, is written to as
/// it is: renaming a file over it would take it away from everybody else.
package struct DataOutput: ~Copyable {
    /// What messages call it.
    package let path: String

    private var file: PartialFile?
    private let stream: OpenStream?
    private var buffer: BufferedOutput
    private let digest: DigestingSink
    private let isEncoded: Bool
    private var isRewritten = false

    /// Digests cost time; without `takesDigest` the stored file's is the empty text. `mode` gives a file's permissions,
    /// before the umask.
    package init(_ path: String, takesDigest: Bool = true, mode: UInt32 = 0o666) throws(IOError) {
        let stream = try OpenStream.open(path)
        if path != "-", stream == nil {
            let partial = try PartialFile(path: path, mode: mode)
            self.init(path, to: partial.sink, stream: nil, takesDigest: takesDigest)
            file = consume partial
        } else {
            let standardOutput = DescriptorSink(descriptor: 1, path: "standard output")
            let sink: any ByteSink = stream?.sink ?? standardOutput
            self.init(sink.path, to: sink, stream: stream, takesDigest: takesDigest)
        }
    }

    private init(_ path: String, to sink: any ByteSink, stream: OpenStream?, takesDigest: Bool) {
        self.path = path
        self.stream = stream
        file = nil
        digest = DigestingSink(sink, isTaken: takesDigest)
        isEncoded = path.hasSuffix(".gz") || path.hasSuffix(".zst")
        buffer = BufferedOutput(Self.encoder(for: path, into: digest))
    }

    /// True when what is appended is what the file holds, so that it can be rewritten in place.
    package var isPlainFile: Bool { file != nil && !isEncoded }

    /// Changes what was written to a plain file from `start` on. `body` reads and writes the file through a descriptor,
    /// by offsets, and gives the file's new length.
    package mutating func rewrite(
        from start: Int, _ body: (_ descriptor: Int32, _ path: String) throws(IOError) -> Int
    ) throws(IOError) {
        precondition(isPlainFile && start <= byteCount)
        try buffer.flush()
        try file?.rewrite(from: start, body)
        isRewritten = true
    }

    private static func encoder(for path: String, into sink: DigestingSink) -> any ByteSink {
        if path.hasSuffix(".gz") { return GzipSink(sink) }
        if path.hasSuffix(".zst") { return ZstandardSink(sink) }
        return sink
    }

    /// Bytes written before compression.
    package var byteCount: Int { buffer.byteCount }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(IOError) { try buffer.append(bytes) }
    package mutating func append(_ bytes: [UInt8]) throws(IOError) { try buffer.append(bytes) }
    package mutating func append(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) { try buffer.append(pieces) }

    /// Hands on what is held, for a reader that waits at the other end of a pipe.
    package mutating func flush() throws(IOError) { try buffer.flush() }

    /// Ends the stream without publishing the file: it is complete on disk, under its partial name. Publish several
    /// outputs one right after the other by finishing all of them first.
    package mutating func finish() throws(IOError) { try buffer.finish() }

    /// Makes the file appear under its name. `finish()` must have been called. Says what was stored.
    package mutating func publish() throws(IOError) -> StoredFile {
        var stored = StoredFile(path: path, byteCount: digest.byteCount, sha256: digest.hex())
        if isRewritten, let (hex, byteCount) = try file?.measure(takesDigest: digest.isTaken) {
            stored = StoredFile(path: path, byteCount: byteCount, sha256: hex)
        }
        if var partial = file.take() {
            do throws(IOError) {
                try partial.publish()
            } catch {
                throw error
            }
        }
        return stored
    }
}

/// A device or a named pipe that is being written to.
private final class OpenStream {
    let sink: DescriptorSink
    private let descriptor: OwnedDescriptor

    private init(_ path: String) throws(IOError) {
        descriptor = try OwnedDescriptor(path: path, flags: O_WRONLY)
        sink = DescriptorSink(descriptor: descriptor.number, path: path)
    }

    /// Nil for files, and for what is not there yet. `/dev/stdout` leads to whatever standard output is, a regular file
    /// too, and is no name to put a file under.
    static func open(_ path: String) throws(IOError) -> OpenStream? {
        if path.hasPrefix("/dev/") { return try OpenStream(path) }
        guard path != "-", let status = try FileSystem.status(path), !status.isRegular, !status.isDirectory else {
            return nil
        }
        return try OpenStream(path)
    }
}

/// A file as stored, for reports and manifests.
package struct StoredFile: Equatable, Sendable {
    package let path: String
    package let byteCount: Int
    /// Lower-case hexadecimal; nil where nobody asked for it.
    package let sha256: String?

    package init(path: String, byteCount: Int, sha256: String?) {
        self.path = path
        self.byteCount = byteCount
        self.sha256 = sha256
    }
}

/// Takes the SHA-256 of what passes to another sink.
package final class DigestingSink: ByteSink {
    package let path: String
    private let sink: any ByteSink
    private let digest = InputDigest()
    let isTaken: Bool
    package private(set) var byteCount = 0

    /// Without `isTaken` it only counts.
    package init(_ sink: any ByteSink, isTaken: Bool = true) {
        self.sink = sink
        self.isTaken = isTaken
        path = sink.path
    }

    /// The digest of all that passed, if it is taken. Ask once, at the end.
    package func hex() -> String? { isTaken ? digest.finish() : nil }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        if isTaken { digest.update(bytes) }
        byteCount += bytes.count
        try sink.write(bytes)
    }

    package func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) {
        for piece in pieces {
            if isTaken { digest.update(piece) }
            byteCount += piece.count
        }
        try sink.write(pieces)
    }

    package func finish() throws(IOError) { try sink.finish() }
}
