import Bytes
import Contracts
import NDJSON
import Parquet
import StageKit

/// Finds the columns of rows that come without a contract: in the order in which their keys first appear, each of the
/// type that holds all of its values (`ColumnGuess`), none required.
struct Inference {
    /// What is looked at of an input that can be read only once.
    static let sampleByteLimit = 16 << 20

    private let path: String
    private var names: [String] = []
    private var guesses: [ColumnGuess] = []
    private var numberByName: [String: Int] = [:]
    private var targets: [Int] = []
    private var rowCount = 0

    private static let ignored = -1

    private let nests: Bool

    /// `nests` says that arrays and objects become lists and groups instead of JSON text.
    init(path: String, nests: Bool = false) {
        self.path = path
        self.nests = nests
    }

    /// Looks at all rows of a source. A line that is no record ends the run.
    mutating func read(_ source: any ByteSource) throws(StageFailure) {
        var reader = BlockReader(source)
        let block = LineBlock()
        var record = RecordView()
        var lineNumber = 0
        while try next(&reader, block) {
            let bytes = block.bytes
            if block.isTooLong { throw failure(lineNumber + 1, "the line is too long") }
            try bytes.withUnsafeBytes { (bytes) throws(StageFailure) in
                var start = lineNumber == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
                while start < bytes.count {
                    let stop = ByteScan.firstIndex(of: 0x0A, in: bytes, from: start) ?? bytes.count
                    lineNumber += 1
                    let line = UnsafeRawBufferPointer(rebasing: bytes[start..<stop])
                    start = stop + 1
                    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
                    do throws(JSONError) {
                        try record.parse(line)
                    } catch {
                        throw failure(lineNumber, error.message)
                    }
                    try look(at: record, line, lineNumber)
                }
            }
        }
    }

    private func next(_ reader: inout BlockReader, _ block: LineBlock) throws(StageFailure) -> Bool {
        do throws(IOError) {
            return try reader.next(block)
        } catch {
            throw .input(error)
        }
    }

    private func failure(_ line: Int, _ message: String) -> StageFailure { .badData("\(path):\(line): \(message)") }

    private mutating func look(
        at record: borrowing RecordView, _ line: UnsafeRawBufferPointer, _ lineNumber: Int
    ) throws(StageFailure) {
        let fields = record.fields
        if rowCount == 0 || !record.keysAreUnchanged {
            targets.removeAll(keepingCapacity: true)
            for field in fields { targets.append(number(of: RowBinder.name(of: field, in: line))) }
            if names.count > ParquetSchema.leafLimit {
                throw failure(lineNumber, "more than \(ParquetSchema.leafLimit) columns")
            }
        }
        rowCount += 1
        for (field, target) in zip(fields, targets) where target != Self.ignored {
            guesses[target].add(field.kind, UnsafeRawBufferPointer(rebasing: line[field.value]))
        }
    }

    private mutating func number(of name: String) -> Int {
        if name == ReservedName.sourceColumns { return Self.ignored }
        if let number = numberByName[name] { return number }
        numberByName[name] = names.count
        names.append(name)
        guesses.append(ColumnGuess(nests: nests))
        return names.count - 1
    }

    /// The columns that were found. `isWhole` says that all rows were looked at.
    func table(isWhole: Bool) throws(StageFailure) -> TableDefinition {
        if names.isEmpty { throw .badData("\(path): there are no rows to infer columns from") }
        return TableDefinition(
            columns: zip(names, guesses).map { TableDefinition.Column(name: $0, shape: $1.shape) },
            origin: isWhole ? .inferred : .sampled(rowCount: rowCount), keyValues: [], settings: nil)
    }
}

/// A source of which the front has been kept, to be read twice.
final class FrontOfSource: ByteSource {
    var path: String { rest.path }
    /// True when the front is all there is.
    let isWhole: Bool

    private let front: [UInt8]
    private let rest: any ByteSource
    private var next = 0

    /// Reads up to `byteLimit` bytes.
    init(_ source: any ByteSource, byteLimit: Int) throws(IOError) {
        var front: [UInt8] = []
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { block.deallocate() }
        var isAtEnd = false
        while front.count < byteLimit, !isAtEnd {
            let count = try source.read(into: block)
            isAtEnd = count == 0
            front.append(contentsOf: UnsafeRawBufferPointer(rebasing: block[..<count]))
        }
        self.front = front
        rest = source
        isWhole = isAtEnd
    }

    /// The whole lines of the front.
    func sample() -> any ByteSource {
        let end = isWhole ? front.count : front.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return MemorySource(Array(front[..<end]), path: path)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        guard next < front.count else { return try rest.read(into: buffer) }
        let count = min(front.count - next, buffer.count)
        front.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next..<next + count])) }
        next += count
        return count
    }
}
