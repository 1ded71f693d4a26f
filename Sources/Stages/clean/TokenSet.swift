internal import Bytes
internal import Text

/// A few texts that values are compared with: null tokens, allowed values, the left sides of a map. Most values are none
/// of them, so the first look is at length and first byte.
struct TokenSet {
    private let tokens: [[UInt8]]
    private let ignoresCase: Bool
    private let longest: Int
    /// Bit n: some token has n bytes (63 for more).
    private let lengths: UInt64

    /// Case is ignored by Unicode's lower case of both sides.
    init(_ texts: [String], ignoresCase: Bool = false) {
        self.ignoresCase = ignoresCase
        tokens = texts.map { text in ignoresCase ? Self.lowered(Array(text.utf8).span.bytes) : Array(text.utf8) }
        let longestToken = tokens.map(\.count).max() ?? -1
        longest = ignoresCase ? longestToken * 3 : longestToken
        // Lower case can change the number of bytes, so any length may match then.
        lengths = ignoresCase ? .max : tokens.reduce(0) { $0 | 1 << UInt64(min($1.count, 63)) }
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
        if ignoresCase {
            let lowered = Self.lowered(text)
            return tokens.firstIndex { $0 == lowered }
        }
        for (number, token) in tokens.enumerated() where token.count == text.byteCount {
            if text.equals(token.span.bytes) { return number }
        }
        return nil
    }

    private static func lowered(_ text: RawSpan) -> [UInt8] {
        var output = ByteBuffer()
        CaseMapping.appendLower(text, to: &output)
        return output.bytes.array
    }
}
