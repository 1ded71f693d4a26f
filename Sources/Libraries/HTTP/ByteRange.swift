/// Part of a resource, as a request asks for it (RFC 9110 section 14.1.2).
///
///     Range = "bytes=" first-pos "-" [ last-pos ]
package struct ByteRange: Equatable, Sendable {
    package let first: Int
    /// Inclusive; nil is to the end.
    package let last: Int?

    package init(first: Int, last: Int? = nil) {
        self.first = first
        self.last = last
    }

    /// The value of the `Range` field.
    package var text: String { "bytes=\(first)-\(last.map(String.init) ?? "")" }
}

/// Which part an answer holds (RFC 9110 section 14.4).
///
///     Content-Range = "bytes" SP ( first-pos "-" last-pos "/" ( complete-length / "*" ) / "*/" complete-length )
package struct ContentRange: Equatable, Sendable {
    /// Nil when the range could not be satisfied.
    package let range: ClosedRange<Int>?
    /// The length of the whole; nil when the server does not say.
    package let wholeByteCount: Int?

    /// Reads the value of the field; nil when it is anything else, or does not add up.
    package init?(_ text: String) {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let whole = parts[1] == "*" ? nil : Self.number(parts[1])
        if parts[1] != "*", whole == nil { return nil }
        wholeByteCount = whole
        if parts[0] == "*" {
            guard whole != nil else { return nil }
            range = nil
            return
        }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last,
            whole.map({ last < $0 }) ?? true
        else { return nil }
        range = first...last
    }

    private static func number(_ text: Substring) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}
