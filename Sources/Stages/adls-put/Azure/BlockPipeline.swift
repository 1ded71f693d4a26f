import Bytes
import Digests
import Glibc

/// Reads a file in blocks and gives them to threads that send them, while others take the digests: what is digested
/// is what is sent. Memory is bounded by the number of blocks under way.
final class BlockPipeline {
    /// A piece of the file that is on its way.
    struct Block: Sendable {
        let position: Int
        let bytes: [UInt8]
    }

    private let path: String
    private let descriptor: OwnedDescriptor
    private let blockByteCount: Int
    private let jobs: Int
    private let pool: WorkPool
    // Digests need the blocks in their order.
    private let md5Lane = WorkPool.Lane()
    private let sha256Lane = WorkPool.Lane()
    private let md5 = RunningDigest(.md5)
    private let sha256 = RunningDigest(.sha256)
    private let failure = Guarded<LakeError?>(nil)
    private var position = 0

    init(path: String, blockByteCount: Int, jobs: Int) throws(LakeError) {
        do throws(IOError) {
            descriptor = try OwnedDescriptor(path: path, flags: O_RDONLY)
        } catch {
            throw .io(error, source: true)
        }
        self.path = path
        self.blockByteCount = blockByteCount
        self.jobs = max(1, jobs)
        // One thread for each of the two digests, one that reads.
        pool = WorkPool(threadCount: self.jobs + 3)
    }

    /// Reads on to `end` and hands out the blocks; returns when all have been sent, or with the first failure.
    func run(to end: Int, _ send: @escaping @Sendable (Block) throws(LakeError) -> Void) throws(LakeError) {
        while position < end, failure.withLock({ $0 == nil }) {
            let bytes: [UInt8]
            do throws(IOError) {
                bytes = try read(min(blockByteCount, end - position))
            } catch {
                pool.drain()
                throw .io(error, source: true)
            }
            let block = Block(position: position, bytes: bytes)
            position += bytes.count
            for (lane, digest) in [(md5Lane, md5), (sha256Lane, sha256)] {
                pool.submit(to: lane, cost: bytes.count) { _ in digest.update(block.bytes) }
            }
            let failure = failure
            pool.submit(to: WorkPool.Lane(), cost: bytes.count) { _ in
                // After a failure nothing that waits is worth sending.
                guard failure.withLock({ $0 == nil }) else { return }
                do throws(LakeError) {
                    try send(block)
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                }
            }
            pool.limitWaiting(to: jobs * blockByteCount)
        }
        pool.drain()
        if let found = failure.withLock({ $0 }) { throw found }
    }

    /// Base64 of the MD5 of all that was read so far. Call it between runs.
    var md5Text: String { Base64.encode(md5.valueSoFar) }

    /// The digests of all that was read.
    func digests() -> ContentDigests {
        ContentDigests(
            byteCount: position, sha256: Hex.encode(sha256.valueSoFar), md5: Hex.encode(md5.valueSoFar))
    }

    private func read(_ byteCount: Int) throws(IOError) -> [UInt8] {
        var failure: IOError?
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, filled in
            while filled < byteCount, failure == nil {
                let room = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                do throws(IOError) {
                    let count = try readSome(descriptor.number, into: room, path: path)
                    if count == 0 { throw .corrupt(path: path, reason: "it became shorter while it was read") }
                    filled += count
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }
}

/// A digest that several threads use, one after the other: a lane, or the end of a run, is between them.
private final class RunningDigest {
    private var digest: MessageDigest

    init(_ algorithm: MessageDigest.Algorithm) { digest = MessageDigest(algorithm) }

    func update(_ bytes: [UInt8]) { digest.update(bytes) }

    var valueSoFar: [UInt8] { digest.valueSoFar() }
}
