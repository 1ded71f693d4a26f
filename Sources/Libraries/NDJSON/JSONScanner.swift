/// Steps over one JSON text and checks it, without building anything.
///
///     JSON-text = ws value ws                                                  RFC 8259 section 2
///     value     = false / null / true / object / array / number / string       section 3
///     number    = [ "-" ] int [ "." 1*DIGIT ] [ ("e" / "E") [ "-" / "+" ] 1*DIGIT ]   section 6
///
/// All offsets are bytes from the start of the text. Bounds are checked at every load: the text may be followed by
/// anything.
struct JSONScanner {
    /// Deeper texts are refused: nothing we read nests, and recursion must stay bounded.
    static let depthLimit = 128

    let bytes: UnsafeRawBufferPointer
    var position = 0
    private(set) var lastStringHasEscapes = false

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    @inline(__always) var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    @inline(__always) mutating func skipWhiteSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    func failure(_ problem: JSONError.Problem) -> JSONError {
        JSONError(position < bytes.count || problem != .unexpectedByte ? problem : .unexpectedEnd, at: position)
    }

    /// Steps over one value of any kind. `position` must be at its first byte.
    mutating func skipValue(depth: Int = 1) throws(JSONError) -> JSONKind {
        guard let first = current else { throw failure(.unexpectedEnd) }
        switch first {
        case 0x22:
            try skipString()
            return lastStringHasEscapes ? .escapedString : .string
        case 0x7B:
            try skipObject(depth: depth)
            return .object
        case 0x5B:
            try skipArray(depth: depth)
            return .array
        case 0x74:
            try skipWord("true")
            return .true
        case 0x66:
            try skipWord("false")
            return .false
        case 0x6E:
            try skipWord("null")
            return .null
        case 0x2D, 0x30...0x39:
            try skipNumber()
            return .number
        default:
            throw failure(.unexpectedByte)
        }
    }

    private mutating func skipWord(_ word: StaticString) throws(JSONError) {
        for offset in 0..<word.utf8CodeUnitCount {
            guard current == word.utf8Start[offset] else { throw failure(.unexpectedByte) }
            position += 1
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        if position == start { throw failure(.badNumber) }
    }

    private mutating func skipNumber() throws(JSONError) {
        if current == 0x2D { position += 1 }
        if current == 0x30 {
            position += 1
            if let next = current, next &- 0x30 < 10 { throw failure(.badNumber) }
        } else {
            try skipDigits()
        }
        if current == 0x2E {
            position += 1
            try skipDigits()
        }
        if let next = current, next | 0x20 == 0x65 {
            position += 1
            if let sign = current, sign == 0x2B || sign == 0x2D { position += 1 }
            try skipDigits()
        }
    }

    /// Steps over a string, checking escapes and UTF-8. Eight plain bytes are judged at once.
    mutating func skipString() throws(JSONError) {
        position += 1
        lastStringHasEscapes = false
        while true {
            while position + 8 <= bytes.count {
                let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                if Self.stopMarks(word) != 0 { break }
                position += 8
            }
            guard position < bytes.count else { throw failure(.unexpectedEnd) }
            let byte = bytes[position]
            if byte == 0x22 {
                position += 1
                return
            }
            if byte == 0x5C {
                lastStringHasEscapes = true
                try skipEscape()
            } else if byte < 0x20 {
                throw failure(.controlCharacter)
            } else if byte < 0x80 {
                position += 1
            } else {
                let length = UTF8Check.sequenceLength(bytes, at: position)
                if length == 0 { throw failure(.invalidUTF8) }
                position += length
            }
        }
    }

    /// Marks the bytes that a string scan must look at: `"`, `\`, below 0x20, and from 0x80, each with its highest bit.
    /// Carries go from a byte that is marked to those above it, so the lowest mark is exact, and others may be wrong.
    @inline(__always) static func stopMarks(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quotes = word ^ (ones &* 0x22)
        let slashes = word ^ (ones &* 0x5C)
        return (((quotes &- ones) & ~quotes) | ((slashes &- ones) & ~slashes) | (word &- (ones &* 0x20)) | word) & highs
    }

    /// The place of the first byte that a string scan must look at, or 16.
    @inline(__always) static func firstStop(_ bytes: SIMD16<Int8>) -> Int {
        // As signed numbers, bytes from 0x80 are below 0x20 as well.
        // Vectors on both sides: with a number on one side the compiler calls a function for each byte.
        let quote = SIMD16<Int8>(repeating: 0x22)
        let slash = SIMD16<Int8>(repeating: 0x5C)
        let space = SIMD16<Int8>(repeating: 0x20)
        let stops = (bytes .== quote) .| (bytes .== slash) .| (bytes .< space)
        let halves = unsafeBitCast(stops, to: SIMD2<UInt64>.self)
        if halves[0] != 0 { return halves[0].trailingZeroBitCount >> 3 }
        return 8 + (halves[1].trailingZeroBitCount >> 3)
    }

    private mutating func skipEscape() throws(JSONError) {
        position += 1
        guard let kind = current else { throw failure(.unexpectedEnd) }
        switch kind {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74:
            position += 1
        case 0x75:
            position += 1
            let first = try hexQuad()
            if first == 0 { throw failure(.nul) }
            if first & 0xFC00 == 0xDC00 { throw failure(.loneSurrogate) }
            if first & 0xFC00 == 0xD800 {
                guard current == 0x5C else { throw failure(.loneSurrogate) }
                position += 1
                guard current == 0x75 else { throw failure(.loneSurrogate) }
                position += 1
                guard try hexQuad() & 0xFC00 == 0xDC00 else { throw failure(.loneSurrogate) }
            }
        default:
            throw failure(.badEscape)
        }
    }

    mutating func hexQuad() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = current else { throw failure(.unexpectedEnd) }
            switch digit {
            case 0x30...0x39: value = value << 4 | UInt32(digit - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(digit - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(digit - 0x57)
            default: throw failure(.badEscape)
            }
            position += 1
        }
        return value
    }

    private mutating func skipArray(depth: Int) throws(JSONError) {
        if depth > Self.depthLimit { throw failure(.tooDeep) }
        position += 1
        skipWhiteSpace()
        if current == 0x5D {
            position += 1
            return
        }
        while true {
            skipWhiteSpace()
            _ = try skipValue(depth: depth + 1)
            skipWhiteSpace()
            switch current {
            case 0x2C: position += 1
            case 0x5D:
                position += 1
                return
            default: throw failure(.unexpectedByte)
            }
        }
    }

    /// Steps over an object inside a record. Its keys are checked for repetition too: readers disagree on which wins.
    private mutating func skipObject(depth: Int) throws(JSONError) {
        if depth > Self.depthLimit { throw failure(.tooDeep) }
        var keys = KeyCheck()
        try forEachMember(depth: depth) { scanner, key, hasEscapes throws(JSONError) in
            try keys.add(key, hasEscapes: hasEscapes, in: scanner.bytes)
            _ = try scanner.skipValue(depth: depth + 1)
        }
    }

    /// Walks the members of an object. `body` gets the key's bytes (without quotes) and must step over the value.
    @inline(__always)
    mutating func forEachMember(
        depth: Int, _ body: (inout JSONScanner, Range<Int>, Bool) throws(JSONError) -> Void
    ) throws(JSONError) {
        position += 1
        skipWhiteSpace()
        if current == 0x7D {
            position += 1
            return
        }
        while true {
            skipWhiteSpace()
            guard current == 0x22 else { throw failure(.unexpectedByte) }
            let start = position + 1
            try skipString()
            let key = start..<position - 1
            let hasEscapes = lastStringHasEscapes
            skipWhiteSpace()
            guard current == 0x3A else { throw failure(.unexpectedByte) }
            position += 1
            skipWhiteSpace()
            try body(&self, key, hasEscapes)
            skipWhiteSpace()
            switch current {
            case 0x2C: position += 1
            case 0x7D:
                position += 1
                return
            default: throw failure(.unexpectedByte)
            }
        }
    }
}

/// What a JSON value is, and for strings whether they hold escapes.
package enum JSONKind: UInt8, Sendable {
    case null, `false`, `true`, number, string, escapedString, array, object

    @inlinable @inline(__always)
    package var isString: Bool {
        // A comparison by == would go through the raw values' protocol.
        switch self {
        case .string, .escapedString: true
        default: false
        }
    }
}

/// RFC 3629: shortest forms only, no surrogates, nothing above U+10FFFF.
package enum UTF8Check {
    /// The length of the multi-byte sequence at `position`, or 0 when it is invalid or cut.
    package static func sequenceLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int {
        let lead = bytes[position]
        func continues(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            position + offset < bytes.count && range.contains(bytes[position + offset])
        }
        switch lead {
        case 0xC2...0xDF: return continues(1) ? 2 : 0
        case 0xE0: return continues(1, 0xA0...0xBF) && continues(2) ? 3 : 0
        case 0xE1...0xEC, 0xEE, 0xEF: return continues(1) && continues(2) ? 3 : 0
        case 0xED: return continues(1, 0x80...0x9F) && continues(2) ? 3 : 0
        case 0xF0: return continues(1, 0x90...0xBF) && continues(2) && continues(3) ? 4 : 0
        case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : 0
        case 0xF4: return continues(1, 0x80...0x8F) && continues(2) && continues(3) ? 4 : 0
        default: return 0
        }
    }

    /// True when all of `bytes` is valid UTF-8.
    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < bytes.count {
            if bytes[position] < 0x80 {
                position += 1
                continue
            }
            let length = sequenceLength(bytes, at: position)
            if length == 0 { return false }
            position += length
        }
        return true
    }
}

/// Refuses a key that an object has twice, compared after unescaping (`"id"` and `"\u0069d"` are one key).
struct KeyCheck {
    static let keyLimit = 65_536
    private var seen = Set<[UInt8]>()

    mutating func add(_ key: Range<Int>, hasEscapes: Bool, in bytes: UnsafeRawBufferPointer) throws(JSONError) {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[key])
        var plain: [UInt8] = []
        if hasEscapes { JSONText.unescape(raw, into: &plain) } else { plain.append(contentsOf: raw) }
        guard seen.count < Self.keyLimit else { throw JSONError(.tooManyKeys, at: key.lowerBound) }
        if !seen.insert(plain).inserted { throw JSONError(.duplicateKey, at: key.lowerBound) }
    }
}
