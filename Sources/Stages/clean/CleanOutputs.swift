internal import Bytes
internal import StageKit

/// The two outputs of a run: clean rows and refused rows. Both files appear at the end, one right after the other, or
/// not at all. What goes to standard output cannot be held back; its readers must wait for the exit status.
struct CleanOutputs: ~Copyable {
    private var rows: DataOutput
    private var rejects: DataOutput?

    private init(rows: consuming DataOutput, rejects: consuming DataOutput?) {
        self.rows = rows
        self.rejects = rejects
    }

    /// Creates the files under their partial names.
    static func open(rows: String, rejects: String?) throws(StageFailure) -> CleanOutputs {
        let rowOutput = try open(rows)
        guard let rejects else { return CleanOutputs(rows: rowOutput, rejects: nil) }
        return CleanOutputs(rows: rowOutput, rejects: try open(rejects))
    }

    private static func open(_ path: String) throws(StageFailure) -> DataOutput {
        do throws(IOError) {
            return try DataOutput(path)
        } catch {
            throw .output(error)
        }
    }

    var hasRejects: Bool { rejects != nil }

    /// Writes a part of what was put together.
    mutating func writeRows(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) throws(StageFailure) {
        do throws(IOError) {
            try buffer.withUnsafeBytes { bytes throws(IOError) in
                try rows.append(UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
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
