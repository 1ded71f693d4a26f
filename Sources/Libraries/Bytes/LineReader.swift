internal import Glibc

/// Reads a source line by line and copies nothing: a line is a view into the block that was read.
///
///     block:  [ consumed | lines not yet handed out | partial line | free ]
///             0        next                     complete          end    capacity
///
/// Lines end in LF; a CR before it is left on the line for the caller to judge. The last line may lack its LF.
/// The block grows for a long line up to `lineLimit` and throws `IOError.lineTooLong` beyond it.
package struct LineReader: ~Copyable {
    /// 16 MiB: the largest value that DuckDB and Snowflake take from one NDJSON line.
    package static let defaultLineLimit = 16 << 20
    package static let defaultCapacity = 256 << 10

    /// The 1-based number of the line last returned; 0 before the first.
    package private(set) var lineNumber = 0
    /// Bytes read so far, line feeds included.
    package private(set) var byteCount = 0
    /// False when the last line returned had no line feed, as in a stream that was cut.
    package private(set) var lastLineWasTerminated = true

    private let source: any ByteSource
    private var block: UnsafeMutableRawBufferPointer
    private var next = 0
    private var complete = 0
    private var end = 0
    private let lineLimit: Int

    package init(_ source: any ByteSource, capacity: Int = defaultCapacity, lineLimit: Int = defaultLineLimit) {
        self.source = source
        self.lineLimit = lineLimit
        block = .allocate(byteCount: max(16, min(capacity, lineLimit)), alignment: 64)
    }

    deinit { block.deallocate() }

    /// The next line without its line feed, or nil at the end of the input. It is valid until the next call.
    @_lifetime(&self)
    package mutating func nextLine() throws(IOError) -> RawSpan? {
        if next == complete { guard try fill() else { return nil } }
        let start = next
        let found = memchr(block.baseAddress.unsafelyUnwrapped + start, 0x0A, complete - start)
        let stop =
            found.map { UnsafeRawPointer($0) - UnsafeRawPointer(block.baseAddress.unsafelyUnwrapped) } ?? complete
        lastLineWasTerminated = found != nil
        next = found == nil ? complete : stop + 1
        lineNumber += 1
        let line = RawSpan(_unsafeBytes: UnsafeRawBufferPointer(rebasing: block[start..<stop]))
        return _overrideLifetime(line, mutating: &self)
    }

    /// Moves the partial line to the front and reads until at least one line is whole, or the input ends.
    private mutating func fill() throws(IOError) -> Bool {
        let rest = end - next
        if next > 0, rest > 0 {
            memmove(block.baseAddress.unsafelyUnwrapped, block.baseAddress.unsafelyUnwrapped + next, rest)
        }
        next = 0
        complete = 0
        end = rest
        while true {
            if end == block.count { try grow() }
            let count = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: block[end...]))
            if count == 0 {
                complete = end
                return end > 0
            }
            let before = end
            end += count
            byteCount += count
            if let last = ByteScan.lastIndex(of: 0x0A, in: UnsafeRawBufferPointer(rebasing: block[before..<end])) {
                complete = before + last + 1
                return true
            }
        }
    }

    private mutating func grow() throws(IOError) {
        guard block.count < lineLimit else {
            throw .lineTooLong(path: source.path, line: lineNumber + 1, limit: lineLimit)
        }
        let bigger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(block.count * 2, lineLimit), alignment: 64)
        memcpy(bigger.baseAddress.unsafelyUnwrapped, block.baseAddress.unsafelyUnwrapped, end)
        block.deallocate()
        block = bigger
    }
}
