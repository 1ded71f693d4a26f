internal import Bytes
internal import StageKit

/// The two outputs of a run: clean rows and refused rows. Both files appear at the end, one right after the other, or
/// not at all. What goes to standard output cannot be held back; its readers must wait for the exit status.
struct CleanOutputs: ~Copyable {
    private var rows: RowOutput
    private var rejects: DataOutput?

    private init(rows: consuming RowOutput, rejects: consuming DataOutput?) {
        self.rows = rows
        self.rejects = rejects
    }

    /// Creates the files under their partial names. Digests are taken only where a report will show them. Rejects that
    /// show what the contract hides are for the user alone.
    static func open(_ options: CleanOptions) throws(StageFailure) -> CleanOutputs {
        do throws(IOError) {
            let rows = try RowOutput(options.output, takesDigest: options.isReported)
            guard let path = options.rejects else { return CleanOutputs(rows: rows, rejects: nil) }
            return CleanOutputs(
                rows: rows,
                rejects: try DataOutput(
                    path, takesDigest: options.isReported, mode: options.showsHiddenValues ? 0o600 : 0o666))
        } catch {
            throw .output(error)
        }
    }

    var hasRejects: Bool { rejects != nil }

    /// Writes settled rows: a part of what was put together.
    mutating func writeRows(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) throws(StageFailure) {
        do throws(IOError) {
            try buffer.withUnsafeBytes { bytes throws(IOError) in
                try rows.write(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        } catch {
            throw .output(error)
        }
    }

    /// Writes settled rows: parts of what was put together.
    mutating func writeRows(_ buffer: borrowing ByteBuffer, _ ranges: [Range<Int>]) throws(StageFailure) {
        do throws(IOError) {
            try buffer.withUnsafeBytes { bytes throws(IOError) in
                try rows.write(ranges.map { UnsafeRawBufferPointer(rebasing: bytes[$0]) })
            }
        } catch {
            throw .output(error)
        }
    }

    /// Writes rows of which some may have to go.
    mutating func writeCandidates(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) throws(StageFailure) {
        do throws(IOError) {
            try buffer.withUnsafeBytes { bytes throws(IOError) in
                try rows.writeCandidates(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        } catch {
            throw .output(error)
        }
    }

    /// Takes the losers out of the candidates. `describe` is told each, and makes the reject line of one that is
    /// refused for a tie: those come with their lines' numbers.
    mutating func settle(
        _ losers: LoserSet, _ describe: (_ line: Int?, RawSpan) -> [UInt8]
    ) throws(StageFailure) {
        var refused = ByteBuffer()
        do throws(IOError) {
            try rows.settle(losers) { line, text throws(IOError) in refused.append(describe(line, text)) }
            try refused.withUnsafeBytes { bytes throws(IOError) in try rejects?.append(bytes) }
        } catch {
            throw .output(error)
        }
    }

    mutating func writeReject(_ bytes: [UInt8]) throws(StageFailure) {
        do throws(IOError) {
            try rejects?.append(bytes)
        } catch {
            throw .output(error)
        }
    }

    /// Completes both and makes them appear: rejects first, since rows without the rejects that explain them would be
    /// the worse half. Rows that are `withheld` go; the rejects that say why stay.
    mutating func publish(withholdingRows isWithheld: Bool, _ report: RunReport) throws(StageFailure) {
        do throws(IOError) {
            try rejects?.finish()
            try rows.finish()
            if let stored = try rejects?.publish() { report.addOutput(stored) }
            if !isWithheld { report.addOutput(try rows.publish()) }
        } catch {
            throw .output(error)
        }
    }
}
