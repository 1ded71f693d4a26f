import Bytes
import StageKit

/// The lines of the input that may hold rows, with what a person needs to find one of them.
struct RowLines: ~Copyable {
    let path: String
    private var reader: LineReader
    private let digest: InputDigest?
    private(set) var blankCount = 0
    private(set) var hasByteOrderMark = false

    init(_ path: String, takesDigest: Bool) throws(StageFailure) {
        digest = takesDigest ? InputDigest() : nil
        do throws(IOError) {
            let source = try DataInput.open(path, digest: digest)
            self.path = source.path
            reader = LineReader(source, capacity: 1 << 20)
        } catch {
            throw .input(error)
        }
    }

    var lineNumber: Int { reader.lineNumber }

    /// The next line that is not blank, or nil at the end. A byte order mark before the first is left out. The bytes
    /// are those of the reader's block and stay until the next call.
    mutating func next() throws(StageFailure) -> UnsafeRawBufferPointer? {
        while var bytes = try nextOfAny() {
            if reader.lineNumber == 1, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                hasByteOrderMark = true
                bytes = UnsafeRawBufferPointer(rebasing: bytes[3...])
            }
            if bytes.first == 0x7B || !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return bytes }
            blankCount += 1
        }
        return nil
    }

    private mutating func nextOfAny() throws(StageFailure) -> UnsafeRawBufferPointer? {
        do throws(IOError) {
            guard let line = try reader.nextLine() else { return nil }
            return line.withUnsafeBytes { $0 }
        } catch {
            throw .input(error)
        }
    }

    /// What was read, as it is stored; nil when no digest was asked for.
    func stored() -> StoredFile? {
        digest.map { StoredFile(path: path, byteCount: $0.byteCount, sha256: $0.finish()) }
    }
}
