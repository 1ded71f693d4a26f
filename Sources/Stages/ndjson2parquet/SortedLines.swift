import Bytes
import StageKit

/// Gives out lines one after the other as a stream of bytes.
private struct LineEmitter {
    private var next = 0

    /// Copies what fits of a line and its line feed; says how much, and moves on when all of it is out.
    mutating func copy(
        _ line: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
    ) -> (count: Int, isDone: Bool) {
        let count = min(line.count - next, buffer.count)
        if count > 0 { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: line[next..<next + count])) }
        next += count
        guard next == line.count, count < buffer.count else { return (count, false) }
        buffer[count] = 0x0A
        next = 0
        return (count + 1, true)
    }
}

/// Lines that were sorted in memory.
final class SortedLines: ByteSource {
    let path = "sorted rows"
    private let arena: [UInt8]
    private let offsets: [Int]
    private var next = 0
    private var emitter = LineEmitter()

    init(_ arena: [UInt8], offsets: [Int]) {
        self.arena = arena
        self.offsets = offsets
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        arena.withUnsafeBytes { arena in
            while next < offsets.count, filled < buffer.count {
                let line = UnsafeRawBufferPointer(rebasing: arena[SortRecord.line(of: arena, at: offsets[next])])
                let (count, isDone) = emitter.copy(
                    line, into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
                filled += count
                if isDone { next += 1 }
            }
        }
        return filled
    }
}

/// Merges sorted runs: a heap of the runs by their first records, earlier runs first among equals.
final class MergedRuns: ByteSource {
    let path = "sorted rows"
    private var heap: [RunReader]
    private var emitter = LineEmitter()

    init(_ runs: [RunReader]) {
        heap = runs.enumerated().map { number, run in
            run.number = number
            return run
        }.filter { !$0.isAtEnd }
        for index in stride(from: heap.count / 2 - 1, through: 0, by: -1) { sink(index) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        var filled = 0
        while let first = heap.first, filled < buffer.count {
            let free = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let (count, isDone) = first.withLine { emitter.copy($0, into: free) }
            filled += count
            guard isDone else { continue }
            try first.advance()
            if first.isAtEnd {
                heap.swapAt(0, heap.count - 1)
                heap.removeLast()
            }
            sink(0)
        }
        return filled
    }

    private func sink(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}

/// Reads one run record by record.
final class RunReader {
    var number = 0
    private let file: SpillFile
    private var rest: Range<Int>
    private var buffer: [UInt8]
    private var start = 0
    private var end = 0

    init(_ file: SpillFile, _ run: Range<Int>, bufferByteCount: Int) throws(IOError) {
        self.file = file
        rest = run
        buffer = [UInt8](repeating: 0, count: max(16, min(bufferByteCount, run.count)))
        try fill()
    }

    var isAtEnd: Bool { start == end }

    func withLine<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        buffer.withUnsafeBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[SortRecord.line(of: bytes, at: start)]))
        }
    }

    func precedes(_ other: RunReader) -> Bool {
        let order = buffer.withUnsafeBytes { left in
            other.buffer.withUnsafeBytes { SortRecord.compareKeys(left, at: start, $0, at: other.start) }
        }
        return order != 0 ? order < 0 : number < other.number
    }

    func advance() throws(IOError) {
        start += SortRecord.byteCount(of: buffer, at: start)
        try fill()
    }

    /// Sees to it that the next record is in memory, whole.
    private func fill() throws(IOError) {
        while !(end - start >= 8 && end - start >= SortRecord.byteCount(of: buffer, at: start)), !rest.isEmpty {
            if start > 0 {
                buffer.replaceSubrange(0..<end - start, with: Array(buffer[start..<end]))
                (start, end) = (0, end - start)
            }
            let needed = end >= 8 ? SortRecord.byteCount(of: buffer, at: 0) : 8
            if buffer.count < needed { buffer.append(contentsOf: repeatElement(0, count: needed - buffer.count)) }
            let count = min(buffer.count - end, rest.count)
            let result: Swift.Result<Int, IOError> = buffer.withUnsafeMutableBytes { bytes in
                do throws(IOError) {
                    let free = UnsafeMutableRawBufferPointer(rebasing: bytes[end..<end + count])
                    return .success(try file.read(into: free, at: rest.lowerBound))
                } catch {
                    return .failure(error)
                }
            }
            let got = try result.get()
            if got == 0 { throw .corrupt(path: "temporary file", reason: "it ended too early") }
            end += got
            rest = rest.lowerBound + got..<rest.upperBound
        }
    }
}
