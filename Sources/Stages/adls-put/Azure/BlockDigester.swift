import Bytes
import Digests

/// Takes the digests of a file's blocks, one after the other, while earlier blocks are sent. With SHA-256 (1.8 GB/s) it is
/// the slowest part of an upload over a fast line, so it has a thread that does nothing else.
final class BlockDigester {
    /// Small enough to stay in the processor's second-level cache from the read to the last digest.
    static let pieceByteCount = 256 << 10

    /// What is known of a block once its turn was.
    struct Digested: Sendable {
        let crc64Text: String
        /// Of the file up to the block's end.
        let digestsSoFar: LakeDigests
    }

    /// The work on one block, and its result.
    final class Turn: @unchecked Sendable {
        let position: Int
        let byteCount: Int
        fileprivate(set) var task: WorkPool.Task?
        // Written by the task, read when it has ended.
        fileprivate(set) var result: Result<Digested, IOError>?

        fileprivate init(position: Int, byteCount: Int) {
            self.position = position
            self.byteCount = byteCount
        }
    }

    private let file: UploadFile
    private let pool = WorkPool(threadCount: 2)
    private let lane = WorkPool.Lane()
    private let state: State

    /// The CRC64 is always taken.
    init(_ file: UploadFile, takesSHA256: Bool, takesMD5: Bool) {
        self.file = file
        state = State(takesSHA256: takesSHA256, takesMD5: takesMD5)
    }

    /// Turns that nobody waits for any more are over at once.
    deinit { state.isAbandoned.set() }

    /// Begins work on the block that follows the one before.
    func begin(at position: Int, byteCount: Int) -> Turn {
        let turn = Turn(position: position, byteCount: byteCount)
        let (state, file) = (state, file)
        turn.task = pool.submit(to: lane) { _ in turn.result = state.digest(turn, of: file) }
        return turn
    }

    /// What came of it.
    func finish(_ turn: Turn) throws(IOError) -> Digested {
        if let task = turn.task { pool.wait(for: task) }
        guard let result = turn.result else { preconditionFailure("the pool lost a task") }
        return try result.get()
    }

    /// What goes on from block to block; the lane lets one at a time have it.
    private final class State: @unchecked Sendable {
        let isAbandoned = StopFlag()
        private var crc64 = CRC64()
        private let sha256: RunningDigest?
        private let md5: RunningDigest?
        private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceByteCount, alignment: 4096)

        init(takesSHA256: Bool, takesMD5: Bool) {
            sha256 = takesSHA256 ? RunningDigest(.sha256) : nil
            md5 = takesMD5 ? RunningDigest(.md5) : nil
        }

        deinit { piece.deallocate() }

        func digest(_ turn: Turn, of file: UploadFile) -> Result<Digested, IOError> {
            var checksum = CRC64()
            var done = 0
            while done < turn.byteCount, !isAbandoned.isSet {
                let part = UnsafeMutableRawBufferPointer(
                    rebasing: piece[..<min(piece.count, turn.byteCount - done)])
                do throws(IOError) {
                    try file.read(at: turn.position + done, into: part)
                } catch {
                    return .failure(error)
                }
                let bytes = UnsafeRawBufferPointer(part)
                checksum.update(bytes)
                sha256?.update(bytes)
                md5?.update(bytes)
                done += bytes.count
            }
            crc64.append(checksum, byteCount: turn.byteCount)
            let soFar = LakeDigests(
                byteCount: turn.position + turn.byteCount, sha256: sha256?.textSoFar, crc64: crc64.text,
                md5: md5?.textSoFar)
            return .success(Digested(crc64Text: checksum.text, digestsSoFar: soFar))
        }
    }
}

/// A digest with several owners, one after the other.
private final class RunningDigest {
    private var digest: MessageDigest

    init(_ algorithm: MessageDigest.Algorithm) { digest = MessageDigest(algorithm) }

    func update(_ bytes: UnsafeRawBufferPointer) { digest.update(bytes) }

    var textSoFar: String { Hex.encode(digest.valueSoFar()) }
}
