import Bytes
import StageKit

/// Where the records go, and how many there were.
struct RecordOutput: ~Copyable {
    /// Records go on when they are so many bytes.
    static let blockByteCount = 512 << 10
    static let bufferByteCount = blockByteCount + (64 << 10)

    private let writer: RecordWriter
    /// The record at hand and those before it that have not gone on.
    var room = RecordBuffer(capacity: bufferByteCount)
    private let limit: Int
    private(set) var recordCount = 0
    var sheetCount = 0
    var blankRowCount = 0

    init(_ path: String, limit: Int?, takesDigest: Bool) throws(StageFailure) {
        do throws(IOError) {
            writer = try RecordWriter(path, takesDigest: takesDigest)
        } catch {
            throw .output(error)
        }
        self.limit = limit ?? .max
    }

    var isFull: Bool { recordCount >= limit }

    /// Counts a record that has been written to the room, and hands full blocks on.
    mutating func endRecord() throws(StageFailure) {
        recordCount += 1
        guard room.count >= Self.blockByteCount else { return }
        do throws(IOError) {
            try writer.exchange(&room)
        } catch {
            throw .output(error)
        }
    }

    /// Ends the output; a file appears under its name. Says what was stored; the digest is empty where none was asked for.
    mutating func finish() throws(StageFailure) -> StoredFile {
        do throws(IOError) {
            return try writer.finish(&room)
        } catch {
            throw .output(error)
        }
    }
}
