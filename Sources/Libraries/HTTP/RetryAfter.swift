package import Bytes

/// How long a server asks us to wait (RFC 9110 section 10.2.3), or what Azure writes instead, in milliseconds.
///
///     Retry-After = HTTP-date / delay-seconds
package enum RetryAfter {
    private static let millisecondFields = ["retry-after-ms", "x-ms-retry-after-ms"]

    /// The seconds that an answer asks for; nil when it does not, or not in a way that can be read. Dates in the past
    /// are 0.
    package static func seconds(in headers: HeaderFields, now: UTCTime) -> Double? {
        for name in millisecondFields {
            if let milliseconds = headers[name].flatMap(wholeNumber) { return milliseconds / 1000 }
        }
        guard let text = headers["retry-after"] else { return nil }
        if let seconds = wholeNumber(text) { return seconds }
        guard let date = HTTPDate.read(text, now: now) else { return nil }
        return max(0, Double(date.milliseconds - now.milliseconds) / 1000)
    }

    private static func wholeNumber(_ text: String) -> Double? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Double(text)
    }
}
