internal import Bytes

/// Copies the lines of a stretch of rows that have not lost, in pieces as large as possible.
struct WinnerFilter {
    private static let blockByteCount = 1 << 20

    private let losers: LoserSet
    private var row: UInt64 = 0

    init(_ losers: LoserSet) { self.losers = losers }

    /// Reads from `start` to the end and writes what stays. A row that goes is told to `lost` with its text,
    /// without its line feed. Reading is ahead of writing at all times, so both may be the same file.
    mutating func copy(
        read: (UnsafeMutableRawBufferPointer, Int) throws(IOError) -> Int, from start: Int,
        write: (UnsafeRawBufferPointer) throws(IOError) -> Void, lost: (_ line: Int?, RawSpan) throws(IOError) -> Void
    ) throws(IOError) {
        var block = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.blockByteCount, alignment: 64)
        defer { block.deallocate() }
        var offset = start
        var used = 0
        while true {
            if used == block.count {
                // One row fills the block.
                let bigger = UnsafeMutableRawBufferPointer.allocate(byteCount: block.count * 2, alignment: 64)
                bigger.copyMemory(from: UnsafeRawBufferPointer(block))
                block.deallocate()
                block = bigger
            }
            let count = try read(UnsafeMutableRawBufferPointer(rebasing: block[used...]), offset)
            if count == 0 { break }
            offset += count
            used += count
            let done = try copyRows(UnsafeRawBufferPointer(rebasing: block[..<used]), write, lost)
            let rest = UnsafeRawBufferPointer(rebasing: block[done..<used])
            block.copyMemory(from: rest)
            used -= done
        }
        precondition(used == 0, "rows end in line feeds")
    }

    /// Handles the whole rows of a block and says where they end.
    private mutating func copyRows(
        _ bytes: UnsafeRawBufferPointer, _ write: (UnsafeRawBufferPointer) throws(IOError) -> Void,
        _ lost: (_ line: Int?, RawSpan) throws(IOError) -> Void
    ) throws(IOError) -> Int {
        let span = RawSpan(_unsafeBytes: bytes)
        var runStart = 0
        var start = 0
        while start < bytes.count, let end = span.firstIndex(of: 0x0A, from: start) {
            if losers.contains(row) {
                if runStart < start { try write(UnsafeRawBufferPointer(rebasing: bytes[runStart..<start])) }
                try lost(losers.refused[row], span.extracting(start..<end))
                runStart = end + 1
            }
            row += 1
            start = end + 1
        }
        if runStart < start { try write(UnsafeRawBufferPointer(rebasing: bytes[runStart..<start])) }
        return start
    }
}
