package import Bytes
internal import CLinux

/// A regular file that is written from its front to its end. The device begins early with what has been written, so
/// that at the end, when the file is synchronised, little is left to wait for.
package final class FileSink: ByteSink {
    /// Pieces in which the device is told to begin: large enough to cost nothing, and small enough that little is left
    /// to wait for at the end.
    private static let pieceByteCount = 2 << 20

    package let path: String
    private let descriptor: Int32
    private var written = 0
    private var begun = 0

    /// Does not own the descriptor, which must stand at the file's beginning.
    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        try writeAll(bytes, to: descriptor, path: path)
        count(bytes.count)
    }

    package func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) {
        try writeAll(pieces, to: descriptor, path: path)
        count(pieces.reduce(0) { $0 + $1.count })
    }

    private func count(_ byteCount: Int) {
        written += byteCount
        guard written - begun >= Self.pieceByteCount else { return }
        Self.beginWriteback(descriptor, from: begun, to: written)
        begun = written
    }

    /// Only a hint: what could not be begun is written when the file is synchronised, and fails there if it must.
    static func beginWriteback(_ descriptor: Int32, from start: Int, to end: Int) {
        _ = sluice_begin_writeback(descriptor, off_t(start), off_t(end - start))
    }

    package func finish() throws(IOError) {}
}
