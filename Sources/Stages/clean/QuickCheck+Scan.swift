internal import Bytes
internal import NDJSON

extension QuickCheck {
    /// A value found in a line that is clean, or nearly, as it stands.
    struct Scan {
        /// Where it ends in the line; negative when somebody has to look closer.
        var end: Int
        /// Zeros that a decimal lacks at its end, and before them the point.
        var missingZeros = 0
        var lacksPoint = false
        var isNull = false

        static let lookCloser = Scan(end: -1)
    }

    /// Finds the value that begins at `start` and looks at it in the same pass. Says no more than `look` would: what is
    /// found here is a whole JSON value that needs no cleaning.
    @inline(__always)
    func scan(_ line: RawSpan, from start: Int) -> Scan {
        guard start < line.byteCount else { return .lookCloser }
        switch line[start] {
        case 0x22: return scanText(line, start)
        case 0x2D, 0x30...0x39: return scanNumber(line, start)
        case 0x6E: return mayBeNull ? scanWord(line, start, 0x6C6C_756E, isNull: true) : .lookCloser
        default: return .lookCloser
        }
    }

    @inline(__always)
    private func scanWord(_ line: RawSpan, _ start: Int, _ word: UInt32, isNull: Bool) -> Scan {
        guard line.byteCount - start >= 4, line.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self) == word
        else { return .lookCloser }
        return Scan(end: start + 4, isNull: isNull)
    }

    /// Texts whose length is known need no search for their end: what the pattern allows is no quote.
    @inline(__always)
    private func scanText(_ line: RawSpan, _ start: Int) -> Scan {
        var length = fixedLength
        if length < 0 {
            length = Self.plainLength(line, from: start + 1)
            if length < 0 { return .lookCloser }
        } else {
            guard line.byteCount - start >= length + 2, line[start + 1 + length] == 0x22 else { return .lookCloser }
        }
        let value = line.extracting(start + 1..<start + 1 + length)
        return look(at: value, .string) == .clean ? Scan(end: start + length + 2) : .lookCloser
    }

    /// How many printable ASCII characters stand here before a quote, or a negative number where anything else does.
    @inline(__always)
    static func plainLength(_ line: RawSpan, from start: Int) -> Int {
        var position = start
        while position + 8 <= line.byteCount {
            let word = line.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)
            let ones: UInt64 = 0x0101_0101_0101_0101
            let quotes = word ^ ones &* 0x22
            let slashes = word ^ ones &* 0x5C
            // As in NDJSON's scanner: of all marks only the lowest is exact.
            let marks =
                (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | (word &- ones &* 0x20) | word)
                & 0x8080_8080_8080_8080
            if marks == 0 {
                position += 8
                continue
            }
            position += marks.trailingZeroBitCount >> 3
            return line[position] == 0x22 ? position - start : -1
        }
        while position < line.byteCount {
            let byte = line[position]
            if byte == 0x22 { return position - start }
            if byte < 0x20 || byte >= 0x80 || byte == 0x5C { return -1 }
            position += 1
        }
        return -1
    }

    /// Digits with a sign and a fraction, as JSON has them; an exponent is looked at elsewhere.
    @inline(__always)
    private func scanNumber(_ line: RawSpan, _ start: Int) -> Scan {
        let count = min(line.byteCount, start + Self.digitLimit + 2)
        var position = line[start] == 0x2D ? start + 1 : start
        let whole = position
        while position < count, line[position] &- 0x30 < 10 { position += 1 }
        // JSON has no zeros in front.
        if position == whole || (position - whole > 1 && line[whole] == 0x30) { return .lookCloser }
        if position < count, line[position] == 0x2E {
            position += 1
            let fraction = position
            while position < count, line[position] &- 0x30 < 10 { position += 1 }
            if position == fraction { return .lookCloser }
        }
        // What follows is compared with what stands between values; a longer number would not be equal to that.
        switch look(at: line.extracting(start..<position), .number) {
        case .clean: return Scan(end: position)
        case .lacksZeros(let zeros, let point): return Scan(end: position, missingZeros: zeros, lacksPoint: point)
        case .lookCloser: return .lookCloser
        }
    }
}
