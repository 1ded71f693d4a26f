package import Bytes
internal import Compression
internal import Digests

/// What a user names as output: a file that appears when it is whole, or `-` for standard output; compressed where
/// the name ends in `.gz` or `.zst`.
package struct DataOutput: ~Copyable {
    /// What messages call it.
    package let path: String

    private var file: PartialFile?
    private var buffer: BufferedOutput
    private let digest: DigestingSink

    package init(_ path: String) throws(IOError) {
        let descriptorSink: DescriptorSink
        if path == "-" {
            self.path = "standard output"
            file = nil
            descriptorSink = DescriptorSink(descriptor: 1, path: "standard output")
        } else {
            self.path = path
            let partial = try PartialFile(path: path)
            descriptorSink = partial.sink
            file = consume partial
        }
        digest = DigestingSink(descriptorSink)
        buffer = BufferedOutput(Self.encoder(for: path, into: digest))
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

    /// Hands on what is held, for a reader that waits at the other end of a pipe.
    package mutating func flush() throws(IOError) { try buffer.flush() }

    /// Ends the stream without publishing the file: it is complete on disk, under its partial name. Publish several
    /// outputs one right after the other by finishing all of them first.
    package mutating func finish() throws(IOError) { try buffer.finish() }

    /// Makes the file appear under its name. `finish()` must have been called. Says what was stored.
    package mutating func publish() throws(IOError) -> StoredFile {
        if var partial = file.take() {
            do throws(IOError) {
                try partial.publish()
            } catch {
                throw error
            }
        }
        return StoredFile(path: path, byteCount: digest.byteCount, sha256: digest.hex())
    }
}

/// A file as stored, for reports and manifests.
package struct StoredFile: Equatable, Sendable {
    package let path: String
    package let byteCount: Int
    package let sha256: String

    package init(path: String, byteCount: Int, sha256: String) {
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

    package init(_ sink: any ByteSink) {
        self.sink = sink
        path = sink.path
    }

    package var byteCount: Int { digest.byteCount }
    /// The digest of all that passed. Ask once, at the end.
    package func hex() -> String { digest.finish() }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        digest.update(bytes)
        try sink.write(bytes)
    }

    package func finish() throws(IOError) { try sink.finish() }
}
