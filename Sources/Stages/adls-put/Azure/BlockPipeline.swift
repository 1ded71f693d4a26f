import Bytes
import Digests
import HTTP

/// Gives a file's blocks to threads that send them, while another takes the digests of those that follow. Memory is a few
/// small buffers: blocks stay in the file (`UploadFile`).
final class BlockPipeline {
    /// A piece of the file that is on its way.
    struct Block: Sendable {
        let position: Int
        let byteCount: Int
        let crc64Text: String
        /// Of the file up to the block's end: others for each beginning of a file.
        let digestsSoFar: LakeDigests
        fileprivate let file: UploadFile

        /// Read from the file as it is sent, as often as it takes.
        var body: RequestBody { file.body(at: position, byteCount: byteCount) }
    }

    private let file: UploadFile
    private let digester: BlockDigester
    private let byteCount: Int
    private let blockByteCount: Int
    private let jobs: Int
    private let pool: WorkPool
    private let failure = Guarded<LakeError?>(nil)
    /// Blocks whose digests are being taken ahead of their sending, as many as are sent at a time.
    private var ahead: [BlockDigester.Turn] = []
    private var nextAhead = 0
    /// Of all that was given out. Read it between runs.
    private(set) var digests: LakeDigests

    init(_ upload: LargeUpload) throws(LakeError) {
        let settings = upload.lake.settings
        file = try UploadFile(path: upload.path)
        byteCount = upload.byteCount
        digester = BlockDigester(file, takesSHA256: upload.takesSHA256, takesMD5: upload.takesMD5)
        blockByteCount = settings.blockByteCount
        jobs = max(1, settings.jobs)
        // One thread that gives out, the others send.
        pool = WorkPool(threadCount: jobs + 1)
        digests = LakeDigests(byteCount: 0, sha256: nil, md5: nil)
    }

    /// Hands out the blocks up to `end`, where a block must end, in any order; returns when all have been sent, or with the
    /// first failure. At the end of the file it makes sure that nobody has written to it meanwhile.
    func run(to end: Int, _ send: @escaping @Sendable (Block) throws(LakeError) -> Void) throws(LakeError) {
        while digests.byteCount < end, failure.withLock({ $0 == nil }) {
            let block: Block
            do throws(IOError) {
                block = try next()
            } catch {
                pool.drain()
                throw .io(error, source: true)
            }
            let failure = failure
            pool.submit(to: WorkPool.Lane(), cost: 1) { _ in
                // After a failure nothing that waits is worth sending.
                guard failure.withLock({ $0 == nil }) else { return }
                do throws(LakeError) {
                    try send(block)
                } catch {
                    failure.withLock { $0 = $0 ?? error }
                }
            }
            // As many are on their way as there are jobs.
            pool.limitWaiting(to: jobs - 1)
        }
        pool.drain()
        let found = failure.withLock { $0 }
        if found != nil || digests.byteCount == byteCount { try file.checkIsUnchanged() }
        if let found { throw found }
    }

    private func next() throws(IOError) -> Block {
        while ahead.count <= jobs, nextAhead < byteCount {
            let turn = digester.begin(at: nextAhead, byteCount: min(blockByteCount, byteCount - nextAhead))
            ahead.append(turn)
            nextAhead += turn.byteCount
        }
        let turn = ahead.removeFirst()
        let digested = try digester.finish(turn)
        digests = digested.digestsSoFar
        return Block(
            position: turn.position, byteCount: turn.byteCount, crc64Text: digested.crc64Text,
            digestsSoFar: digests, file: file)
    }
}
