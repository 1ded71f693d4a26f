internal import Bytes

/// A few texts that values are compared with: null tokens, allowed values, the left sides of a map. Most values are none
/// of them, so the first look is at length and first byte.
struct TokenSet {
    private let tokens: [[UInt8]]
    private let ignoresCase: Bool
    private let longest: Int
    /// Bit n: some token has n bytes (63 for more).
    private let lengths: UInt64

    /// Case is ignored for ASCII letters only.
    init(_ texts: [String], ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
        tokens = texts.map { text in ignoresCase ? text.utf8.map(Self.lowered) : Array(text.utf8) }
        longest = tokens.map(\.count).max() ?? -1
        lengths = tokens.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// The number of the token that equals `text`, or nil.
    @inline(__always)
    func index(of text: RawSpan) -> Int? {
        let count = text.byteCount
        if count > longest || lengths & 1 << UInt64(min(count, 63)) == 0 { return nil }
        return search(text)
    }

    @inline(__always)
    func contains(_ text: RawSpan) -> Bool { index(of: text) != nil }

    private func search(_ text: RawSpan) -> Int? {
        for number in tokens.indices where tokens[number].count == text.byteCount {
            if ignoresCase ? equalsIgnoringCase(text, tokens[number]) : text.equals(tokens[number].span.bytes) {
                return number
            }
        }
        return nil
    }

    private func equalsIgnoringCase(_ text: RawSpan, _ token: [UInt8]) -> Bool {
        for position in 0..<text.byteCount where Self.lowered(text[position]) != token[position] { return false }
        return true
    }

    static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
