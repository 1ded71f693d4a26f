import Bytes
import Glibc
import StageKit

/// Sorts lines by keys in bounded memory: what does not fit goes to a temporary file in sorted runs, which are merged.
/// Lines of equal keys keep their order.
final class RowSorter {
    /// A record in memory and in runs: length of the key, length of the line (four bytes each), key, line.
    private static let headerByteCount = 8
    /// Bytes of runs read at a time; less would be all seeking.
    private static let smallestRunBuffer = 64 << 10

    private struct Entry {
        /// The first eight bytes of the key, which settle most comparisons.
        let prefix: UInt64
        let offset: Int
    }

    private let memory: Int
    private var arena: [UInt8] = []
    private var entries: [Entry] = []
    private var spill: SpillFile?
    private var runs: [Range<Int>] = []

    init(memory: Int) { self.memory = memory }

    /// Takes one line, without its line feed.
    func add(key: [UInt8], line: UnsafeRawBufferPointer) throws(IOError) {
        let size = Self.headerByteCount + key.count + line.count
        let held = arena.count + entries.count * MemoryLayout<Entry>.size
        if held + size > memory, !entries.isEmpty { try spillRun() }
        entries.append(Entry(prefix: Self.prefix(of: key), offset: arena.count))
        for length in [key.count, line.count] {
            withUnsafeBytes(of: UInt32(truncatingIfNeeded: length)) { arena.append(contentsOf: $0) }
        }
        arena.append(contentsOf: key)
        arena.append(contentsOf: line)
    }

    private static func prefix(of key: [UInt8]) -> UInt64 {
        var prefix: UInt64 = 0
        for index in 0..<8 { prefix = prefix << 8 | (index < key.count ? UInt64(key[index]) : 0) }
        return prefix
    }

    private func sortEntries() {
        arena.withUnsafeBytes { arena in
            entries.sort { left, right in
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let order = SortRecord.compareKeys(arena, at: left.offset, arena, at: right.offset)
                return order != 0 ? order < 0 : left.offset < right.offset
            }
        }
    }

    private func spillRun() throws(IOError) {
        sortEntries()
        let file: SpillFile
        if let spill { file = spill } else { file = try SpillFile() }
        spill = file
        let start = file.byteCount
        var output = BufferedOutput(SpillSink(file), capacity: 1 << 20)
        for entry in entries {
            let record = SortRecord.byteCount(of: arena, at: entry.offset)
            let result: Result<Void, IOError> = arena.withUnsafeBytes { arena in
                let bytes = UnsafeRawBufferPointer(rebasing: arena[entry.offset..<entry.offset + record])
                do throws(IOError) {
                    return .success(try output.append(bytes))
                } catch {
                    return .failure(error)
                }
            }
            try result.get()
        }
        try output.finish()
        runs.append(start..<file.byteCount)
        arena.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
    }

    /// The lines in their order. The sorter is used up.
    func finish() throws(IOError) -> any ByteSource {
        guard let file = spill else {
            sortEntries()
            return SortedLines(arena, offsets: entries.map(\.offset))
        }
        if !entries.isEmpty { try spillRun() }
        (arena, entries) = ([], [])
        let buffer = max(Self.smallestRunBuffer, memory / 2 / runs.count)
        return MergedRuns(try runs.map { (run) throws(IOError) in try RunReader(file, run, bufferByteCount: buffer) })
    }
}

/// Where a record's parts lie.
enum SortRecord {
    static func byteCount(of bytes: [UInt8], at offset: Int) -> Int {
        bytes.withUnsafeBytes { byteCount(of: $0, at: offset) }
    }

    static func byteCount(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        8 + length(bytes, at: offset) + length(bytes, at: offset + 4)
    }

    static func line(of bytes: UnsafeRawBufferPointer, at offset: Int) -> Range<Int> {
        let start = offset + 8 + length(bytes, at: offset)
        return start..<start + length(bytes, at: offset + 4)
    }

    private static func length(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Int {
        Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }

    /// Below 0, 0 or above 0 as the key of the left record stands before, with or behind that of the right.
    static func compareKeys(
        _ left: UnsafeRawBufferPointer, at leftOffset: Int, _ right: UnsafeRawBufferPointer, at rightOffset: Int
    ) -> Int {
        let leftLength = length(left, at: leftOffset)
        let rightLength = length(right, at: rightOffset)
        guard let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return 0 }
        let order = memcmp(leftBase + leftOffset + 8, rightBase + rightOffset + 8, min(leftLength, rightLength))
        return order != 0 ? Int(order) : leftLength - rightLength
    }
}

/// Writes to the end of a spill file.
private final class SpillSink: ByteSink {
    let path = "temporary file"
    private let file: SpillFile

    init(_ file: SpillFile) { self.file = file }

    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) { _ = try file.append(bytes) }
    func finish() {}
}
