import Bytes
import StageKit

/// Where the records go, and how many there were.
struct RecordOutput: ~Copyable {
    static let blockByteCount = 1 << 20

    private var output: DataOutput
    /// The record at hand and those before it that have not gone on.
    var room = RecordBuffer(capacity: blockByteCount + (64 << 10))
    private let limit: Int
    private(set) var recordCount = 0
    var sheetCount = 0
    var blankRowCount = 0

    init(_ path: String, limit: Int?, takesDigest: Bool) throws(StageFailure) {
        do throws(IOError) {
            output = try DataOutput(path, takesDigest: takesDigest)
        } catch {
            throw .output(error)
        }
        self.limit = limit ?? .max
    }

    var isFull: Bool { recordCount >= limit }

    /// Counts a record that has been written to the room, and hands full blocks on.
    mutating func endRecord() throws(StageFailure) {
        recordCount += 1
        if room.count >= Self.blockByteCount { try flush() }
    }

    private mutating func flush() throws(StageFailure) {
        do throws(IOError) {
            try output.append(room.bytes)
        } catch {
            throw .output(error)
        }
        room.truncate(to: 0)
    }

    /// Ends the output; a file appears under its name. Says what was stored; the digest is empty where none was asked for.
    mutating func finish() throws(StageFailure) -> StoredFile {
        try flush()
        do throws(IOError) {
            try output.finish()
            return try output.publish()
        } catch {
            throw .output(error)
        }
    }
}
