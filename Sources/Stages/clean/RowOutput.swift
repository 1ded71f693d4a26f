internal import Bytes
internal import Glibc
internal import StageKit

/// Where clean rows go, and where those go whose fate is open until all rows are known.
///
/// Open rows ("candidates") follow the rows that are settled. When a regular, uncompressed file is written they go
/// straight there, and at the end the losers are cut out of the file by moving the rest up; if there are none, nothing
/// is moved. Otherwise they wait in a temporary file and the winners are copied behind the settled rows.
struct RowOutput: ~Copyable {
    private static let copyByteCount = 1 << 20

    private var output: DataOutput
    /// Where candidates begin in the output file, once there are any; nil when they wait in a temporary file.
    private var candidateStart: Int?
    private var spool: SpillFile?
    private var spoolBuffer = ByteBuffer(capacity: copyByteCount)

    init(_ path: String, takesDigest: Bool) throws(IOError) {
        output = try DataOutput(path, takesDigest: takesDigest)
    }

    /// Writes rows that are settled. No candidate may have been written.
    mutating func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) { try output.append(bytes) }

    /// Writes settled rows that do not lie together.
    mutating func write(_ pieces: [UnsafeRawBufferPointer]) throws(IOError) { try output.append(pieces) }

    /// Writes rows of which some may have to go.
    mutating func writeCandidates(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        if candidateStart == nil, spool == nil {
            if output.isPlainFile { candidateStart = output.byteCount } else { spool = try SpillFile() }
        }
        guard let spool else { return try output.append(bytes) }
        spoolBuffer.append(bytes)
        if spoolBuffer.count >= Self.copyByteCount { try flushSpool(spool) }
    }

    private mutating func flushSpool(_ spool: SpillFile) throws(IOError) {
        _ = try spoolBuffer.withUnsafeBytes { bytes throws(IOError) in try spool.append(bytes) }
        spoolBuffer.removeAll()
    }

    /// Takes the losers out of the candidates. `lost` is told each of them, with its line's number
    /// where it is refused for a tie.
    mutating func settle(
        _ losers: LoserSet, lost: (_ line: Int?, RawSpan) throws(IOError) -> Void
    ) throws(IOError) {
        if let spool {
            try flushSpool(spool)
            var winners = WinnerFilter(losers)
            try winners.copy(
                read: { buffer, offset throws(IOError) in try spool.read(into: buffer, at: offset) }, from: 0,
                write: { bytes throws(IOError) in try output.append(bytes) }, lost: lost)
        } else if let start = candidateStart, !losers.isEmpty {
            try output.rewrite(from: start) { descriptor, path throws(IOError) in
                var end = start
                var winners = WinnerFilter(losers)
                try winners.copy(
                    read: { buffer, offset throws(IOError) in
                        try SpillFile.read(into: buffer, from: descriptor, at: offset, path: path)
                    }, from: start,
                    write: { bytes throws(IOError) in
                        try SpillFile.write(bytes, to: descriptor, at: end, path: path)
                        end += bytes.count
                    }, lost: lost)
                return end
            }
        }
    }

    mutating func finish() throws(IOError) { try output.finish() }
    mutating func publish() throws(IOError) -> StoredFile { try output.publish() }
}
