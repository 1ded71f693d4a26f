import Bytes
import Digests
import Parquet
import StageKit

/// One file on its way. Its digest is taken by another thread, where there is one, while the same bytes are written.
final class PartFile: ByteSink {
    /// Handing over less to another thread costs more than its work.
    private static let smallestHandedOver = 64 << 10

    let path: String
    /// Set when its content is complete.
    var summary: ParquetSummary?
    private var output: DataOutput
    private let pool: WorkPool
    private let lane = WorkPool.Lane()
    private let digest = RunningDigest()
    private var byteCount = 0

    init(_ path: String, pool: WorkPool) throws(StageFailure) {
        do throws(IOError) {
            output = try DataOutput(path, takesDigest: false)
        } catch {
            throw .output(error)
        }
        self.path = output.path
        self.pool = pool
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        byteCount += bytes.count
        guard pool.threadCount > 1, bytes.count >= Self.smallestHandedOver else {
            digest.update(bytes)
            return try output.append(bytes)
        }
        let digest = digest
        let task = pool.submit(to: lane) { _ in digest.update(bytes) }
        // The bytes are the caller's: they must stay until the digest has them.
        defer { pool.wait(for: task) }
        try output.append(bytes)
    }

    func finish() throws(IOError) { try output.finish() }

    /// Lets the file appear. Says what it holds.
    func publish() throws(StageFailure) -> StoredFile {
        do throws(IOError) {
            _ = try output.publish()
        } catch {
            throw .output(error)
        }
        return StoredFile(path: path, byteCount: byteCount, sha256: digest.hex())
    }
}

/// A digest that one thread at a time adds to.
private final class RunningDigest {
    private var digest = MessageDigest(.sha256)

    func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    /// The digest of all that was added.
    func hex() -> String { Hex.encode(digest.finish()) }
}
