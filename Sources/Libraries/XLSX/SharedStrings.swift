internal import Bytes
internal import Glibc

/// The shared strings of a workbook: one arena of UTF-8 and one table of ends. No object per string.
///
///     text:  order_id price f158...         slack
///     ends:  0       8     13     ...       string i is text[ends[i]..<ends[i + 1]]; the top bit of ends[i + 1] says
///                                           that a JSON writer has to escape it
///
/// The address space of the worst case is reserved at once and only what is written becomes memory: nothing ever grows
/// or moves, so cells can point into it.
final class SharedStrings: @unchecked Sendable {
    /// Set in an end when the string holds `"`, `\` or control characters.
    static let needsEscape: UInt32 = 1 << 31
    /// Readers may read so far behind a string.
    static let slack = 64

    /// Smaller tables lie in ordinary pages, so that small workbooks take little memory.
    private static let hugeByteCount = 16 << 20

    let text: Room
    let ends: UnsafeMutablePointer<UInt32>
    private(set) var count = 0
    private let textCapacity: Int
    private let countCapacity: Int

    /// Room for the strings of a part of `partByteCount` bytes: their text is at most twice as long (from Latin-1, as
    /// UTF-8), and `<si/>` is the shortest string.
    init(partByteCount: Int) throws(XLSXError) {
        textCapacity = partByteCount * 2 + Self.slack
        countCapacity = partByteCount / 5 + 1
        text = try Self.reserve(textCapacity).assumingMemoryBound(to: UInt8.self)
        ends = try Self.reserve((countCapacity + 1) * 4).assumingMemoryBound(to: UInt32.self)
    }

    deinit {
        munmap(text, textCapacity)
        munmap(ends, (countCapacity + 1) * 4)
    }

    /// Bytes of text so far.
    var byteCount: Int { Int(ends[count] & ~Self.needsEscape) }
    /// Where the next string's text goes. `append` says where it ends.
    var next: Room { text + byteCount }
    /// Bytes that may still be written at `next`.
    var roomLeft: Int { textCapacity - Self.slack - byteCount }
    var countLeft: Int { countCapacity - count }

    /// Ends the string that was written at `next`. The caller has seen to it that there is room.
    func append(endingAt end: Room, needsEscape: Bool) {
        count += 1
        ends[count] = UInt32(truncatingIfNeeded: end - text) | (needsEscape ? Self.needsEscape : 0)
    }

    /// Takes over how many strings a scanner has written.
    func setCount(_ count: Int) { self.count = count }

    private static func reserve(_ byteCount: Int) throws(XLSXError) -> UnsafeMutableRawPointer {
        let memory = mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            throw .io(.system(call: "mmap", path: "shared strings", code: errno))
        }
        // Strings are looked up all over the place: with pages of 4 KiB most of that time goes into finding the page.
        if byteCount >= hugeByteCount { madvise(memory, byteCount, MADV_HUGEPAGE) }
        return memory
    }
}
